using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ActorLoad.Metrics;

/// <summary>How words of a server are kept: the one place where they become text of ours. The secrets of the run are taken out first, then
/// what a terminal would obey is escaped, then the rest is cut.</summary>
/// <param name="secrets">What the run holds: passwords, tokens, the secrets of its script.</param>
public sealed class ServerWords(Secrets secrets)
{
    // Beyond it nothing is searched, because nothing is kept.
    private const int LongestSearched = 1024;
    private const int LongestPrefix = 40;
    private const int LongestNumber = 24;
    private const int MostSamples = 3;

    // What servers say of their own accord is the same whatever a secret is. The diagnosis knows them by these words.
    private static readonly string[] KnownBeginnings = ["ERR max number of clients", "ERR AUTH"];
    private static readonly HashSet<string> KnownPrefixes =
    [
        "ERR", "NOAUTH", "WRONGPASS", "NOPERM", "DENIED", "LOADING", "BUSY", "MASTERDOWN", "MISCONF", "OOM", "READONLY", "CLUSTERDOWN", "MOVED", "ASK", "TRYAGAIN",
        "CROSSSLOT", "EXECABORT", "NOREPLICAS", "NOPROTO", "UNKILLABLE", "NOSCRIPT", "WRONGTYPE", "SYNTAX",
    ];

    // Of a server that refuses thousands, all say the same.
    private volatile Refusal? _last;
    private readonly ConcurrentDictionary<string, ImmutableArray<string>> _said = new(StringComparer.Ordinal);

    /// <summary>Words for texts of these secrets.</summary>
    public ServerWords(params IEnumerable<string> secrets)
        : this(new Secrets(secrets))
    {
    }

    /// <summary>Those of a run without a secret.</summary>
    public static ServerWords WithoutSecrets { get; } = new(Secrets.None);

    /// <summary>Error lines as they are kept, by <see cref="ErrorPrefix"/>: the first few different ones of each. Safe from any thread.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<string>> Said => _said;

    /// <summary>What a server said, at most <paramref name="longest"/> characters of it.</summary>
    public string Keep(string words, int longest = 200)
    {
        var text = words.Length > LongestSearched ? words[..LongestSearched] : words;
        return Cut(ForeignText.Shown(secrets.IsEmpty ? text : secrets.Hide(text, KnownLength(text))), longest);
    }

    /// <summary>A value of a field: a number as it is, anything else as words. A number of six digits and more that is a secret is no number.</summary>
    public string KeepValue(string value) =>
        value.Length <= LongestNumber && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && !secrets.HasNumber(value) ? value : Keep(value);

    /// <summary>What an error is counted under: the first word of its line (<c>NOAUTH</c>); for <c>ERR</c>, which says nothing, up to 40 characters
    /// of its text.</summary>
    public string ErrorPrefix(ReadOnlySpan<byte> line)
    {
        if (_last is { } last && line.SequenceEqual(last.Line))
        {
            return last.Prefix;
        }

        var prefix = PrefixOf(line);
        Remember(prefix, line);
        _last = line.Length > LongestSearched ? _last : new Refusal(line.ToArray(), prefix);
        return prefix;
    }

    // A stranger's text: as many as are counted apart.
    private void Remember(string prefix, ReadOnlySpan<byte> line)
    {
        var known = _said.TryGetValue(prefix, out var samples);
        if (known ? samples.Length >= MostSamples : _said.Count >= RejectionCounts.MaxPrefixes)
        {
            return;
        }

        var words = Keep(Encoding.UTF8.GetString(line[..Math.Min(line.Length, LongestSearched)]));
        _said.AddOrUpdate(prefix, [words], (_, before) => before.Contains(words) || before.Length >= MostSamples ? before : before.Add(words));
    }

    private string PrefixOf(ReadOnlySpan<byte> line)
    {
        var text = Keep(Encoding.UTF8.GetString(line[..Math.Min(line.Length, LongestSearched)]), LongestSearched);
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var word = space < 0 ? text : text[..space];
        var prefix = Cut(word == "ERR" ? text : word, LongestPrefix);
        return prefix.Length > 0 ? prefix : "ERR";
    }

    private static string Cut(string text, int longest) => text.Length > longest ? text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)] : text;

    private static int KnownLength(string text)
    {
        if (KnownBeginnings.FirstOrDefault(known => text.StartsWith(known, StringComparison.Ordinal)) is { } beginning)
        {
            return beginning.Length;
        }

        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var word = space < 0 ? text : text[..space];
        return KnownPrefixes.Contains(word) ? word.Length : 0;
    }

    private sealed record Refusal(byte[] Line, string Prefix);
}
