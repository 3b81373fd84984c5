using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The endpoints or phases of a run on a short page, those with the most failures.</summary>
/// <param name="width">Width of the page.</param>
/// <param name="one">The word for one of them, such as <c>endpoint</c>.</param>
internal sealed class CountSection(int width, string one)
{
    private const int LongestName = 30;

    /// <summary>The section; empty for a run with one of them.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="rank">How soon it gets a longer form; the rows of the section with the higher rank go first.</param>
    public PageSection Of(IReadOnlyList<CountRow> rows, int rank = 0) => rows.Count < 2
        ? PageSection.None
        : new PageSection(Gap.IfRoom, new PageForm(46 + rank, Lines(rows, 4)), new PageForm(52 + rank, Lines(rows, 2)),
            new PageForm(58 + rank, Lines(rows, 1)), new PageForm(0, []));

    private List<PageLine> Lines(IReadOnlyList<CountRow> rows, int most)
    {
        // If there is room for all, or none has failures, in their order; else the worst first.
        var shown = rows.Count <= most ? rows
            : [.. rows.OrderByDescending(row => row.Counts.Failed + row.Counts.Dropped).Take(most)];
        var rank = rows.Any(row => row.HasTrouble) ? "Worst" : "First";
        var head = rows.Count <= most ? char.ToUpperInvariant(one[0]) + one[1..] : $"{rank} {most} of {rows.Count} {one}s";
        var cells = Math.Clamp(shown.Max(row => PageLine.Cells(row.Short)), PageLine.Cells(head), LongestName);
        return [Line(cells, head, "succeeded", "failed", "dropped", "", Look.Dim), .. shown.Select(row => Line(cells, row))];
    }

    private PageLine Line(int cells, CountRow row)
    {
        string[] troubles = [row.IsGivenUp ? "given up" : "", SummaryLines.Listed(row.Failures)];
        return Line(
            cells, row.Short, Figures.Count(row.Counts.Succeeded), Figures.Count(row.Counts.Failed), Figures.Count(row.Counts.Dropped),
            string.Join(": ", troubles.Where(trouble => trouble.Length > 0)), row.HasTrouble ? Look.Warn : Look.Plain);
    }

    private PageLine Line(int cells, string name, string succeeded, string failed, string dropped, string troubles, Style style)
    {
        return PageLine.Of(width, ($"{PageLine.Cell(name, cells)} {succeeded,11} {failed,9} {dropped,9}   {troubles}", style));
    }
}
