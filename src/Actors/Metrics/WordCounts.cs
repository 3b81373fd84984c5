namespace ActorLoad.Metrics;

/// <summary>A counter for each value of an enumeration.</summary>
internal sealed class WordCounts<T>
    where T : struct, Enum
{
    private static readonly string[] Words = [.. Enum.GetValues<T>().Select(value => value.Word())];

    private readonly long[] _counts = new long[Words.Length];

    /// <summary>Counts one.</summary>
    public void Count(T value) => _counts[(int)(object)value]++;

    /// <summary>Counts other than zero, by name; null if there are none.</summary>
    public IReadOnlyDictionary<string, long>? ByName() => Array.TrueForAll(_counts, count => count == 0) ? null
        : Words.Index().Where(word => _counts[word.Index] != 0).ToDictionary(word => word.Item, word => _counts[word.Index]);

    /// <summary>Adds counts by name.</summary>
    public void Add(IReadOnlyDictionary<string, long>? counts)
    {
        foreach (var (name, count) in counts ?? new Dictionary<string, long>())
        {
            _counts[Array.IndexOf(Words, name)] += count;
        }
    }

    /// <summary>Back to zero.</summary>
    public void Reset() => Array.Clear(_counts);
}
