using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>The charts of a run's times.</summary>
internal static class StepCharts
{
    private static readonly (string Name, Func<StepPoint, long> Of)[] Values =
        [("p50", point => point.P50), ("p99", point => point.P99), ("max", point => point.Max)];

    /// <summary>The percentiles that one can choose.</summary>
    public static IReadOnlyList<string> Percentiles { get; } = [.. Values.Select(value => value.Name)];

    /// <summary>The percentile that is shown first.</summary>
    public const string FirstShown = "p99";

    /// <summary>Milliseconds on a logarithmic scale.</summary>
    public static ChartAxis Millis { get; } = new("milliseconds", "ms", Log: true) { Suffix = " ms" };

    private const int MostPoints = 120;
    private const int BinsPerDecade = 24;
    private const int RanksPerDecade = 12;

    // The other steps are one click in the legend away.
    private static readonly Step[] Telling =
        [Step.Connect, Step.Tls, Step.Setup, Step.FirstReply, Step.Script, Step.Total, Step.Recovery];

    private static readonly ChartLine[] Marks =
    [
        new(0.001, "1 µs"), new(0.01, "10 µs"), new(0.1, "0.1 ms"), new(1, "1 ms"), new(10, "10 ms"), new(100, "0.1 s"),
        new(1_000, "1 s"), new(10_000, "10 s"), new(100_000, "100 s"), new(1_000_000, "1,000 s"),
    ];

    /// <summary>Percentiles over time: of successes, or of failures.</summary>
    public static Chart OverTime(string id, RunTimes times, bool isOfFailures, bool isLive = false)
    {
        var traces = times.Steps.Where(step => step.Step.IsOfFailures == isOfFailures && (step.Points.Count > 0 || isLive))
            .SelectMany(step => Traces(step, isLive));
        return new Chart(id, ChartAxis.Time, Millis, [.. traces]) { Choice = FirstShown };
    }

    /// <summary>One percentile of one step over time.</summary>
    public static Trace OverTime(StepCourse step, string name, string colour, string group, Func<StepPoint, long> value)
    {
        double?[] all = [.. step.Points.Select(point => (double?)value(point))];
        var shown = Thinning.Indices([all], MostPoints);
        return new Trace(name, "line", colour, [.. shown.Select(index => SampleChart.Rounded(all[index] / 1000))])
        {
            X = [.. shown.Select(index => Math.Round(step.Points[index].At, 3))],
            Group = group,
        };
    }

    /// <summary>How often each connect and first reply took how long, with the waits of the kernel.</summary>
    public static Chart Histogram(string id, IReadOnlyList<(string Name, string Colour, LatencyHistogram Times)> series)
    {
        var longest = series.Select(each => each.Times.Summarize()!.Max / 1e6).DefaultIfEmpty(0).Max();
        return new Chart(
            id, Millis with { Label = "time (logarithmic)", Ticks = Marks }, new ChartAxis("times in each bar", "count", Log: true),
            [.. series.Select(each => Bars(each.Name, each.Colour, each.Times))])
        {
            Lines =
            [
                .. ConnectHeaps.Waits.Where(wait => wait < longest * 1.5)
                    .Select((wait, index) => new ChartLine(wait * 1000, Waited(wait)) { Row = index % 2 }),
            ],
            Hover = "closest",
        };
    }

    /// <summary>All percentiles of each step: the further right, the rarer.</summary>
    public static Chart Spectrum(
        string id, IReadOnlyList<(string Name, string Colour, bool IsDashed, bool IsHidden, LatencyHistogram Times)> series)
    {
        var ranks = new ChartAxis("percentile: 1/(1-p), logarithmic", "percentile", Log: true)
        {
            Ticks = Ranks(series.Select(each => each.Times.TotalCount).DefaultIfEmpty(1).Max()),
        };
        var lines = series.Select(each => Percentile(each.Name, each.Colour, each.Times) with
        {
            Dash = each.IsDashed ? "dash" : null,
            Hidden = each.IsHidden,
        });
        return new Chart(id, ranks, Millis, [.. lines]) { Hover = "closest" };
    }

