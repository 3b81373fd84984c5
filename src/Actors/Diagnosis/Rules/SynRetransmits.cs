using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Connect times cluster near whole seconds (1, 2, 3, 4, 5, 7 ...), or are as long and the kernel sent SYNs again, or there was no answer
/// at all: SYNs were lost. What else was lost tells where.</summary>
internal sealed class SynRetransmits : IRule
{
    public const string RuleName = "syn-retransmits";

    // One lost SYN in two thousand happens on any real network.
    private const double Rare = 0.0005;

    // Of SYNs that chance loses the next one mostly comes through. Where most have none that does, each SYN of theirs is dropped.
    private const int Chance = 4;

    public string Name => RuleName;

    /// <summary>True if this rule tells of the line that lost data too.</summary>
    public static bool TellsOfLine(Evidence evidence, Line line) => line.IsLossy && IsFelt(evidence, evidence.Failed(Outcome.ConnectTimeout));

    public Finding? Judge(Evidence evidence)
    {
        var (account, line) = (Account.Of(evidence), Line.Of(evidence));
        var (timeouts, replies) = (account.Of(RuleName, Outcome.ConnectTimeout), account.Of(RuleName, Outcome.ReplyTimeout));
        if (!IsFelt(evidence, timeouts) || (account.NotAccepted > 0 && timeouts == 0) || (!line.IsLossy && ServerStalled.Silences(evidence).Count > 0 && timeouts == 0))
        {
            return null;
        }

        var (slow, retransmits) = (line.Slow, evidence.Counted("TCPSynRetrans"));
        var isSmeared = evidence.Load.ConnectModes.Values.Sum() * 2 < slow; // a slow line hides the seconds
        var modes = isSmeared ? "" : string.Join(", ", evidence.Load.ConnectModes.Where(mode => mode.Value > 0).OrderBy(mode => mode.Key)
            .Select(mode => $"{mode.Value.Text()} near {mode.Key} s"));
        var cause = Cause.Of(evidence, line, timeouts);
        return new Finding(
            Name, timeouts + replies + evidence.Failed(Outcome.ReplyTimeout) > 0 ? Severity.Error : Severity.Warning, // who loses SYNs loses replies
            (modes.Length > 0 ? $"Connect times cluster where the kernel sends a SYN again: {modes}"
                : slow > 0 ? $"{slow.Of("connect")} took a second or more, while the kernel sent {retransmits!.Value.Of("SYN")} again" : "")
            + (slow > 0 && timeouts > 0 ? "; " : "")
            + (timeouts > 0 ? $"{timeouts.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ConnectTimeout))} had no answer to any SYN in time" : "")
            + (replies > 0 ? $"; {replies.Of("attempt")} had no reply in time" : "")
            + $". {cause.Sentence}",
            evidence.Load.ConnectModes.ToDictionary(mode => $"near{mode.Key}s", mode => (double)mode.Value)
                .Append(new("slowConnects", slow)).Append(new("connectTimeouts", timeouts)).Append(new("synRetransmits", retransmits ?? 0))
                .Append(new("dataResent", line.Resent)).ToDictionary(),
            cause.Remedies);
    }

    private static bool IsFelt(Evidence evidence, long timeouts)
    {
        var slow = evidence.SlowConnects();
        var isKnown = evidence.CountedAtServer("ListenOverflows") + evidence.CountedAtServer("TCPReqQFullDrop") > 0 || new ConntrackFull().Judge(evidence) is not null;
        return slow + timeouts > evidence.Ledgers.Client.Attempts * Rare && !isKnown && (evidence.Counted("TCPSynRetrans") != 0 || timeouts > 0);
    }

    /// <summary>Where they were lost, as far as that can be told, and what to change.</summary>
    private sealed record Cause(string Sentence, IReadOnlyList<Remedy> Remedies)
    {
        public static Cause Of(Evidence evidence, Line line, long timeouts)
        {
            var endpoint = evidence.SlowAt() is [var first, ..] ? first : null;
            var isLocal = evidence.Ledgers.Kernel?.SeesServer == true;
            if (line.IsLossy)
            {
                return new Cause(LineLoss.Words(line), []);
            }

            if (evidence.Failed(Outcome.Unreachable) + RefusedOnTheWay.Count(evidence, Outcome.Refused) > 0 && line.Resent == 0)
            {
                return new Cause("Nothing but SYNs was lost, and others were refused on the way: what refuses those drops these in silence (ICMP is limited to some a second)",
                    [Tuning.Remedies.Firewall(endpoint)]);
            }

            if (timeouts > line.Slow * Chance)
            {
                var (established, asked) = (evidence.Ledgers.Client.Established, evidence.Ledgers.Servers.Count > 0);
                return new Cause(
                    established > 0
                        ? $"{established.Text()} others were established, most of them at once: what drops these drops each SYN of theirs (a firewall, a limit, a path of its own)"
                        : asked ? "The server answers its observer, so a firewall or a limit drops what the run sends, or its accept queue was full all the time"
                        : "Nothing answers there: the host is down, or a firewall drops what comes to it",
                    [Tuning.Remedies.Firewall(endpoint)]);
            }

            return isLocal
                ? new Cause("No listener of this machine dropped them: packets were lost on the way, or a firewall drops them", [])
                : new Cause(
                    (line.Resent == 0 ? "Nothing but SYNs was lost: a firewall or a limit dropped them, or they" : $"{line.Resent.Of("data segment")} had to be sent again too. They were lost on the way, dropped by a firewall, or")
                    + " did not fit into the server's accept queue: compare nstat -az TcpExtListenOverflows there",
                    AcceptQueueOverflow.Queue.Of(evidence).Enlarge(evidence));
        }
    }
}
