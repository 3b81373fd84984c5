using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Data was sent again and again on connections that were established: it was lost on the way, or its answer was. The server has no part in it:
/// its kernel acknowledges what arrives, whatever its program does.</summary>
internal sealed class LineLoss : IRule
{
    public const string RuleName = "line-loss";

    // The kernel probes once before it sends again, and attempts that failed otherwise may have lost data too.
    private const int OfOthers = 4;

    // Fewer cost nobody anything.
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
            line.IsFull ? [] : [Remedies.Firewall(evidence.FailedAt(Metrics.Outcome.ReplyTimeout) is [var first, ..] ? first : null)]);
    }

    /// <summary>What the line did to data, as the end of a sentence about connects, or as one of its own.</summary>
    public static string Words(Line line) => line.IsFull
        ? $"{line.Resent.Of("data segment")} {(line.Resent == 1 ? "was" : "were")} sent again too, and half of the handshakes waited in a queue of the line: it carries less than the run sends"
        : $"{line.Resent.Of("data segment")} {(line.Resent == 1 ? "was" : "were")} sent again too: the line loses packets of every kind";

    private static string Sentence(Evidence evidence, Line line, long timeouts)
    {
        if (timeouts == 0)
        {
            return $"The line {(line.IsFull ? "was full" : "lost packets")}: {line.Resent.Of("data segment")} had to be sent again on {evidence.Ledgers.Client.Established.Of("connection")}, "
                + "and their replies came that much later";
        }

        // What never arrives is sent again so often; where there is not much more than that, the other connections lost nothing.
        var isSelective = !line.IsBad && line.Resent <= timeouts * (Line.Retransmits(evidence) + OfOthers) && timeouts < evidence.Ledgers.Client.Established;
        return $"{timeouts.Of("attempt")}{evidence.At(evidence.FailedAt(Metrics.Outcome.ReplyTimeout))} had no reply in time, and {line.Resent.Of("data segment")} had to be sent again"
            + (line.IsFull ? ": the line was full, and carries less than the run sends"
                : isSelective ? ", as often as data that never arrives, while other connections lost nothing: what was sent after the handshake was dropped on the way "
                    + "for these (a firewall, a load balancer, or a path of its own)"
                : ": the line loses packets");
    }
}
