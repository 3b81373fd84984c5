using ActorLoad.Metrics;
using ActorLoad.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The tables of the summary.</summary>
internal static class SummaryTables
{
    private static readonly string[] Steps =
        ["start-lag", "connect", "tls", "setup", "first-reply", "script", "total", "close", "recovery", "loop-lag"];

    /// <summary>The outcomes and their meanings. Causes that retries hid are named too.</summary>
    public static IRenderable Outcomes(RunResult result)
    {
        var table = Look.Table("Connections ended as", "", "", "");
        table.Columns[3].LeftAligned().NoWrap = false;
        foreach (var (name, count) in result.Outcomes.Where(outcome => outcome.Value > 0).OrderByDescending(outcome => outcome.Value))
        {
            var style = name == Outcome.Succeeded.Name() ? Look.Good : name == Outcome.Cancelled.Name() ? Look.Plain : Look.Warn;
            table.AddRow(
                new Text(name, style), new Text(Figures.Count(count)),
                new Text(Figures.Percent(count, result.Connections.Uses)), new Text(OutcomeWords.Of(name), Look.Dim));
        }

        if (result.Connections.Dropped > 0)
        {
            table.AddRow(
                new Text("(dropped)", Look.Bad), new Text(Figures.Count(result.Connections.Dropped)), new Text(""),
                new Text(
                    result.Verdict is Verdict.Aborted or Verdict.Interrupted
                        ? "due, but the run was given up before their turn"
                        : WhyDropped(result), Look.Dim));
        }

        return result.Retries == 0 ? table : new Rows(table,
            new Text("Attempts that failed, retried ones included: " + SummaryLines.Listed(result.AttemptFailures), Look.Dim));
    }

    /// <summary>Error prefixes, the most frequent first.</summary>
    public static IRenderable Rejections(RunResult result) => new Text("Rejections: " + SummaryLines.Listed(result.Rejections), Look.Warn);

    /// <summary>Handshakes, and why some failed.</summary>
    public static IRenderable Tls(TlsCounts tls)
    {
        var made = new Text(
            $"TLS handshakes: {Figures.Count(tls.Full)} full ({Rate(tls.FullPerSecond)}), {Figures.Count(tls.Resumed)} resumed "
            + $"({Rate(tls.ResumedPerSecond)})");
        return tls.Failures.Count == 0 ? made : new Rows(made, new Text("TLS failures: " + SummaryLines.Listed(tls.Failures), Look.Warn));

        static string Rate(double? rate) => rate is { } known ? $"{Figures.Tenths(known)}/s" : "unknown rate";
    }

    /// <summary>The thresholds, each with its value and its limit.</summary>
    public static IRenderable Thresholds(RunResult result)
    {
        var table = Look.Table("Thresholds", ThresholdSection.Count(result), "value", "limit", "");
        table.Columns[1].LeftAligned();
        table.Columns[3].LeftAligned();
        table.Columns[4].LeftAligned();
        foreach (var threshold in result.Thresholds)
        {
            table.AddRow(
                threshold.Met ? new Text("passed", Look.Good) : new Text("FAILED", Look.Bad),
                new Text(ForeignText.Shown(threshold.Metric ?? threshold.Expression)), new Text(threshold.Value),
                new Text(threshold.Limit ?? ""), new Text(threshold.Note ?? "", Look.Dim));
        }

        return table;
    }

    /// <summary>Completed steps, and the time until failures.</summary>
    public static IRenderable Latencies(RunResult result)
    {
        var table = Look.Table("Latency in ms", "count", "min", "mean", "p50", "p90", "p99", "p99.9", "max");
        Rows(result.Latency, "");
        Rows(result.FailedLatency.Where(pair => pair.Key == "total").ToDictionary(), " (failed)");
        return table;

        void Rows(IReadOnlyDictionary<string, LatencySummary> latencies, string suffix)
        {
            foreach (var step in Steps)
            {
                if (latencies.TryGetValue(step, out var latency) && latency.Count > 0)
                {
                    table.Add(
                        step == "total" && suffix.Length == 0 ? Look.Strong : Look.Plain, step + suffix, Figures.Count(latency.Count),
                        Figures.Millis(latency.Min), Figures.Millis(latency.Mean), Figures.Millis(latency.P50), Figures.Millis(latency.P90),
                        Figures.Millis(latency.P99), Figures.Millis(latency.P999), Figures.Millis(latency.Max));
                }
            }
        }
    }

    private static string WhyDropped(RunResult result) => result.Endpoints.Sum(endpoint => endpoint.Avoided) switch
    {
        0 => "due, but never started: connection.max-open was reached",
        var avoided when avoided == result.Connections.Dropped => "due, but never started: their endpoint had been given up",
        _ => "due, but never started: their endpoint had been given up, or connection.max-open was reached",
    };
}
