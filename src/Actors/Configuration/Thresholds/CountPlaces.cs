using ActorLoad.Metrics;

namespace ActorLoad.Configuration.Thresholds;

/// <summary>The metrics that the run and each part of it have: counts, outcomes, and the times of steps.</summary>
internal static class CountPlaces
{
    /// <summary>The place of failed attempts.</summary>
    public const string AttemptFailures = "attempt-failures";

    /// <summary>The places below a part of the run.</summary>
    /// <param name="find">The counts of that part; null if it has none.</param>
    public static Dictionary<string, Func<MetricPlace>> Of(Func<RunFigures, ICounts?> find)
    {
        var places = new Dictionary<string, Func<MetricPlace>>
        {
            ["success-ratio"] = () => MetricPlace.Of(new Metric(
                MetricUnit.Ratio, "no connection was due, or all were cancelled", figures => find(figures)?.Connections.SuccessRatio)),
            ["planned"] = () => Count(find, counts => counts.Connections.Planned),
            ["opened"] = () => Count(find, counts => counts.Connections.Opened),
            ["uses"] = () => Count(find, counts => counts.Connections.Uses),
            ["reused"] = () => Count(find, counts => counts.Connections.Reused ?? 0),
            ["failed"] = () => Count(find, counts => counts.Connections.Failed),
            ["dropped"] = () => Count(find, counts => counts.Connections.Dropped),
            ["attempts"] = () => Count(find, counts => counts.Attempts),
            ["retries"] = () => Count(find, counts => counts.Retries),
            ["established"] = () => Count(find, counts => counts.Established),
            [AttemptFailures] = () => new MetricPlace(
                Count(find, counts => counts.AttemptFailures.Values.Sum()).Metric,
                Outcomes.All.Where(outcome => outcome is not (Outcome.Succeeded or Outcome.Cancelled)).ToDictionary(
                    outcome => outcome.Name(),
                    outcome => (Func<MetricPlace>)(() => Count(find, counts => counts.AttemptFailures.GetValueOrDefault(outcome.Name()))))),
            ["failed-latency"] = () => new MetricPlace(null, Steps.All.ToDictionary(
                step => step.Name(),
                step => (Func<MetricPlace>)(() => Times(
                    $"no failed connection has a {step.Name()} time",
                    figures => find(figures)?.FailedLatency.GetValueOrDefault(step.Name()))))),
        };
        foreach (var outcome in Outcomes.All)
        {
            places.Add(outcome.Name(), () => Count(find, counts => counts.Outcomes.GetValueOrDefault(outcome.Name())));
        }

        foreach (var step in Steps.All)
        {
            places.Add(step.Name(), () => Times(
                $"no successful connection has a {step.Name()} time",
                figures => find(figures)?.Latency.GetValueOrDefault(step.Name())));
        }

        places.Add("pool", () => Below(new() { ["replaced"] = () => Count(find, counts => counts.Pool?.Replaced ?? 0) }));
        places.Add("closes", () => Below(Enum.GetValues<CloseEnd>().Select(end => end.Word()).ToDictionary(
            end => end, end => (Func<MetricPlace>)(() => Count(find, counts => counts.Closes?.GetValueOrDefault(end) ?? 0)))));
        return places;

        static MetricPlace Below(Dictionary<string, Func<MetricPlace>> inner) => new(null, inner);
    }

    /// <summary>The statistics of times, and their count.</summary>
    /// <param name="whyNotMeasured">Why there may be none.</param>
    /// <param name="find">The times; null or empty if there are none.</param>
    /// <param name="isLive">False if they are known at the end only.</param>
    public static MetricPlace Times(string whyNotMeasured, Func<RunFigures, LatencySummary?> find, bool isLive = true)
    {
        var places = new Dictionary<string, Func<MetricPlace>>();
        foreach (var (name, read) in LatencySummary.Statistics)
        {
            var metric = new Metric(MetricUnit.Micros, whyNotMeasured, run => find(run) is { Count: > 0 } times ? read(times) : null)
            {
                IsLive = isLive,
            };
            places.Add(name, () => MetricPlace.Of(metric));
        }

        places.Add("count", () => MetricPlace.Of(new Metric(MetricUnit.Count, "", figures => find(figures)?.Count ?? 0)
        {
            IsLive = isLive,
        }));
        return new MetricPlace(null, places);
    }

    private static MetricPlace Count(Func<RunFigures, ICounts?> find, Func<ICounts, long> read) => MetricPlace.Of(
        new Metric(MetricUnit.Count, "it is not counted apart", figures => find(figures) is { } counts ? read(counts) : null));
}
