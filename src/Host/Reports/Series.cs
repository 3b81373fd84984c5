using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Reports;

/// <summary>What the values of a series are.</summary>
public enum SeriesKind
{
    /// <summary>Times, in microseconds.</summary>
    Times,

    /// <summary>Counts, whose sum is the metric.</summary>
    Counts,

    /// <summary>Shares of a whole, 0 to 1.</summary>
    Shares,
}

/// <summary>One metric in each interval or burst of a run, in order.</summary>
/// <param name="Kind">What the values are.</param>
/// <param name="Values">The values.</param>
public sealed record Series(SeriesKind Kind, IReadOnlyList<double> Values)
{
    // An interval with less than this share of the median interval is skipped: it has the rest of a burst that another interval holds.
    private const double LeastShare = 0.5;

    /// <summary>The series of a metric; null for a metric that is only known of a whole run.</summary>
    public static Series? Of(RunResult result, string metric) => metric switch
    {
        ResultNumbers.SuccessRatio => new Series(SeriesKind.Shares, [.. Parts(result)
            .Where(part => part.Succeeded + part.Failed + part.Dropped > 0)
            .Select(part => (double)part.Succeeded / (part.Succeeded + part.Failed + part.Dropped))]),
        ResultNumbers.BurstDuration => new Series(SeriesKind.Times, [.. result.Bursts.Select(burst => burst.DurationSeconds * 1e6)]),
        "succeeded" => Counts(Parts(result).Select(part => part.Succeeded)),
        "failed" => Counts(Parts(result).Select(part => part.Failed)),
        "dropped" => Counts(Parts(result).Select(part => part.Dropped)),
        "retries" => Counts(result.Samples.Select(sample => sample.Retries)),
        _ when result.Outcomes.ContainsKey(metric) => Counts(result.Samples.Select(sample => sample.Outcomes.GetValueOrDefault(metric))),
        _ => Latency(result, metric.Split('.')),
    };

    private static Series Counts(IEnumerable<long> counts) => new(SeriesKind.Counts, [.. counts.Select(count => (double)count)]);

    // A connection may end an interval later than it began, but it stays in its burst. So bursts are better, if they hold all of the run.
    private static IEnumerable<(long Succeeded, long Failed, long Dropped)> Parts(RunResult result) =>
        result.Bursts.Sum(burst => burst.Planned) == result.Connections.Planned
            ? result.Bursts.Select(burst => (burst.Succeeded, burst.Failed, burst.Dropped))
            : result.Samples.Select(sample => (sample.Succeeded, sample.Failed, sample.Dropped));

    private static Series? Latency(RunResult result, string[] path)
    {
        Func<Sample, LatencySummary?>? step = path[0] switch
        {
            "connect" => sample => sample.Connect,
            "total" => sample => sample.Total,
            "recovery" => sample => sample.Recovery,
            _ => null,
        };
        var statistic = LatencySummary.Statistics.GetValueOrDefault(path[^1]);
        if (step is null || statistic is null || path.Length != 2)
        {
            return null;
        }

        var summaries = result.Samples.Select(step).OfType<LatencySummary>().ToList();
        var least = ResultNumbers.Median([.. summaries.Select(summary => (double)summary.Count).Order()]) * LeastShare;
        return new Series(SeriesKind.Times, [.. summaries.Where(summary => summary.Count >= least).Select(statistic)]);
    }
}
