using System.Globalization;
using ActorLoad.Metrics;

namespace ActorLoad.Observers.Server;

/// <summary>The fields of one INFO reply. Reading never throws, whatever the text is: a field that is absent or not a number is
/// null.</summary>
public sealed class ServerInfo
{
    private readonly Dictionary<string, string> _fields;
    private readonly ServerWords _words;

    private ServerInfo(Dictionary<string, string> fields, IReadOnlyList<string> sections, ServerWords words) =>
        (_fields, Sections, _words) = (fields, sections, words);

    /// <summary>Headings in the order of the text, without the <c># </c>.</summary>
    public IReadOnlyList<string> Sections { get; }

    /// <summary>True if this is an INFO reply: it has the version of a server.</summary>
    public bool IsInfo => _fields.Keys.Any(key => key.EndsWith("_version", StringComparison.Ordinal));

    /// <summary>Reads lines of <c>key:value</c> under headings; other lines are skipped. Of a key that comes twice the first counts.
    /// <paramref name="words"/> say how words of the server are kept.</summary>
    public static ServerInfo Parse(string text, ServerWords words)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var sections = new List<string>();
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range).Trim();
            if (line.StartsWith("#"))
            {
                sections.Add(line[1..].Trim().ToString());
            }
            else if (line.IndexOf(':') is > 0 and var colon)
            {
                fields.TryAdd(line[..colon].TrimEnd().ToString(), line[(colon + 1)..].TrimStart().ToString());
            }
        }

        return new ServerInfo(fields, sections, words);
    }

    /// <summary>The same for a run without secrets.</summary>
    internal static ServerInfo Parse(string text) => Parse(text, ServerWords.WithoutSecrets);

    /// <summary>A field, without secrets; null if it is absent or empty.</summary>
    public string? Text(string key) =>
        _fields.TryGetValue(key, out var value) && value.Length > 0 ? _words.KeepValue(value) : null;

    /// <summary>A field that is a whole number.</summary>
    public long? Number(string key) =>
        long.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A field that is a finite number with or without a fraction.</summary>
    public double? Fraction(string key)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return double.TryParse(Text(key), Style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }
}
