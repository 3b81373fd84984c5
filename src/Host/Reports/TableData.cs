using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Reports;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its head.</param>
/// <param name="IsNumber">True if it is aligned to the right.</param>
public sealed record TableColumn(string Name, bool IsNumber = false);

/// <summary>A row of a table.</summary>
/// <param name="Cells">A cell for each column.</param>
/// <param name="From">Where the charts zoom to if it is clicked, in seconds; null for nowhere.</param>
/// <param name="To">The end of that.</param>
public sealed record TableRow(IReadOnlyList<TableCell> Cells, double? From = null, double? To = null);

/// <summary>A cell of a table.</summary>
/// <param name="Text">What stands in it.</param>
/// <param name="Value">What it is sorted by; null for its text.</param>
/// <param name="Look">A class of the style sheet; null for none.</param>
public sealed record TableCell(string Text, double? Value = null, string? Look = null)
{
    /// <summary>Name of a colour that stands before it; null for none.</summary>
    public string? Chip { get; init; }

    /// <summary>A text, made safe to see.</summary>
    public static TableCell Of(string? text) => new(Metrics.ForeignText.Shown(text ?? ""));

    /// <summary>A count; marked if it counts a trouble.</summary>
    public static TableCell Of(long count, bool isTrouble = false) =>
        new(Figures.Count(count), count, isTrouble && count > 0 ? "is-off" : null);

    /// <summary>Microseconds, shown as milliseconds.</summary>
    public static TableCell Millis(double? micros) => micros is { } value ? new(Figures.Millis(value), value) : new("-", -1);

    /// <summary>Seconds since the start.</summary>
    public static TableCell Seconds(double? seconds) => new(Components.Times.Seconds(seconds), seconds ?? -1);
}
