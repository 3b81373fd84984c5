using Microsoft.AspNetCore.Http.Extensions;

namespace ActorLoad.Hosting.Daemon.Pages;

/// <summary>What the list of runs is asked for.</summary>
/// <param name="Text">Part of an id, a target or a verdict; empty for all.</param>
/// <param name="State">A state; empty for all.</param>
/// <param name="Sort">A column; empty for the newest first.</param>
/// <param name="IsDown">True if the largest comes first.</param>
public sealed record RunQuery(string Text, string State, string Sort, bool IsDown)
{
    private const string Down = "down";

    /// <summary>Reads it from an address.</summary>
    public static RunQuery Of(IQueryCollection query) =>
        new(query["q"].ToString().Trim(), query["state"].ToString(), query["sort"].ToString(), query["order"] == Down);

    /// <summary>True for a run that it asks for.</summary>
    public bool Matches(RunRow row) =>
        (State.Length == 0 || State == RunList.Word(row.State))
        && (Text.Length == 0
            || new[] { row.Id, row.Target, row.Verdict }.Any(word => word?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true));

    /// <summary>The value of <c>aria-sort</c> of a column.</summary>
    public string? AriaSort(string column) => column != Sort ? null : IsDown ? "descending" : "ascending";

    /// <summary>The address of the same list, sorted by a column; a second time the other way round.</summary>
    public string Sorted(string column)
    {
        var query = new QueryBuilder { { "sort", column } };
        foreach (var (key, value) in new[] { ("q", Text), ("state", State), ("order", Sort == column && !IsDown ? Down : "") })
        {
            if (value.Length > 0)
            {
                query.Add(key, value);
            }
        }

        return $"/{query}";
    }
}
