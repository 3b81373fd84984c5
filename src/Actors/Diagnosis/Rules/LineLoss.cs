using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Data on established connections was sent again and again: it was lost on the way, or its answer was. The server did not cause
/// that: its kernel acknowledges data, whatever its program does.</summary>
internal sealed class LineLoss : IRule
{
    public const string RuleName = "line-loss";

    // The kernel probes once before it sends again, and attempts that failed for other reasons may have lost data too.
    private const int OfOthers = 4;

    // Fewer have no noticeable effect.
    private const double Notable = 0.01;

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var (line, client) = (Line.Of(evidence), evidence.Ledgers.Client);
        var timeouts = Account.Of(evidence).Of(RuleName);
        var isFelt = line.IsLossy && line.Resent > client.Established * Notable && !SynRetransmits.TellsOfLine(evidence, line);
        if (timeouts == 0 && !isFelt)
        {
            return null;
        }

        return new Finding(
            Name, timeouts > 0 ? Severity.Error : Severity.Warning, Sentence(evidence, line, timeouts),
            new Dictionary<string, double>
            {
                ["dataResent"] = line.Resent,
                ["replyTimeouts"] = timeouts,
                ["established"] = client.Established,
                ["slowConnects"] = line.Slow,
                ["isFull"] = line.IsFull ? 1 : 0,
            },
            line.IsFull ? [] : [Remedies.Firewall(evidence.FailedAt(Outcome.ReplyTimeout) is [var first, ..] ? first : null)]);
    }

    /// <summary>What the line did to data, as a sentence after one about connects.</summary>
    public static string Words(Line line) =>
        $"{line.Resent.Of("data segment")} {line.Resent.Were()} sent again too"
        + (line.IsFull
            ? ", and half of the handshakes waited in a queue of the line: it carries less than the run sends"
            : ": the line loses packets of every kind");

    private static string Sentence(Evidence evidence, Line line, long timeouts)
    {
        var (resent, established) = (line.Resent.Of("data segment"), evidence.Ledgers.Client.Established);
        if (timeouts == 0)
        {
            return $"The line {(line.IsFull ? "was full" : "lost packets")}: {resent} had to be sent again on "
                + $"{established.Of("connection")}, which delayed their replies";
        }

        // Data that never arrives is sent again a known number of times. Little more than that means that other connections lost nothing.
        var isSelective = !line.IsBad && line.Resent <= timeouts * (Line.Retransmits(evidence) + OfOthers) && timeouts < established;
        return $"{timeouts.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ReplyTimeout))} got no reply in time, "
            + $"and {resent} had to be sent again"
            + (line.IsFull ? ": the line was full, and carries less than the run sends"
                : isSelective
                    ? ", as often as data that never arrives, while other connections lost nothing. After the handshake, all packets of "
                        + "these connections were dropped on the way (by a firewall, a load balancer, or on a path of their own)"
                : ": the line loses packets");
    }
}
