using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ActorLoad.Metrics;

/// <summary>Turns a server's words into text that is safe to keep, in this one place: takes out the run's secrets, then escapes what a
/// terminal would obey, then cuts the rest.</summary>
/// <param name="secrets">The run's secrets: passwords, tokens, and secrets in its script.</param>
public sealed class ServerWords(Secrets secrets)
{
    // Text beyond it is dropped, so it need not be searched.
    private const int LongestSearched = 1024;
    private const int LongestPrefix = 40;
    private const int LongestNumber = 24;
    private const int MostSamples = 3;

    // Servers use these words whatever the secrets are. The diagnosis knows them.
    private static readonly string[] KnownBeginnings = ["ERR max number of clients", "ERR AUTH"];
    private static readonly HashSet<string> KnownPrefixes =
    [
        "ERR", "NOAUTH", "WRONGPASS", "NOPERM", "DENIED", "LOADING", "BUSY", "MASTERDOWN", "MISCONF", "OOM", "READONLY", "CLUSTERDOWN",
        "MOVED", "ASK", "TRYAGAIN",
        "CROSSSLOT", "EXECABORT", "NOREPLICAS", "NOPROTO", "UNKILLABLE", "NOSCRIPT", "WRONGTYPE", "SYNTAX",
    ];

    // Thousands of refusals by one server are all alike.
    private volatile Refusal? _last;
    private readonly ConcurrentDictionary<string, ImmutableArray<string>> _said = new(StringComparer.Ordinal);

    /// <summary>Words that hide these secrets.</summary>
    public ServerWords(params IEnumerable<string> secrets)
        : this(new Secrets(secrets))
    {
    }

    /// <summary>Words for a run without a secret.</summary>
    public static ServerWords WithoutSecrets { get; } = new(Secrets.None);

    /// <summary>Kept error lines by <see cref="ErrorPrefix"/>, the first few different lines of each. Safe from any thread.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<string>> Said => _said;

    /// <summary>A server's text, at most <paramref name="longest"/> characters.</summary>
    public string Keep(string words, int longest = 200)
    {
        var text = words.Length > LongestSearched ? words[..LongestSearched] : words;
        return Cut(ForeignText.Shown(secrets.IsEmpty ? text : secrets.Hide(text, KnownLength(text))), longest);
    }

    /// <summary>A field's value: a number as it is, any other value as words. A secret of six digits and more does not pass as a
    /// number.</summary>
    public string KeepValue(string value) =>
        value.Length <= LongestNumber && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        && !secrets.HasNumber(value) ? value : Keep(value);

    /// <summary>The key under which an error is counted: the first word of its line (<c>NOAUTH</c>). For <c>ERR</c>, which says nothing, up
    /// to 40 characters of its text.</summary>
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

    // Foreign text: bounded like the counters.
    private void Remember(string prefix, ReadOnlySpan<byte> line)
    {
        var known = _said.TryGetValue(prefix, out var samples);
        if (known ? samples.Length >= MostSamples : _said.Count >= ReasonCounts.MaxReasons)
        {
            return;
        }

        var words = Keep(Encoding.UTF8.GetString(line[..Math.Min(line.Length, LongestSearched)]));
        _said.AddOrUpdate(
            prefix, [words], (_, before) => before.Contains(words) || before.Length >= MostSamples ? before : before.Add(words));
    }

    private string PrefixOf(ReadOnlySpan<byte> line)
    {
        var text = Keep(Encoding.UTF8.GetString(line[..Math.Min(line.Length, LongestSearched)]), LongestSearched);
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var word = space < 0 ? text : text[..space];
        var prefix = Cut(word == "ERR" ? text : word, LongestPrefix);
        return prefix.Length > 0 ? prefix : "ERR";
    }

    private static string Cut(string text, int longest) =>
        text.Length > longest ? text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)] : text;

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
