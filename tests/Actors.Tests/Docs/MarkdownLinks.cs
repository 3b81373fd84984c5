using System.Text.RegularExpressions;

namespace ActorLoad.Actors.Tests.Docs;

/// <summary>The links of a page of Markdown that lead nowhere. Pure: the files are told to it.</summary>
internal static partial class MarkdownLinks
{
    private const string Fence = "```";

    /// <summary>The links of a page that lead to no file, or to no heading of a page; as <c>page: target</c>. Links to other sites are not looked at.</summary>
    /// <param name="page">Its path from the root of the sources, with slashes.</param>
    /// <param name="text">Its text.</param>
    /// <param name="exists">True for a path of a file or folder.</param>
    /// <param name="read">The text of a file that exists.</param>
    public static IEnumerable<string> Broken(string page, string text, Func<string, bool> exists, Func<string, string> read)
    {
        foreach (var target in Targets(text).Where(target => !target.Contains(':', StringComparison.Ordinal)))
        {
            var parts = target.Split('#', 2);
            var path = parts[0].Length == 0 ? page : Resolved(page, parts[0]);
            if ((path != page && !exists(path)) || (parts.Length == 2 && !HasAnchor(path == page ? text : read(path), parts[1])))
            {
                yield return $"{page}: {target}";
            }
        }
    }

    /// <summary>What the links and images of a page lead to. What stands in code is no link.</summary>
    public static IEnumerable<string> Targets(string text) => Link().Matches(string.Join('\n', Lines(text).Select(line => Code().Replace(line, ""))))
        .Select(match => match.Groups[1].Value);

    /// <summary>The anchors of a page's headings, as GitHub makes them.</summary>
    public static IReadOnlyList<string> Anchors(string text)
    {
        var anchors = new List<string>();
        var seen = new Dictionary<string, int>();
        foreach (var heading in Lines(text).Select(line => Heading().Match(line)).Where(match => match.Success))
        {
            var words = LinkText().Replace(heading.Groups[1].Value, "$1");
            var anchor = Sign().Replace(words.ToLowerInvariant(), "").Replace(' ', '-');
            var before = seen.GetValueOrDefault(anchor);
            seen[anchor] = before + 1;
            anchors.Add(before == 0 ? anchor : $"{anchor}-{before}");
        }

        return anchors;
    }

    private static bool HasAnchor(string text, string anchor) => Anchors(text).Contains(anchor);

    // Lines outside of blocks of code.
    private static IEnumerable<string> Lines(string text)
    {
        var isCode = false;
        foreach (var line in text.Split('\n'))
        {
            if (line.TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            {
                isCode = !isCode;
            }
            else if (!isCode)
            {
                yield return line;
            }
        }
    }

    // A path that leads out of the sources keeps its "..", and so exists nowhere.
    private static string Resolved(string page, string path)
    {
        var parts = page.Split('/').SkipLast(1).ToList();
        foreach (var part in path.Split('/').Where(part => part is not ("" or ".")))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    [GeneratedRegex(@"\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^#{1,6} +(.+?) *$")]
    private static partial Regex Heading();

    // All but letters, digits, spaces, hyphens and underscores.
    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex Sign();
}
