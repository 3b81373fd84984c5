using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>A full accept queue on another machine, whose kernel cannot be asked. Handshakes that the server never saw reveal it.</summary>
internal static class RemoteQueue
{
    /// <summary>The finding; null if the server accepted every connection, or if that is unknown.</summary>
    public static Finding? Judge(Evidence evidence)
    {
        var account = Account.Of(evidence);
        var (missing, slow) = (account.NotAccepted, evidence.SlowConnects());
        if (missing == 0 || evidence.Ledgers.Kernel?.SeesServer == true)
        {
            return null;
        }

        var servers = evidence.Ledgers.Servers;
        var received = servers.Sum(server => server.ConnectionsReceived ?? 0);
        var rejected = servers.Sum(server => server.ConnectionsRejected ?? 0);
        var at = evidence.At(evidence.FailedAt(Outcome.ReplyTimeout));
        return new Finding(
            AcceptQueueOverflow.RuleName, Severity.Error,
            Prose.Sentences(
                $"{missing.Of("attempt")}{at} {missing.Were()} established on our side only: of "
                    + $"{evidence.Ledgers.Client.Established.Text()} connections the server accepted {received.Text()}"
                    + $"{(rejected > 0 ? $" and rejected {rejected.Text()}" : "")} (INFO)",
                "Its accept queue was full, and its kernel dropped the last ACK of the handshake (compare nstat -az "
                    + "TcpExtListenOverflows there). Or something before the server answers in its place",
                slow > 0 ? $"{slow.Of("connect")} waited a second or more until the SYN was sent again" : ""),
            new Dictionary<string, double>
            {
                ["neverAccepted"] = missing,
                ["established"] = evidence.Ledgers.Client.Established,
                ["received"] = received,
                ["rejected"] = rejected,
                ["slowConnects"] = slow,
            },
            AcceptQueueOverflow.Queue.Of(evidence).Enlarge(evidence));
    }
}
