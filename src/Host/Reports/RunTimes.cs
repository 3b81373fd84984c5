using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>The times of a run: each step over all of it, and in each interval.</summary>
/// <param name="Steps">The steps, those that were completed first.</param>
/// <param name="Missing">Why there are no whole histograms, in a sentence; else null.</param>
internal sealed record RunTimes(IReadOnlyList<StepCourse> Steps, string? Missing)
{
    /// <summary>No times at all.</summary>
    public static RunTimes None { get; } = new([], null);

    /// <summary>Reads the histograms of a run. Without them, the samples still have the percentiles of three steps.</summary>
    /// <param name="directory">The directory of the run; null if only its result is known.</param>
    /// <param name="id">The run.</param>
    /// <param name="samples">Its intervals.</param>
    public static RunTimes Read(string? directory, string id, IReadOnlyList<Sample> samples)
    {
        var stored = directory is null ? null : new StoredHistograms(directory, id);
        return stored is { Missing: null } && Read(stored) is { Steps.Count: > 0 } times ? times : new RunTimes(
            [.. OfSamples(samples).Where(step => step.Points.Count > 0)],
            stored is null ? "without the directory of the run there are no histograms"
                : stored.Missing ?? $"{RunJournal.HistogramsFile} has no finished interval");
    }

    /// <summary>The step of successes with that name; null if it was not measured.</summary>
    public StepCourse? Of(Step step) => Steps.FirstOrDefault(times => times.Step == new MeasuredStep(step, false));

    private static RunTimes Read(StoredHistograms stored)
    {
        var points = new Dictionary<MeasuredStep, List<StepPoint>>();
        var whole = new Dictionary<MeasuredStep, LatencyHistogram>();
        foreach (var interval in stored.Intervals())
        {
            if (!whole.TryGetValue(interval.Step, out var all))
            {
                whole.Add(interval.Step, all = new LatencyHistogram());
            }

            all.Add(interval.Histogram);
            if (interval.Histogram.Summarize() is { } summary)
            {
                if (!points.TryGetValue(interval.Step, out var list))
                {
                    points.Add(interval.Step, list = []);
                }

                list.Add(StepPoint.Of(interval.To, summary));
            }
        }

        return new RunTimes(
            [
                .. whole.OrderBy(step => step.Key.IsOfFailures).ThenBy(step => step.Key.Step)
                    .Select(step => new StepCourse(step.Key, points.GetValueOrDefault(step.Key) ?? [], step.Value)),
            ],
            null);
    }

    private static IEnumerable<StepCourse> OfSamples(IReadOnlyList<Sample> samples)
    {
        yield return Of(Step.Connect, sample => sample.Connect);
        yield return Of(Step.Total, sample => sample.Total);
        yield return Of(Step.Recovery, sample => sample.Recovery);

        StepCourse Of(Step step, Func<Sample, LatencySummary?> summary) => new(
            new MeasuredStep(step, false),
            [.. samples.Where(sample => summary(sample) is not null).Select(sample => StepPoint.Of(sample.At, summary(sample)!))], null);
    }
}

/// <summary>The times of one step.</summary>
/// <param name="Step">The step, of connections that completed it or of those that failed.</param>
/// <param name="Points">Its percentiles in each interval that has any.</param>
/// <param name="Whole">Over the whole run; null without histograms.</param>
internal sealed record StepCourse(MeasuredStep Step, IReadOnlyList<StepPoint> Points, LatencyHistogram? Whole);

/// <summary>A step in one interval: the end of it in seconds, and percentiles in microseconds.</summary>
internal readonly record struct StepPoint(double At, long P50, long P99, long Max)
{
    public static StepPoint Of(double at, LatencySummary summary) => new(at, summary.P50, summary.P99, summary.Max);
}
