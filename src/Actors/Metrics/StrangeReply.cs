namespace ActorLoad.Metrics;

/// <summary>What came in place of a reply.</summary>
/// <param name="Peer">Who says such things, <c>HTTP</c> or <c>SSH</c>; empty if that is not known.</param>
/// <param name="Words">Its first words, or <c>0x</c> and its first bytes.</param>
public sealed record StrangeReply(string Peer, string Words)
{
    /// <summary>Longest <see cref="Words"/> in characters.</summary>
    public const int LongestWords = 40;

    /// <summary>What was sent came back.</summary>
    public static StrangeReply Echo { get; } = new("echo", "");

    /// <summary>RESP, and more of it than was asked for.</summary>
    public static StrangeReply Unasked { get; } = new("unasked", "");
}

/// <summary>How often one endpoint said it.</summary>
/// <param name="Endpoint">Address and port.</param>
/// <param name="Reply">What.</param>
/// <param name="Count">How often.</param>
public sealed record StrangeReplies(string Endpoint, StrangeReply Reply, long Count);

/// <summary>What came in place of replies, by endpoint. A bounded number of words is told apart, the rest is counted by who says them.</summary>
internal sealed class StrangeReplyCounts
{
    /// <summary>Most that are told apart.</summary>
    public const int Most = 64;

    private readonly Dictionary<(string Endpoint, StrangeReply Reply), long> _counts = [];

    /// <summary>All of them, the most frequent first. A list, since the type behind a collection expression cannot cross nodes.</summary>
    public IReadOnlyList<StrangeReplies> All =>
        _counts.Select(entry => new StrangeReplies(entry.Key.Endpoint, entry.Key.Reply, entry.Value)).OrderByDescending(replies => replies.Count).ToList();

    /// <summary>An endpoint said it.</summary>
    public void Count(string endpoint, StrangeReply reply, long count = 1)
    {
        var key = (endpoint, reply);
        if (_counts.Count >= Most && !_counts.ContainsKey(key))
        {
            key = (endpoint, reply with { Words = "" });
        }

        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _) += count;
    }

    /// <summary>Adds all of others.</summary>
    public void Add(IEnumerable<StrangeReplies> others)
    {
        foreach (var other in others)
        {
            Count(other.Endpoint, other.Reply, other.Count);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _counts.Clear();
}
