using ActorLoad.Runs;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Latencies of the most telling steps, a row each.</summary>
internal sealed class LatencyRows(int width, RunResult result)
{
    private const int NameCells = 15;
    private const int FigureCells = 11;

    /// <summary>A head and a row for each measured step; empty if no step was measured.</summary>
    /// <param name="steps">Names, in order.</param>
    /// <param name="isFailed">Also the total of failed connections.</param>
    public IReadOnlyList<PageLine> Of(IReadOnlyList<string> steps, bool isFailed)
    {
        var rows = steps.Where(result.Latency.ContainsKey).Select(step => (Name: step, Latency: result.Latency[step])).ToList();
        if (isFailed && result.FailedLatency.TryGetValue("total", out var failed))
        {
            rows.Add(("total (failed)", failed));
        }

        rows.RemoveAll(row => row.Latency.Count == 0);
        return rows.Count == 0 ? [] : [Row("Latency in ms", Look.Dim, "count", "p50", "p90", "p99", "max"), .. rows.Select(row => Row(
            row.Name, row.Name == "total" ? Look.Strong : Look.Plain, Figures.Count(row.Latency.Count), Figures.Millis(row.Latency.P50),
            Figures.Millis(row.Latency.P90), Figures.Millis(row.Latency.P99), Figures.Millis(row.Latency.Max)))];
    }

    private PageLine Row(string name, Style style, params string[] figures) =>
        PageLine.Of(width, ($"{name,-NameCells}{string.Concat(figures.Select(figure => $" {figure,FigureCells}"))}", style));
}
