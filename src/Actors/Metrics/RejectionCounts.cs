namespace ActorLoad.Metrics;

/// <summary>What error replies mean for a connection.</summary>
internal static class Rejection
{
    /// <summary>The server accepts no more clients.</summary>
    public const string MaxClients = "ERR max number of clients";

    /// <summary>Protected mode: the server accepts no clients from elsewhere.</summary>
    public const string Denied = "DENIED";

    /// <summary>True if the server rejected the connection itself, which it counts in rejected_connections.</summary>
    public static bool IsOfConnection(string prefix) =>
        prefix.StartsWith(MaxClients, StringComparison.Ordinal) || prefix == Denied;
}

/// <summary>A counter for each error prefix from servers. Prefixes are foreign text, so a bounded number of bounded length is counted
/// apart, the rest together.</summary>
internal sealed class RejectionCounts
{
    /// <summary>Most prefixes that are counted apart.</summary>
    public const int MaxPrefixes = 64;

    /// <summary>Longest prefix that is counted apart, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Counts the rest.</summary>
    public const string Other = "OTHER";

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Adds to the count of a prefix.</summary>
    public void Count(string prefix, long count = 1)
    {
        var known = _counts.ContainsKey(prefix) || (prefix.Length <= MaxLength && Distinct < MaxPrefixes);
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, known ? prefix : Other, out _) += count;
    }

    /// <summary>True if it has no counts.</summary>
    public bool IsEmpty => _counts.Count == 0;

    /// <summary>All counts, by prefix.</summary>
    public Dictionary<string, long> ByPrefix() => new(_counts, StringComparer.Ordinal);

    /// <summary>Adds counts by prefix.</summary>
    public void Add(IReadOnlyDictionary<string, long> counts)
    {
        foreach (var (prefix, count) in counts)
        {
            Count(prefix, count);
        }
    }

    /// <summary>Adds other counts.</summary>
    public void Add(RejectionCounts other) => Add(other._counts);

    /// <summary>Forgets all counts.</summary>
    public void Reset() => _counts.Clear();

    private int Distinct => _counts.ContainsKey(Other) ? _counts.Count - 1 : _counts.Count;
}
