using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>Foreign text in Markdown: a server's words are in findings, and a path can be any text.</summary>
internal static class MarkdownText
{
    /// <summary>Text that is shown as it is: no markup, no link, no formula.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var character in ForeignText.Shown(text))
        {
            plain.Append(character is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '|' or '#' or '&' or '~' or '$'
                ? $"\\{character}" : $"{character}");
        }

        return plain.Replace("://", "\\://").Replace("www.", "www\\.").ToString();
    }

    /// <summary>Text in the type of code; not for a cell of a table.</summary>
    public static string Code(string text) => $"`{ForeignText.Shown(text).Replace('`', '\'')}`";

    /// <summary>The same for a cell of a table.</summary>
    public static string CodeInCell(string text) => Code(text).Replace("|", "\\|", StringComparison.Ordinal);
}
