using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration;

/// <summary>Renders a user's text so that it fits on the one line of an error.</summary>
internal static class ShownText
{
    private const int Longest = 60;
    private const int LongestLine = 500;

    /// <summary>The text in double quotes, escaped and cut.</summary>
    public static string Quote(string text) =>
        $"\"{Escape(text.Length > Longest ? text[..Longest] : text)}{(text.Length > Longest ? "..." : "")}\"";

    /// <summary>A character in double quotes; an invisible one by number.</summary>
    public static string Quote(char character) =>
        IsHidden(character) || char.IsWhiteSpace(character)
            ? $"character U+{(int)character:X4}"
            : character == '"' ? "a double quote" : $"\"{character}\"";

    /// <summary>A sentence that may quote a user's text, shortened, and without line ends.</summary>
    public static string OneLine(string sentence)
    {
        var line = sentence.Length > LongestLine ? $"{sentence[..LongestLine]}..." : sentence;
        return line.Any(IsHidden)
            ? string.Concat(line.Select(character => IsHidden(character) ? Escape([character]) : character.ToString())) : line;
    }

    /// <summary>A key as a part of a path: unquoted if it is plain.</summary>
    public static string Key(string key) => key.Length is > 0 and <= Longest && key.All(IsPlain) ? key : Quote(key);

    /// <summary>True for a character that needs no quotes in a key.</summary>
    public static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';

    /// <summary>The text with the escapes of JSON.</summary>
    public static string Escape(ReadOnlySpan<char> text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' => shown.Append("\\\""),
                '\\' => shown.Append("\\\\"),
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                _ when IsHidden(character) => shown.Append(ForeignText.Escape(character)),
                _ => shown.Append(character),
            };
        }

        return shown.ToString();
    }

    private static bool IsHidden(char character) => ForeignText.IsHidden(character);
}