    /// <summary>The spectrum of one run.</summary>
    public static Chart Spectrum(RunTimes times) => Spectrum(
        "spectrum",
        [
            .. times.Steps.Where(step => step.Whole is not null).Select(step => (
                step.Step.Step.Name() + (step.Step.IsOfFailures ? " of failures" : ""), Colour(step.Step.Step),
                step.Step.IsOfFailures, !Telling.Contains(step.Step.Step) || step.Step.IsOfFailures, step.Whole!)),
        ]);

    /// <summary>The histogram of one run: connects, and first replies.</summary>
    public static Chart Histogram(RunTimes times) => Histogram(
        "connects",
        [
            .. new[] { Step.Connect, Step.FirstReply }.Where(step => times.Of(step)?.Whole is not null)
                .Select(step => (step.Name(), Colour(step), times.Of(step)!.Whole!)),
        ]);

    /// <summary>Its colour in every chart.</summary>
    public static string Colour(Step step) => step switch
    {
        Step.Connect => "first",
        Step.Total => "second",
        Step.FirstReply => "third",
        Step.Script => "fourth",
        Step.Tls => "fifth",
        Step.Setup => "sixth",
        Step.Recovery or Step.Close => "seventh",
        _ => "eighth",
    };

    private static IEnumerable<Trace> Traces(StepCourse step, bool isLive)
    {
        var name = step.Step.Step.Name();
        // A sample has only these; the others are read from the histograms.
        var isInSamples = step.Step is { IsOfFailures: false, Step: Step.Connect or Step.Total or Step.Recovery };
        return Values.Select(value => OverTime(step, name, Colour(step.Step.Step), value.Name, value.Of) with
        {
            Hidden = !Telling.Contains(step.Step.Step),
            Live = isLive && isInSamples ? $"sample/{name}/{value.Name}" : null,
            Factor = isLive && isInSamples ? 0.001 : 0,
            Dash = step.Step.Step is Step.LoopLag or Step.Close ? "dot" : null,
        });
    }

    private static Trace Bars(string name, string colour, LatencyHistogram times)
    {
        var bins = new SortedDictionary<int, long>();
        times.ForEach((micros, count) =>
        {
            var bin = (int)Math.Floor(Math.Log10(micros) * BinsPerDecade);
            bins[bin] = bins.GetValueOrDefault(bin) + count;
        });
        return new Trace(name, "bars", colour, [.. bins.Values.Select(count => (double?)count)])
        {
            X = [.. bins.Keys.Select(bin => (Edge(bin) + Edge(bin + 1)) / 2)],
            Widths = [.. bins.Keys.Select(bin => Edge(bin + 1) - Edge(bin))],
            Text = [.. bins.Select(bin => $"{name}: {bin.Value.Text()} from {Millis(bin.Key)} to {Millis(bin.Key + 1)} ms")],
        };

        static double Edge(int bin) => SampleChart.Rounded(Math.Pow(10, (double)bin / BinsPerDecade) / 1000) ?? 0;

        static string Millis(int bin) => (Edge(bin) * 1000).Millis();
    }

    private static Trace Percentile(string name, string colour, LatencyHistogram times)
    {
        var (x, y) = (new List<double>(), new List<double?>());
        for (var step = 0; ; step++)
        {
            var rarity = Math.Min(Math.Pow(10, (double)step / RanksPerDecade), times.TotalCount);
            x.Add(SampleChart.Rounded(rarity)!.Value);
            y.Add(SampleChart.Rounded(times.GetValueAtPercentile(100 * (1 - (1 / rarity))) / 1000.0));
            if (rarity >= times.TotalCount)
            {
                break;
            }
        }

        y[^1] = SampleChart.Rounded(times.Summarize()!.Max / 1000.0); // the rarest of all is the largest
        return new Trace(name, "line", colour, [.. y]) { X = [.. x] };
    }

    private static List<ChartLine> Ranks(long count)
    {
        var ticks = new List<ChartLine> { new(1, "0 %"), new(2, "50 %"), new(10, "90 %") };
        for (var (at, nines) = (100.0, "99"); at <= count * 10.0 && nines.Length < 12; at *= 10, nines += nines.Length == 2 ? ".9" : "9")
        {
            ticks.Add(new ChartLine(at, $"{nines} %"));
        }

        return ticks;
    }

    private static string Waited(double seconds) => seconds.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture) + " s";
}
