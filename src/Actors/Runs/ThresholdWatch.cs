using System.Collections.Immutable;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>Judges the thresholds of a run: those with <c>abort-on-fail</c> after each interval, all at the end.</summary>
internal sealed class ThresholdWatch(ImmutableArray<Threshold> thresholds)
{
    private readonly Dictionary<Threshold, ThresholdResult> _failed = [];

    /// <summary>True if an interval can end the run.</summary>
    public bool IsNeeded => thresholds.Any(threshold => threshold.AbortOnFail);

    /// <summary>The thresholds that fail in this interval and are to end the run. A number that was not measured yet does not
    /// fail.</summary>
    public IReadOnlyList<ThresholdResult> Judge(RunSnapshot snapshot)
    {
        var figures = new RunFigures(snapshot);
        foreach (var threshold in thresholds)
        {
            if (threshold.AbortOnFail && snapshot.ElapsedSeconds >= threshold.After.TotalSeconds
                && threshold.Judge(figures) is { Met: false, Measured: not null } failed)
            {
                _failed[threshold] = failed with
                {
                    EndedRunAt = snapshot.ElapsedSeconds,
                    Note = FormattableString.Invariant($"failed after {snapshot.ElapsedSeconds:0.###} s, and ended the run"),
                };
            }
        }

        return [.. _failed.Values];
    }

    /// <summary>The results at the end. A threshold that has ended the run keeps the value with which it failed.</summary>
    public IReadOnlyList<ThresholdResult> Conclude(RunFigures figures) =>
        [.. thresholds.Select(threshold => _failed.GetValueOrDefault(threshold) ?? threshold.Judge(figures))];
}
