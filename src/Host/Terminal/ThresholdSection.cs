using ActorLoad.Configuration.Thresholds;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The thresholds of a run on a short page: passed or failed, metric, value, limit.</summary>
internal sealed class ThresholdSection(int width)
{
    private const int ValueCells = 12;
    private const int LongestLimit = 16;

    /// <summary>The section; empty for a run without thresholds. With few rows, those that failed come first.</summary>
    public PageSection Of(RunResult result)
    {
        var all = result.Thresholds;
        return all.Count == 0 ? PageSection.None
            : new PageSection(
                Gap.IfRoom, new PageForm(44, Rows(result, 12)), new PageForm(53, Rows(result, 6)), new PageForm(59, Rows(result, 3)),
                new PageForm(0, [PageLine.Of(width, (Head(result), Look.Dim))]));
    }

    /// <summary>Such as <c>1 of 3 failed</c>.</summary>
    public static string Count(RunResult result)
    {
        var (all, failed) = (result.Thresholds.Count, result.Thresholds.Count(threshold => !threshold.Met));
        return failed > 0 ? $"{failed} of {all} failed"
            : (all == 1 ? "passed" : $"all {all} passed") + (result.Passed == false ? ", but the run did not" : "");
    }

    private static string Head(RunResult result) => $"Thresholds: {Count(result)}";

    private List<PageLine> Rows(RunResult result, int most)
    {
        var all = result.Thresholds;
        var shown = all.Count <= most ? all : [.. all.OrderBy(threshold => threshold.Met).Take(most)];
        var limit = Math.Min(LongestLimit, shown.Max(threshold => PageLine.Cells(Limit(threshold))));
        var room = Math.Max(8, width - "passed".Length - ValueCells - limit - 6);
        var head = Head(result) + (shown.Count < all.Count ? $", {shown.Count} shown" : "");
        var cells = Math.Min(room, Math.Max(head.Length - "passed".Length - 2, shown.Max(threshold => PageLine.Cells(Metric(threshold)))));
        return
        [
            PageLine.Of(width, ($"{head.PadRight("passed".Length + 2 + cells)} {"value",ValueCells}   limit", Look.Dim)),
            .. shown.Select(threshold => Row(threshold, cells)),
        ];
    }

    private PageLine Row(ThresholdResult threshold, int cells)
    {
        var (word, style) = threshold.Met ? ("passed", Look.Good) : ("FAILED", Look.Bad);
        var row = $"  {PageLine.Cell(Metric(threshold), cells)} {threshold.Value,ValueCells}   {Limit(threshold)}";
        var note = threshold.Note is { } why ? $"   {why}" : "";
        var fits = PageLine.Cells(word + row + ForeignText.Shown(note)) <= width; // half a note would look like a part of the limit
        return PageLine.Of(width, (word, style), (row, Look.Plain), (fits ? note : "", Look.Dim));
    }

    private static string Metric(ThresholdResult threshold) => ForeignText.Shown(threshold.Metric ?? threshold.Expression);

    private static string Limit(ThresholdResult threshold) => threshold.Limit ?? "";
}
