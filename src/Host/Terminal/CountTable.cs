using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The endpoints or phases of a run with several: all if there are few, else those with the most failures.</summary>
internal static class CountTable
{
    private const int All = 10;

    /// <summary>The table.</summary>
    /// <param name="one">The word for one of them, such as <c>endpoint</c>.</param>
    /// <param name="rows">The rows.</param>
    public static IRenderable Of(string one, IReadOnlyList<CountRow> rows)
    {
        var shown = rows.Count <= All ? rows
            : [.. rows.OrderByDescending(row => row.Counts.Failed + row.Counts.Dropped).Take(All)];
        var head = char.ToUpperInvariant(one[0]) + one[1..];
        var table = Look.Table(head, "planned", "succeeded", "failed", "dropped", "retries", "total p50 ms", "p99 ms", "");
        table.Columns[^1].LeftAligned().NoWrap = false;
        foreach (var row in shown)
        {
            table.Add(
                row.HasTrouble ? Look.Warn : Look.Plain, row.Name, Figures.Count(row.Counts.Planned), Figures.Count(row.Counts.Succeeded),
                Figures.Count(row.Counts.Failed), Figures.Count(row.Counts.Dropped), Figures.Count(row.Retries),
                row.Total is null ? "-" : Figures.Millis(row.Total.P50), row.Total is null ? "-" : Figures.Millis(row.Total.P99),
                Troubles(row));
        }

        return shown.Count == rows.Count
            ? table
            : new Rows(table, new Text(
                $"{rows.Count} {one}s in all: shown are {Which(shown)}.", Look.Dim));
    }

    private static string Which(IReadOnlyList<CountRow> shown) => shown.Any(row => row.HasTrouble)
        ? $"the {All} where most connections failed or were dropped" : $"the first {All}";

    private static string Troubles(CountRow row) => string.Join(", ",
    [
        .. row.Failures.OrderByDescending(failure => failure.Value).Select(failure => $"{failure.Key} {Figures.Count(failure.Value)}"),
        .. row.IsGivenUp ? ["given up"] : Array.Empty<string>(),
    ]);
}
