namespace ActorLoad.Metrics;

/// <summary>A counter for each reason of failures: prefixes of a server's errors, reasons of TLS. They hold foreign text, so a bounded
/// number of bounded length is counted apart, the rest together.</summary>
internal sealed class ReasonCounts
{
    /// <summary>Most reasons that are counted apart.</summary>
    public const int MaxReasons = 64;

    /// <summary>Longest reason that is counted apart, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Counts the rest.</summary>
    public const string Other = "OTHER";

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Adds to the count of a reason.</summary>
    public void Count(string reason, long count = 1)
    {
        var known = _counts.ContainsKey(reason) || (reason.Length <= MaxLength && Distinct < MaxReasons);
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, known ? reason : Other, out _) += count;
    }

    /// <summary>True if it has no counts.</summary>
    public bool IsEmpty => _counts.Count == 0;

    /// <summary>All counts, by reason.</summary>
    public Dictionary<string, long> ByReason() => new(_counts, StringComparer.Ordinal);

    /// <summary>Adds counts by reason.</summary>
    public void Add(IReadOnlyDictionary<string, long> counts)
    {
        foreach (var (reason, count) in counts)
        {
            Count(reason, count);
        }
    }

    /// <summary>Adds other counts.</summary>
    public void Add(ReasonCounts other) => Add(other._counts);

    /// <summary>Forgets all counts.</summary>
    public void Reset() => _counts.Clear();

    private int Distinct => _counts.ContainsKey(Other) ? _counts.Count - 1 : _counts.Count;
}
