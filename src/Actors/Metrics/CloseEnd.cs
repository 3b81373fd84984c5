namespace ActorLoad.Metrics;

/// <summary>How a close ended that waits for the server (<c>connection.close</c> = quit, half-close or abandon).</summary>
public enum CloseEnd
{
    /// <summary>The server's FIN came, as it should.</summary>
    PeerFinished,

    /// <summary>The server's RST came.</summary>
    PeerReset,

    /// <summary>The reply to the last command came, and we closed without reading all of it: RST.</summary>
    Unread,

    /// <summary><c>connection.close-timeout</c> was over first, and we closed with RST.</summary>
    TimedOut,

    /// <summary>The end of the run came first.</summary>
    CutOff,
}

/// <summary>A counter for each end of a close.</summary>
internal sealed class CloseCounts
{
    private static readonly string[] Words = [.. Enum.GetValues<CloseEnd>().Select(end => end.Word())];

    private readonly long[] _counts = new long[Words.Length];

    /// <summary>Sum of all.</summary>
    public long Sum => _counts.Sum();

    /// <summary>Counts one.</summary>
    public void Count(CloseEnd end) => _counts[(int)end]++;

    /// <summary>Counts other than zero, by name; null if there are none.</summary>
    public IReadOnlyDictionary<string, long>? ByName() => Sum == 0 ? null
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
