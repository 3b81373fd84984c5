using ActorLoad.Metrics;

namespace ActorLoad.Observers.Rules;

/// <summary>Connect times cluster near whole seconds (1, 2, 3, 4, 5, 7 ...), or are as long and the kernel sent SYNs again, or there was no answer
/// at all: SYNs were lost, and what is seen from here does not tell where.</summary>
internal sealed class SynRetransmits : IRule
{
    // One lost SYN in two thousand happens on any real network.
    private const double Rare = 0.0005;

    public string Name => "syn-retransmits";

    public Finding? Judge(Evidence evidence)
    {
        var (slow, timeouts) = (evidence.SlowConnects(), evidence.Failed(Outcome.ConnectTimeout));
        var retransmits = evidence.Counted("TCPSynRetrans");
        var isKnown = evidence.CountedAtServer("ListenOverflows") + evidence.CountedAtServer("TCPReqQFullDrop") > 0 || new ConntrackFull().Judge(evidence) is not null;
        if (slow + timeouts == 0 || slow + timeouts <= evidence.Ledgers.Client.Attempts * Rare || isKnown || (retransmits == 0 && timeouts == 0))
        {
            return null;
        }

        var seesServer = evidence.Ledgers.Kernel?.SeesServer == true;
        var modes = string.Join(", ", evidence.Load.ConnectModes.Where(mode => mode.Value > 0).OrderBy(mode => mode.Key)
            .Select(mode => $"{mode.Value.Text()} near {mode.Key} s"));
        var queue = AcceptQueueOverflow.Queue.Of(evidence);
        return new Finding(
            Name, timeouts + evidence.Failed(Outcome.ReplyTimeout) > 0 ? Severity.Error : Severity.Warning, // who loses SYNs loses replies
            (modes.Length > 0 ? $"Connect times cluster where the kernel sends a SYN again: {modes}"
                : slow > 0 ? $"{slow.Of("connect")} took a second or more, while the kernel sent {retransmits!.Value.Of("SYN")} again" : "")
            + (slow > 0 && timeouts > 0 ? "; " : "")
            + (timeouts > 0 ? $"{timeouts.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ConnectTimeout))} had no answer to any SYN in time" : "")
            + (seesServer
                ? ". No listener of this machine dropped them: packets were lost on the way, or a firewall drops them"
                : ". They were lost on the way, dropped by a firewall, or did not fit into the server's accept queue: compare nstat -az TcpExtListenOverflows there"),
            evidence.Load.ConnectModes.ToDictionary(mode => $"near{mode.Key}s", mode => (double)mode.Value)
                .Append(new("slowConnects", slow)).Append(new("connectTimeouts", timeouts)).Append(new("synRetransmits", retransmits ?? 0)).ToDictionary(),
            seesServer ? [] : queue.Enlarge(evidence));
    }
}
