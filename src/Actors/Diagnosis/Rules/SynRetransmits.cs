using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>SYNs were lost. Connect times cluster near whole seconds (1, 2, 3, 4, 5, 7 ...), or are as long while the kernel sent SYNs
/// again, or no SYN was answered. Other losses tell where.</summary>
internal sealed class SynRetransmits : IRule
{
    public const string RuleName = "syn-retransmits";

    // One lost SYN in two thousand happens on any real network.
    private const double Rare = 0.0005;

    // After a random loss, the next SYN mostly gets through. If most connections never get through, all their SYNs are dropped.
    private const int Chance = 4;

    public string Name => RuleName;

    /// <summary>True if this rule also reports the line that lost data.</summary>
    public static bool TellsOfLine(Evidence evidence, Line line) =>
        line.IsLossy && IsFelt(evidence, evidence.Failed(Outcome.ConnectTimeout));

    public Finding? Judge(Evidence evidence)
    {
        var (account, line) = (Account.Of(evidence), Line.Of(evidence));
        var (timeouts, replies) = (account.Of(RuleName, Outcome.ConnectTimeout), account.Of(RuleName, Outcome.ReplyTimeout));
        var isServer = account.NotAccepted > 0 || (!line.IsLossy && ServerStalled.Silences(evidence).Count > 0);
        if (!IsFelt(evidence, timeouts) || (isServer && timeouts == 0))
        {
            return null;
        }

        var (slow, retransmits) = (line.Slow, evidence.Counted("TCPSynRetrans"));
        var isSmeared = evidence.Load.ConnectModes.Values.Sum() * 2 < slow; // a slow line hides the seconds
        var modes = isSmeared ? "" : string.Join(", ", evidence.Load.ConnectModes.Where(mode => mode.Value > 0).OrderBy(mode => mode.Key)
            .Select(mode => $"{mode.Value.Text()} near {mode.Key} s"));
        var cause = Cause.Of(evidence, line, timeouts);
        var hasCost = timeouts + replies + evidence.Failed(Outcome.ReplyTimeout) > 0; // a line that loses SYNs loses replies
        var at = evidence.At(evidence.FailedAt(Outcome.ConnectTimeout));
        return new Finding(
            Name, hasCost ? Severity.Error : Severity.Warning,
            Prose.Sentences(
                modes.Length > 0 ? $"Connect times cluster where the kernel sends a SYN again: {modes}"
                    : slow > 0 ? $"{slow.Of("connect")} took a second or more, while the kernel sent {retransmits!.Value.Of("SYN")} again"
                    : "",
                timeouts > 0 ? $"{timeouts.Of("attempt")}{at} got no answer to any SYN in time" : "",
                replies > 0 ? $"{replies.Of("attempt")} got no reply in time" : "",
                cause.Sentence),
            evidence.Load.ConnectModes.ToDictionary(mode => $"near{mode.Key}s", mode => (double)mode.Value)
                .Append(new("slowConnects", slow)).Append(new("connectTimeouts", timeouts)).Append(new("synRetransmits", retransmits ?? 0))
                .Append(new("dataResent", line.Resent)).ToDictionary(),
            cause.Remedies);
    }

    private static bool IsFelt(Evidence evidence, long timeouts)
    {
        var slow = evidence.SlowConnects();
        var isKnown = evidence.CountedAtServer("ListenOverflows") + evidence.CountedAtServer("TCPReqQFullDrop") > 0
            || new ConntrackFull().Judge(evidence) is not null;
        var isFelt = timeouts > 0 || evidence.Counted("TCPSynRetrans") != 0;
        return slow + timeouts > evidence.Ledgers.Client.Attempts * Rare && !isKnown && isFelt;
    }

    /// <summary>Where the SYNs were lost, as far as known, and what to change.</summary>
    private sealed record Cause(string Sentence, IReadOnlyList<Remedy> Remedies)
    {
        public static Cause Of(Evidence evidence, Line line, long timeouts)
        {
            if (line.IsLossy)
            {
                return new Cause(LineLoss.Words(line), []);
            }

            IReadOnlyList<Remedy> firewall = [Tuning.Remedies.Firewall(evidence.SlowAt() is [var first, ..] ? first : null)];
            if (evidence.Failed(Outcome.Unreachable) + RefusedOnTheWay.Count(evidence, Outcome.Refused) > 0 && line.Resent == 0)
            {
                return new Cause(
                    "Only SYNs were lost, and others were refused on the way. The same firewall or limit probably drops these silently, "
                    + "because it sends only some ICMP messages per second", firewall);
            }

            if (timeouts > line.Slow * Chance)
            {
                return new Cause(SilentDrop(evidence), firewall);
            }

            if (evidence.Ledgers.Kernel?.SeesServer == true)
            {
                return new Cause("No listener of this machine dropped them: packets were lost on the way, or a firewall drops them", []);
            }

            return new Cause(
                (line.Resent == 0 ? "Only SYNs were lost: a firewall or a limit dropped them"
                    : $"{line.Resent.Of("data segment")} had to be sent again too. The SYNs were lost on the way, dropped by a firewall")
                + ", or did not fit into the server's accept queue (compare nstat -az TcpExtListenOverflows there)",
                AcceptQueueOverflow.Queue.Of(evidence).Enlarge(evidence));
        }

        private static string SilentDrop(Evidence evidence) =>
            evidence.Ledgers.Client.Established is > 0 and var established
                ? $"{established.Text()} others were established, most of them at once. For these, a firewall, a limit or a path of their "
                    + "own drops every SYN"
            : evidence.Ledgers.Servers.Count > 0
                ? "The server answers its observer. So a firewall or a limit drops what the run sends, or its accept queue was always full"
            : "Nothing answers there: the host is down, or a firewall drops all packets to it";
    }
}
