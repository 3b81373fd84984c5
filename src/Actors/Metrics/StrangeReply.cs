namespace ActorLoad.Metrics;

/// <summary>An answer that is not a reply.</summary>
/// <param name="Peer">The protocol that such answers belong to, <c>HTTP</c> or <c>SSH</c>; empty if unknown.</param>
/// <param name="Words">Its first words, or <c>0x</c> and its first bytes.</param>
public sealed record StrangeReply(string Peer, string Words)
{
    /// <summary>Longest <see cref="Words"/> in characters.</summary>
    public const int LongestWords = 40;

    /// <summary>Our own data came back.</summary>
    public static StrangeReply Echo { get; } = new("echo", "");

    /// <summary>RESP, but more than was requested.</summary>
    public static StrangeReply Unasked { get; } = new("unasked", "");

    /// <summary>True for a reply that differs from what the script expects: see <see cref="Unexpected"/>.</summary>
    public bool IsUnexpected => Peer == UnexpectedPeer;

    private const string UnexpectedPeer = "unexpected";

    /// <summary>A reply with these first words, which the script does not expect.</summary>
    public static StrangeReply Unexpected(string words) => new(UnexpectedPeer, words);
}

/// <summary>How often one endpoint gave an answer.</summary>
/// <param name="Endpoint">Address and port.</param>
/// <param name="Reply">The answer.</param>
/// <param name="Count">How often.</param>
public sealed record StrangeReplies(string Endpoint, StrangeReply Reply, long Count);

/// <summary>Answers that are not replies, by endpoint. A bounded number of words is counted apart, the rest by protocol.</summary>
internal sealed class StrangeReplyCounts
{
    /// <summary>Most answers that are counted apart.</summary>
    public const int Most = 64;

    private readonly Dictionary<(string Endpoint, StrangeReply Reply), long> _counts = [];

    /// <summary>All answers, the most frequent first. A list, because the type behind a collection expression cannot cross nodes.</summary>
    public IReadOnlyList<StrangeReplies> All =>
        _counts.Select(entry => new StrangeReplies(entry.Key.Endpoint, entry.Key.Reply, entry.Value))
            .OrderByDescending(replies => replies.Count).ToList();

    /// <summary>Counts an answer of an endpoint.</summary>
    public void Count(string endpoint, StrangeReply reply, long count = 1)
    {
        var key = (endpoint, reply);
        if (_counts.Count >= Most && !_counts.ContainsKey(key))
        {
            key = (endpoint, reply with { Words = "" });
        }

        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _) += count;
    }

    /// <summary>Adds other counts.</summary>
    public void Add(IEnumerable<StrangeReplies> others)
    {
        foreach (var other in others)
        {
            Count(other.Endpoint, other.Reply, other.Count);
        }
    }

    /// <summary>Forgets all counts.</summary>
    public void Clear() => _counts.Clear();
}
