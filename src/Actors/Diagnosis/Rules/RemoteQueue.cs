using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The full accept queue of a server on another machine, whose kernel cannot be asked: the handshakes that the server never came to see tell of it.</summary>
internal static class RemoteQueue
{
    /// <summary>The finding; null if each connection was accepted, or nobody can tell.</summary>
    public static Finding? Judge(Evidence evidence)
    {
        var account = Account.Of(evidence);
        var (missing, slow) = (account.NotAccepted, evidence.SlowConnects());
        if (missing == 0 || evidence.Ledgers.Kernel?.SeesServer == true)
        {
            return null;
        }

        var servers = evidence.Ledgers.Servers;
        var (received, rejected) = (servers.Sum(server => server.ConnectionsReceived ?? 0), servers.Sum(server => server.ConnectionsRejected ?? 0));
        return new Finding(
            AcceptQueueOverflow.RuleName, Severity.Error,
            $"{missing.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ReplyTimeout))} {(missing == 1 ? "was" : "were")} established on our side only: of {evidence.Ledgers.Client.Established.Text()} "
            + $"connections the server accepted {received.Text()}{(rejected > 0 ? $" and rejected {rejected.Text()}" : "")} (INFO). Its accept queue was full, and its kernel dropped the "
            + "last ACK of the handshake (compare nstat -az TcpExtListenOverflows there), or something before it answers in its place"
            + (slow > 0 ? $"; {slow.Of("connect")} waited a second or more until the SYN was sent again" : ""),
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
