using ActorLoad.Metrics;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The endpoints of a run on a short page, those with the most failures.</summary>
internal sealed class EndpointSection(int width)
{
    private const int LongestName = 30;

    /// <summary>The section; empty for a run with one endpoint.</summary>
    public PageSection Of(IReadOnlyList<EndpointCounts> endpoints)
    {
        if (endpoints.Count < 2)
        {
            return PageSection.None;
        }

        return new PageSection(Gap.IfRoom, new PageForm(46, Rows(endpoints, 4)), new PageForm(52, Rows(endpoints, 2)),
            new PageForm(58, Rows(endpoints, 1)), new PageForm(0, []));
    }

    private List<PageLine> Rows(IReadOnlyList<EndpointCounts> endpoints, int most)
    {
        // If there are rows for all, in the order of the target; else the worst first.
        var shown = endpoints.Count <= most ? endpoints
            : [.. endpoints.OrderByDescending(endpoint => endpoint.Connections.Failed + endpoint.Connections.Dropped).Take(most)];
        var head = endpoints.Count <= most ? "Endpoint" : $"Worst {most} of {endpoints.Count} endpoints";
        var cells = Math.Clamp(shown.Max(endpoint => PageLine.Cells(endpoint.Address)), PageLine.Cells(head), LongestName);
        return [Row(cells, head, "succeeded", "failed", "dropped", "", Look.Dim), .. shown.Select(endpoint => Row(cells, endpoint))];
    }

    private PageLine Row(int cells, EndpointCounts endpoint)
    {
        var counts = endpoint.Connections;
        string[] troubles = [endpoint.GivenUp is null ? "" : "given up", SummaryLines.Listed(endpoint.AttemptFailures)];
        return Row(
            cells, endpoint.Address, Figures.Count(counts.Succeeded), Figures.Count(counts.Failed), Figures.Count(counts.Dropped),
            string.Join(": ", troubles.Where(trouble => trouble.Length > 0)), counts.Failed + counts.Dropped > 0 ? Look.Warn : Look.Plain);
    }

    private PageLine Row(int cells, string name, string succeeded, string failed, string dropped, string troubles, Style style)
    {
        return PageLine.Of(width, ($"{PageLine.Cell(name, cells)} {succeeded,11} {failed,9} {dropped,9}   {troubles}", style));
    }
}
