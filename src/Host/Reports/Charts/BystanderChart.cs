using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>Bystanders' PING: each percentile across the time that it belongs to, and the moment of recovery.</summary>
internal static class BystanderChart
{
    // Before the run they are watched for about so long; after it, until they recover.
    private const double LeastSide = 1;

    /// <summary>The chart; null without bystanders.</summary>
    public static Chart? Of(RunView run)
    {
        if (run.Result.Ledgers?.Bystander is not { } bystander)
        {
            return null;
        }

        var bursts = run.Result.Bursts;
        var end = bursts.Count > 0 ? bursts.Max(burst => burst.DueAt + burst.DurationSeconds) : run.Result.Run.DurationSeconds;
        var recovered = bystander.RecoverySeconds is { } seconds ? end + seconds : (double?)null;
        var last = Math.Max(Math.Max(run.Result.Run.DurationSeconds, recovered ?? 0), end) + Math.Max(LeastSide, end / 10);
        var first = -Math.Max(LeastSide, end / 10);
        (LatencySummary? Times, double From, double To)[] parts =
            [(bystander.Before, first, 0), (bystander.During, 0, end), (bystander.After, end, last)];
        return new Chart(
            "bystanders", ChartAxis.Time with { Unit = "moments" }, StepCharts.Millis,
            [Line("p50", "third", times => times.P50), Line("p99", "first", times => times.P99), Line("max", "second", times => times.Max)])
        {
            Bands = [new ChartBand(0, end, "second")],
            Lines = recovered is { } at ? [new ChartLine(Math.Round(at, 3), "recovered")] : null,
            Hover = "x",
        };

        Trace Line(string name, string colour, Func<LatencySummary, long> value) => new(
            name, "line", colour,
            [.. parts.SelectMany(part => Enumerable.Repeat(part.Times is { } times ? Millis(value(times)) : null, 2).Append(null))])
        {
            X = [.. parts.SelectMany(part => new[] { Math.Round(part.From, 3), Math.Round(part.To, 3), Math.Round(part.To, 3) })],
        };

        static double? Millis(long micros) => SampleChart.Rounded(micros / 1000.0);
    }
}
