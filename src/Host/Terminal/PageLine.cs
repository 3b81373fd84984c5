using ActorLoad.Metrics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A row of a page: words, each with its style. No row ends in a space.</summary>
/// <param name="Words">From left to right.</param>
internal sealed record PageLine(IReadOnlyList<(string Text, Style Style)> Words)
{
    private const string More = "...";

    /// <summary>The text without styles.</summary>
    public string Text => string.Concat(Words.Select(word => word.Text));

    /// <summary>One row, cut at <paramref name="width"/> with three dots.</summary>
    public static PageLine Of(int width, params (string Text, Style Style)[] words) => Fold(width, 1, 0, words)[0];

    /// <summary>A text in exactly so many cells: cut with three dots, or followed by spaces.</summary>
    public static string Cell(string text, int cells)
    {
        var shown = Of(cells, (text, Look.Plain)).Text;
        return shown + new string(' ', Math.Max(0, cells - Cells(shown)));
    }

    /// <summary>Folds a paragraph between words. Text beyond <paramref name="rows"/> rows is cut with three dots.</summary>
    /// <param name="width">Cells of a row.</param>
    /// <param name="rows">Most rows, at least 1.</param>
    /// <param name="indent">Spaces before each row but the first.</param>
    /// <param name="words">The paragraph.</param>
    public static IReadOnlyList<PageLine> Fold(int width, int rows, int indent, params (string Text, Style Style)[] words)
    {
        // Invisible characters have no width, so they are escaped before measuring.
        (string Text, Style Style)[] shown = [.. words.Select(word => (ForeignText.Shown(word.Text), word.Style))];
        var text = string.Concat(shown.Select(word => word.Text)).TrimEnd();
        var lines = new List<PageLine>();
        var at = 0;
        do
        {
            var room = width - (lines.Count == 0 ? 0 : indent);
            var end = EndOfRow(text, at, room);
            var isCut = end < text.Length && lines.Count + 1 == rows;
            if (isCut)
            {
                end = EndOfRow(text, at, room - More.Length);
            }

            var row = Row(shown, at, end, lines.Count == 0 ? 0 : indent);
            lines.Add(new PageLine([.. row, .. isCut ? [(More, Look.Plain)] : Array.Empty<(string, Style)>()]));
            at = isCut ? text.Length : end;
            while (at < text.Length && text[at] == ' ')
            {
                at++;
            }
        }
        while (at < text.Length);
        return lines;
    }

    /// <summary>Writes the row and the end of the line.</summary>
    public void Write(IAnsiConsole console)
    {
        var paragraph = new Paragraph();
        foreach (var (text, style) in Words)
        {
            paragraph.Append(text, style);
        }

        console.Write(paragraph);
        console.WriteLine();
    }

    /// <summary>Cells of a text on a terminal.</summary>
    internal static int Cells(string text) => text.All(char.IsAscii) ? text.Length : new Segment(text).CellCount();

    // The last possible end of a row that begins at a place: between words, or within a word longer than a row.
    private static int EndOfRow(string text, int start, int room)
    {
        var (at, cells, lastWord) = (start, 0, start);
        while (at < text.Length)
        {
            var length = char.IsSurrogatePair(text, at) ? 2 : 1;
            cells += Cells(text.Substring(at, length));
            if (cells > room && at > start)
            {
                return WithoutSpaces(text, start, text[at] != ' ' && lastWord > start ? lastWord : at);
            }

            lastWord = text[at] == ' ' && text.AsSpan(start, at - start).ContainsAnyExcept(' ') ? at : lastWord;
            at += length;
        }

        return at;
    }

    private static int WithoutSpaces(string text, int start, int end)
    {
        while (end > start + 1 && text[end - 1] == ' ')
        {
            end--;
        }

        return end;
    }

    private static IEnumerable<(string Text, Style Style)> Row((string Text, Style Style)[] words, int from, int to, int indent)
    {
        if (indent > 0)
        {
            yield return (new string(' ', indent), Look.Plain);
        }

        var begin = 0;
        foreach (var (text, style) in words)
        {
            var (first, last) = (Math.Max(from, begin), Math.Min(to, begin + text.Length));
            if (first < last)
            {
                yield return (text[(first - begin)..(last - begin)], style);
            }

            begin += text.Length;
        }
    }
}
