using System.Text;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>A page that stays in place at the end of a terminal's text while it changes. Writes only rows that have changed, each frame in
/// one piece. Between two frames the terminal is in its usual state, so nothing need be restored, whatever ends the process.</summary>
/// <remarks>The cursor stands in the row below the page. Thread-safe.</remarks>
/// <param name="terminal">The terminal.</param>
/// <param name="capabilities">Its colours.</param>
internal sealed class LiveScreen(TextWriter terminal, AnsiCapabilities capabilities)
{
    private const string Begin = "\u001b[?2026h\u001b[?25l"; // the terminal waits for the end of the frame; no cursor
    private const string End = "\u001b[?25h\u001b[?2026l";
    private const string EraseToEndOfRow = "\u001b[K";
    private const string EraseBelow = "\u001b[J";
    private const string NextRow = "\r\n";

    private readonly Lock _gate = new();
    private List<Row> _shown = [];
    private ScreenSize _size;

    /// <summary>Shows a page; rows that do not fit are left out. Its rows leave the last column free, where a full row would
    /// wrap.</summary>
    public void Show(IReadOnlyList<PageLine> page, ScreenSize size)
    {
        lock (_gate)
        {
            List<Row> rows = [.. page.Take(Math.Max(1, size.Rows - 1)).Select(Drawn)];
            var frame = new StringBuilder(_shown.Count > 0 && size != _size ? Erase(size) : "");
            var at = _shown.Count; // the cursor's row, from the top of the page
            for (var index = 0; index < rows.Count; index++)
            {
                if (rows[index] != _shown.ElementAtOrDefault(index))
                {
                    frame.Append(Move(index - at)).Append(rows[index].Text).Append(EraseToEndOfRow).Append(NextRow);
                    at = index + 1;
                }
            }

            frame.Append(Move(rows.Count - at)).Append(rows.Count < _shown.Count ? EraseBelow : "");
            (_shown, _size) = (rows, size);
            Write(frame);
        }
    }

    /// <summary>Writes a text above the page.</summary>
    public void WriteAbove(string text)
    {
        lock (_gate)
        {
            var page = _shown;
            var frame = new StringBuilder(page.Count > 0 ? Erase(_size) : "");
            frame.Append(text.TrimEnd('\n').ReplaceLineEndings(NextRow)).Append(NextRow);
            foreach (var row in page)
            {
                frame.Append(row.Text).Append(NextRow);
            }

            _shown = page;
            Write(frame);
        }
    }

    /// <summary>Others have written to the terminal: the next page begins anew, below their text.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _shown = [];
        }
    }

    // A terminal may have folded rows that no longer fit, each into several.
    private string Erase(ScreenSize size)
    {
        var rows = _shown.Sum(row => Math.Max(1, (row.Cells + size.Columns - 1) / size.Columns));
        _shown = [];
        return $"\r{Move(-Math.Min(rows, size.Rows - 1))}{EraseBelow}";
    }

    private static string Move(int rows) => rows switch
    {
        < 0 => $"\u001b[{-rows}A",
        > 0 => $"\u001b[{rows}B",
        _ => "",
    };

    private Row Drawn(PageLine line)
    {
        using var text = new StringWriter();
        var writer = new AnsiWriter(text, capabilities);
        foreach (var (word, style) in line.Words)
        {
            writer.Write(word, style);
        }

        return new Row(text.ToString(), PageLine.Cells(line.Text));
    }

    private void Write(StringBuilder frame)
    {
        if (frame.Length > 0)
        {
            terminal.Write($"{Begin}{frame}{End}");
            terminal.Flush();
        }
    }

    private sealed record Row(string Text, int Cells);
}

/// <summary>Takes the place of stderr while a page is shown there: other texts appear above it.</summary>
internal sealed class WriterAbove(LiveScreen screen) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>A text waits for the end of its line.</summary>
    public override void Write(char value)
    {
        lock (_line)
        {
            _line.Append(value);
            if (value == '\n')
            {
                screen.WriteAbove(_line.ToString());
                _line.Clear();
            }
        }
    }

    public override void Write(string? value)
    {
        lock (_line)
        {
            _line.Append(value);
            if (value?.EndsWith('\n') == true)
            {
                screen.WriteAbove(_line.ToString());
                _line.Clear();
            }
        }
    }

    public override void WriteLine(string? value) => Write(value + NewLine);
}
