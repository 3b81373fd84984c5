namespace ActorLoad.Transport;

/// <summary>How often the queues between a loop and the kernel were full. Nothing is lost then, but it costs one more entry.</summary>
/// <param name="FullQueues">Submissions that had to go with an entry of their own.</param>
/// <param name="Overflows">Entries after which the kernel held completions back.</param>
public sealed record QueueCounts(long FullQueues, long Overflows)
{
    /// <summary>Both sums.</summary>
    public static QueueCounts operator +(QueueCounts one, QueueCounts other) =>
        new(one.FullQueues + other.FullQueues, one.Overflows + other.Overflows);

    /// <summary>What came since.</summary>
    public static QueueCounts operator -(QueueCounts now, QueueCounts then) =>
        new(now.FullQueues - then.FullQueues, now.Overflows - then.Overflows);
}
