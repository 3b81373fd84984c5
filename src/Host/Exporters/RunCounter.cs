using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace ActorLoad.Hosting.Exporters;

/// <summary>Lets a counter of the process follow a count of one run, which began at zero.</summary>
/// <param name="add">Adds to the counter.</param>
/// <param name="attribute">The attribute of the counts by word; null without one.</param>
/// <param name="words">Bounds the words; null for a closed set.</param>
/// <param name="fleets">Bounds the names of fleets.</param>
internal sealed class RunCounter(
    Action<long, ReadOnlySpan<KeyValuePair<string, object?>>> add, string? attribute, BoundedWords? words, BoundedWords fleets)
{
    private readonly Dictionary<(string? Fleet, string Word), long> _counted = [];

    /// <summary>Follows a counter, which never falls.</summary>
    public static RunCounter Of(Counter<long> counter, BoundedWords fleets, string? attribute = null, BoundedWords? words = null) =>
        new((growth, tags) => counter.Add(growth, tags), attribute, words, fleets);

    /// <summary>Follows a count that can fall.</summary>
    public static RunCounter Of(UpDownCounter<long> counter, BoundedWords fleets) =>
        new((growth, tags) => counter.Add(growth, tags), null, null, fleets);

    /// <summary>The run's count so far, in a fleet or (null) in all. The first one also tells a count of 0.</summary>
    public void Follow(string? fleet, long count) => Follow(fleet, "", count);

    /// <summary>The same for each word.</summary>
    public void Follow(string? fleet, IEnumerable<KeyValuePair<string, long>> counts)
    {
        foreach (var (word, count) in counts)
        {
            Follow(fleet, word, count);
        }
    }

    private void Follow(string? fleet, string word, long count)
    {
        ref var counted = ref CollectionsMarshal.GetValueRefOrAddDefault(_counted, (fleet, word), out var isKnown);
        if (count == counted && isKnown)
        {
            return;
        }

        var growth = count - counted;
        counted = count;
        Span<KeyValuePair<string, object?>> tags = new KeyValuePair<string, object?>[2];
        var used = 0;
        if (attribute is not null)
        {
            tags[used++] = new(attribute, words?.Of(word) ?? word);
        }

        if (fleet is not null)
        {
            tags[used++] = new(LoadMetric.FleetOf, fleets.Of(fleet));
        }

        add(growth, tags[..used]);
    }
}

/// <summary>Keeps the values of an attribute few, over the life of a process: names in run files and words of servers are foreign text.
/// </summary>
/// <param name="most">Most words that are told apart.</param>
internal sealed class BoundedWords(int most)
{
    /// <summary>Stands for all further words.</summary>
    public const string Other = "OTHER";

    private readonly Lock _lock = new();
    private readonly HashSet<string> _words = [];

    /// <summary>The word, or <see cref="Other"/>.</summary>
    public string Of(string word)
    {
        lock (_lock)
        {
            return _words.Contains(word) || (_words.Count < most && _words.Add(word)) ? word : Other;
        }
    }
}
