using System.Globalization;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Daemon.Pages;

/// <summary>A column of the list.</summary>
public sealed record RunColumn(string Key, string Name, string? Class, Func<RunRow, IComparable?> Value);

/// <summary>The runs that match a query, in its order.</summary>
/// <param name="Query">The query.</param>
/// <param name="Rows">The first of them.</param>
/// <param name="Matching">How many there are.</param>
/// <param name="All">How many runs there are at all.</param>
/// <param name="Moves">True if a run waits or runs, so that the list will change.</param>
public sealed record RunList(RunQuery Query, IReadOnlyList<RunRow> Rows, int Matching, int All, bool Moves)
{
    // More rows make the page slow, and are found by searching.
    private const int MostRows = 200;

    /// <summary>The columns that the list can be sorted by.</summary>
    public static IReadOnlyList<RunColumn> Columns { get; } =
    [
        new("run", "Run", null, row => row.Id),
        new("state", "State", null, row => Word(row.State)),
        new("verdict", "Verdict", null, row => row.Verdict),
        new("target", "Target", null, row => row.Target),
        new("connections", "Connections", "number", row => row.Planned),
        new("succeeded", "Succeeded", "number", row => row.Planned is > 0 and var planned ? (double)(row.Succeeded ?? 0) / planned : null),
        new("queued", "Queued (UTC)", null, row => row.QueuedAt),
    ];

    /// <summary>The words of all states.</summary>
    public static IReadOnlyList<string> States { get; } = [.. Enum.GetValues<RunState>().Select(Word)];

    /// <summary>Picks and sorts rows, which come newest first.</summary>
    public static RunList Of(IEnumerable<RunRow> rows, RunQuery query)
    {
        var all = rows.ToList();
        var matching = all.Where(query.Matches).ToList();
        if (Columns.FirstOrDefault(column => column.Key == query.Sort) is { } by)
        {
            matching = query.IsDown
                ? [.. matching.OrderByDescending(by.Value, Comparer<IComparable?>.Default)]
                : [.. matching.OrderBy(row => by.Value(row) is null).ThenBy(by.Value, Comparer<IComparable?>.Default)];
        }

        return new RunList(
            query, [.. matching.Take(MostRows)], matching.Count, all.Count,
            all.Any(row => row.State is RunState.Queued or RunState.Running));
    }

    /// <summary>A state as the API writes it.</summary>
    public static string Word(RunState state) => state.ToString().ToLowerInvariant();

    /// <summary>True if the run can be compared.</summary>
    public static bool HasResult(RunRow row) =>
        row.State == RunState.Finished || (row.State == RunState.Interrupted && row.StartedAt is not null);

    /// <summary>The share that succeeded, in percent.</summary>
    public static string Success(RunRow row) =>
        row is { Planned: > 0 and var planned, Succeeded: { } succeeded } ? Figures.Percent(succeeded, planned) : "";

    /// <summary>A time in UTC.</summary>
    public static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
