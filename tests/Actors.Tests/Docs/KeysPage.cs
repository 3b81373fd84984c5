using System.Text;
using System.Text.RegularExpressions;

namespace ActorLoad.Actors.Tests.Docs;

/// <summary>The list of all keys in docs/run-files.md, made of reference.conf and its comments.</summary>
/// <remarks>
/// Each block or key right under <c>actorload</c> gets a heading and a table. A key with a comment is a row. A nested block whose keys have no
/// comments is one row. In a comment, a line that is indented by three signs begins an item.
/// </remarks>
internal static partial class KeysPage
{
    /// <summary>The lines before and after the list.</summary>
    public const string Begin = "<!-- keys -->";

    /// <inheritdoc cref="Begin"/>
    public const string End = "<!-- /keys -->";

    private const string Head = "| key | default | meaning |\n|---|---|---|\n";

    /// <summary>Makes the list; it begins and ends with an empty line.</summary>
    public static string Of(string referenceConf)
    {
        var page = new StringBuilder();
        var blocks = new List<Block>();
        var comment = new List<string>();
        foreach (var line in referenceConf.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('#'))
            {
                comment.Add(line[1..]);
                continue;
            }

            if (line == "}")
            {
                var closed = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                if (closed.Together.Count > 0)
                {
                    page.Append(Row(closed.Path, string.Join(", ", closed.Together), closed.Comment));
                }
            }
            else if (line.EndsWith('{'))
            {
                blocks.Add(new Block(Path(blocks, line[..^1].Trim()), [.. comment], []));
                if (blocks.Count == 2)
                {
                    page.Append(Section(blocks[^1].Path, Paragraphs(comment)));
                }
            }
            else if (line.Length > 0)
            {
                Key(page, blocks, line, comment);
            }

            comment.Clear();
        }

        return page.ToString();
    }

    /// <summary>The page with what stands between its markers replaced.</summary>
    public static string Put(string page, string keys) =>
        page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + "\n" + keys + "\n" + page[page.IndexOf(End, StringComparison.Ordinal)..];

    private static void Key(StringBuilder page, List<Block> blocks, string line, List<string> comment)
    {
        var end = line.IndexOfAny(['=', '{']);
        var name = line[..end].Trim();
        var value = line[end] == '=' ? line[(end + 1)..].Trim() : line[end..];
        if (comment.Count == 0)
        {
            blocks[^1].Together.Add(line);
            return;
        }

        if (blocks.Count == 1)
        {
            page.Append(Section(name, ""));
        }
        else if (blocks.Count > 2 && !blocks[^1].IsShown)
        {
            page.Append(Row(blocks[^1].Path, "", blocks[^1].Comment));
            blocks[^1] = blocks[^1] with { IsShown = true };
        }

        page.Append(Row(Path(blocks, name), value, comment));
    }

    // "actorload" itself is not part of a path.
    private static string Path(List<Block> blocks, string name) => blocks.Count < 2 ? name : $"{blocks[^1].Path}.{name}";

    private static string Section(string name, string text) => $"\n### {name}\n\n{(text.Length > 0 ? text + "\n\n" : "")}{Head}";

    private static string Row(string key, string value, IReadOnlyList<string> comment) =>
        $"| `{key}` | {(value.Length > 0 ? $"`{value}`" : "")} | {string.Join("<br>", Parts(comment).Select(part => part.Text))} |\n";

    // As text outside of a table: items are a list.
    private static string Paragraphs(IReadOnlyList<string> comment)
    {
        var text = new StringBuilder();
        var wasItem = false;
        foreach (var (part, isItem) in Parts(comment))
        {
            text.Append(text.Length == 0 ? "" : wasItem && isItem ? "\n" : "\n\n").Append(isItem ? "- " : "").Append(part);
            wasItem = isItem;
        }

        return text.ToString();
    }

    // The lines of a comment as paragraphs and items.
    private static List<(string Text, bool IsItem)> Parts(IReadOnlyList<string> comment)
    {
        var parts = new List<(string Text, bool IsItem)>();
        foreach (var line in comment)
        {
            var item = Item().Match(line);
            var isDeep = line.StartsWith("   ", StringComparison.Ordinal);
            if (item.Success)
            {
                parts.Add(($"`{item.Groups[1].Value}`: {Escaped(item.Groups[2].Value)}", true));
            }
            else if (parts.Count > 0 && parts[^1].IsItem == isDeep)
            {
                parts[^1] = ($"{parts[^1].Text} {Escaped(line.Trim())}", isDeep);
            }
            else
            {
                parts.Add((Escaped(line.Trim()), false));
            }
        }

        return parts;
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    [GeneratedRegex("^ {3}([a-z-]+) {2,}(.+)$")]
    private static partial Regex Item();

    private sealed record Block(string Path, IReadOnlyList<string> Comment, List<string> Together)
    {
        public bool IsShown { get; init; }
    }
}
