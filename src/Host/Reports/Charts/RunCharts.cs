using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>The charts over time of one run.</summary>
internal static class RunCharts
{
    /// <summary>Most points of a trace: more than the pixels of most screens would only make the file larger.</summary>
    public const int MostPoints = 600;

    private const int MostTicks = 400;

    /// <summary>All charts of a run.</summary>
    public static ChartDocument Of(RunView run) =>
        new(run.Samples.Count == 0 ? 0 : run.Samples[^1].At,
        [
            Starts(run), Endings(run), Open(run), StepCharts.OverTime("steps", run.Times, isOfFailures: false, isLive: run.IsLive),
            StepCharts.OverTime("failed-steps", run.Times, isOfFailures: true),
            StepCharts.Histogram(run.Times), StepCharts.Spectrum(run.Times),
            .. ServerCharts.Of(run.Result.Ledgers), .. BystanderChart.Of(run) is { } bystanders ? [bystanders] : Array.Empty<Chart>(),
        ]);

    private static Chart Starts(RunView run)
    {
        var columns = new List<SampleColumn>
        {
            Due,
            SampleColumn.Rate("started", "first", "opened+reused", sample => sample.Opened + (sample.Reused ?? 0)),
        };
        if (run.IsLive || run.Result.Connections.Dropped > 0)
        {
            columns.Add(SampleColumn.Rate("not started (max-open)", "second", "dropped", sample => sample.Dropped));
        }

        var chart = New(run).Of("starts", new ChartAxis("connections per second", "perSecond") { Suffix = " /s" }, columns);
        return chart with { Traces = [.. chart.Traces, .. BurstTicks(run)] };
    }

    // Behind the starts, or nobody would see it: mostly they are the same.
    private static SampleColumn Due
    {
        get
        {
            var due = SampleColumn.Rate("due", "cancelled", "planned", sample => sample.Planned);
            return due with { Trace = due.Trace with { Kind = "fill" } };
        }
    }

    private static Chart Endings(RunView run) => New(run).Of(
        "endings", new ChartAxis("endings per second", "perSecond") { Suffix = " /s" },
        [.. Outcomes.All.Where(outcome => run.IsLive || run.Result.Outcomes.GetValueOrDefault(outcome.Name()) > 0).Select(Ending)],
        isStacked: true);

    private static SampleColumn Ending(Outcome outcome)
    {
        var column = SampleColumn.Rate(
            outcome.Name(), outcome.Name(), $"outcomes/{outcome.Name()}", sample => sample.Outcomes.GetValueOrDefault(outcome.Name()));
        return column with { Trace = column.Trace with { Kind = "area", Pattern = Colours.Pattern(outcome) } };
    }

    private static Chart Open(RunView run) => New(run).Of(
        "open", new ChartAxis("connections", "count"),
        [
            SampleColumn.Level("open", "first", "open", sample => sample.Open),
            SampleColumn.Level("established", "third", "connected", sample => sample.Connected),
            SampleColumn.Level("waiting for the next attempt", "second", "waiting", sample => sample.Waiting),
        ],
        isLevel: true);

    private static SampleChart New(RunView run) => new(run.Samples, MostPoints);

    private static IEnumerable<Trace> BurstTicks(RunView run)
    {
        var bursts = run.Result.Bursts;
        if (bursts.Count == 0)
        {
            return [];
        }

        var shown = Thinning.Indices(
            [[.. bursts.Select(burst => (double?)burst.Failed)], [.. bursts.Select(burst => (double?)burst.DurationSeconds)]], MostTicks);
        return
        [
            new Trace("bursts", "ticks", "text", [.. shown.Select(_ => (double?)0)])
            {
                X = [.. shown.Select(index => Math.Round(bursts[index].DueAt, 3))],
                Text =
                [
                    .. shown.Select(index => bursts[index]).Select(burst => $"burst {burst.Index}: {burst.Planned.Text()} due"
                        + (burst.Failed > 0 ? $", {burst.Failed.Text()} failed" : "")
                        + (burst.Dropped > 0 ? $", {burst.Dropped.Text()} not started" : "")),
                ],
            },
        ];
    }
}
