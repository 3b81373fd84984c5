using System.Globalization;
using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>A table as comma-separated values (RFC 4180). No text in it is a formula to a spreadsheet: one that looks like a formula gets
/// an apostrophe before it.</summary>
internal sealed class CsvTable
{
    private const string LineEnd = "\r\n";

    private readonly StringBuilder _text = new();
    private readonly int _columns;

    /// <summary>An empty table with the names of its columns.</summary>
    public CsvTable(IReadOnlyList<string> columns)
    {
        _columns = columns.Count;
        Add([.. columns]);
    }

    /// <summary>Adds a row: texts, numbers, and null for an empty cell.</summary>
    public void Add(IReadOnlyList<object?> cells)
    {
        if (cells.Count != _columns)
        {
            throw new ArgumentException($"{cells.Count} cells for {_columns} columns", nameof(cells));
        }

        _text.AppendJoin(',', cells.Select(Cell)).Append(LineEnd);
    }

    /// <summary>The table, as UTF-8.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());

    private static string Cell(object? value) => value switch
    {
        null => "",
        string text => Text(ForeignText.Shown(text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Text(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@', ..] ? "'" + text : text;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
