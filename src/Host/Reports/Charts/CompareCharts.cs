using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>Several runs in the same charts, a colour for each.</summary>
internal static class CompareCharts
{
    /// <summary>Most runs in a chart: more colours cannot be told apart.</summary>
    public const int MostRuns = 8;

    private const int MostPoints = 800;

    // What of a run's times is compared; the other steps are in the table.
    private static readonly Step[] Compared = [Step.Connect, Step.FirstReply, Step.Script, Step.Total];

    /// <summary>The steps that at least one of the runs measured.</summary>
    public static IReadOnlyList<string> Steps(IReadOnlyList<RunView> runs) =>
        [.. Compared.Where(step => runs.Any(run => run.Times.Of(step) is { Points.Count: > 0 })).Select(step => step.Name())];

    /// <summary>All charts.</summary>
    public static ChartDocument Of(IReadOnlyList<RunView> all)
    {
        var runs = all.Take(MostRuns).ToList();
        var most = MostPoints / runs.Count;
        return new ChartDocument(
            runs.Max(run => run.Samples.Count == 0 ? 0 : run.Samples[^1].At),
            [
                Over("starts", runs, most, "connections per second", sample => sample.Opened + (sample.Reused ?? 0)),
                Over("failures", runs, most, "failures per second", sample => sample.Failed + sample.Dropped),
                Over("open", runs, most, "connections", sample => sample.Open, isLevel: true),
                Times(runs), Histogram(runs), Spectrum(runs),
            ]);
    }

    /// <summary>The colour of a run.</summary>
    public static string Colour(int run) => Colours.Series[run % Colours.Series.Count];

    /// <summary>The name of a run: a letter, as in the terminal's table.</summary>
    public static string Letter(int run) => $"{(char)('A' + run)}";

    private static Chart Over(
        string id, IReadOnlyList<RunView> runs, int most, string label, Func<Sample, double?> value, bool isLevel = false)
    {
        var column = isLevel ? SampleColumn.Level(label, "", "", value) : SampleColumn.Rate(label, "", "", value);
        var axis = new ChartAxis(label, isLevel ? "count" : "perSecond") { Suffix = isLevel ? null : " /s" };
        return new Chart(id, ChartAxis.Time, axis,
        [
            .. runs.Select((run, index) =>
            {
                var chart = new SampleChart(run.Samples, most).Of(id, axis, [column], isLevel: isLevel);
                return chart.Traces[0] with { Name = Letter(index), Colour = Colour(index), X = chart.At, Live = null };
            }),
        ])
        {
            Steps = !isLevel,
        };
    }

    private static Chart Times(List<RunView> runs) => new(
        "steps", ChartAxis.Time, StepCharts.Millis,
        [
            .. runs.SelectMany((run, index) => Compared.Select(run.Times.Of).OfType<StepCourse>().SelectMany(step => new[]
            {
                StepCharts.OverTime(step, $"{Letter(index)} p99", Colour(index), step.Step.Step.Name(), point => point.P99),
                StepCharts.OverTime(step, $"{Letter(index)} p50", Colour(index), step.Step.Step.Name(), point => point.P50) with
                {
                    Dash = "dot",
                },
            })),
        ])
    {
        Choice = Steps(runs) is [var first, ..] ? first : null,
    };

    private static Chart Histogram(List<RunView> runs) => StepCharts.Histogram(
        "connects",
        [
            .. runs.Select((run, index) => (Run: run, Index: index)).Where(each => each.Run.Times.Of(Step.Connect)?.Whole is not null)
                .Select(each => (Letter(each.Index), Colour(each.Index), each.Run.Times.Of(Step.Connect)!.Whole!)),
        ]);

    private static Chart Spectrum(List<RunView> runs)
    {
        var series = runs.SelectMany((run, index) => Compared.Where(step => run.Times.Of(step)?.Whole is not null)
            .Select(step => (Step: step, Series: (Letter(index), Colour(index), false, false, run.Times.Of(step)!.Whole!)))).ToList();
        var chart = StepCharts.Spectrum("spectrum", [.. series.Select(each => each.Series)]);
        return chart with
        {
            Traces = [.. chart.Traces.Zip(series, (trace, each) => trace with { Group = each.Step.Name() })],
            Choice = series.Count > 0 ? series[0].Step.Name() : null,
        };
    }
}
