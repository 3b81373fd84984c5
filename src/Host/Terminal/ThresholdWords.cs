using ActorLoad.Configuration.Thresholds;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A threshold during a run.</summary>
/// <param name="Value">Its present value with its unit.</param>
/// <param name="Fails">True if that value does not meet it.</param>
internal sealed record ThresholdWords(string Value, bool Fails)
{
    /// <summary>The words for an interval.</summary>
    public static ThresholdWords Of(Threshold threshold, RunSnapshot snapshot)
    {
        if (!threshold.IsLive)
        {
            return new ThresholdWords("at the end", false);
        }

        var judged = threshold.Judge(new RunFigures(snapshot));
        return new ThresholdWords(judged.Value, judged is { Met: false, Measured: not null });
    }

    /// <summary>All of them for a line: <c>success-ratio 0.98 (FAILS >= 0.99)</c>; empty without thresholds.</summary>
    public static string Line(IReadOnlyList<Threshold> thresholds, RunSnapshot snapshot) => string.Concat(thresholds
        .Where(threshold => threshold.IsLive).Select(threshold => (Threshold: threshold, Now: Of(threshold, snapshot)))
        .Select(each => $"  {each.Threshold.Name} {each.Now.Value} ({(each.Now.Fails ? "FAILS " : "")}{each.Threshold.Limit})"));
}
