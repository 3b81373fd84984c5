using System.Globalization;
using System.Text;

namespace ActorLoad.Metrics;

/// <summary>Makes foreign text safe to show: without control codes for a terminal, and without invisible characters.</summary>
public static class ForeignText
{
    /// <summary>The text with control characters, invisible characters and characters that change the writing direction escaped, as in
    /// JSON: <c>\u001b</c>.</summary>
    public static string Shown(string text) => Shown(text, keepsLines: false);

    /// <summary>The same, but line ends and tabs stay: for text of several lines, such as a stack trace.</summary>
    public static string ShownLines(string text) => Shown(text, keepsLines: true);

    /// <summary>JSON with its invisible characters escaped; JSON itself escapes the control characters.</summary>
    public static string ShownJson(string json) => ShownLines(json);

    /// <summary>True for characters that a reader cannot see or a terminal would obey.</summary>
    public static bool IsHidden(char character) => character is < ' ' or '\u007f'
        || (character > '\u007f' && (char.IsSurrogate(character) || IsHidden(CharUnicodeInfo.GetUnicodeCategory(character))));

    /// <summary>The escape of a character.</summary>
    internal static string Escape(char character) => character switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
    };

    private static string Shown(string text, bool keepsLines)
    {
        if (!HasHidden(text))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        for (var at = 0; at < text.Length; at++)
        {
            if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1])
                && !IsHidden(CharUnicodeInfo.GetUnicodeCategory(text, at)))
            {
                shown.Append(text, at++, 2);
            }
            else if (IsHidden(text[at]) && !(keepsLines && text[at] is '\n' or '\t'))
            {
                shown.Append(Escape(text[at]));
            }
            else
            {
                shown.Append(text[at]);
            }
        }

        return shown.ToString();
    }

    private static bool HasHidden(string text)
    {
        foreach (var character in text)
        {
            if (IsHidden(character))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsHidden(UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
