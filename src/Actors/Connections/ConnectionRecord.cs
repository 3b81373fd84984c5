using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>
/// One connection of a lane, over all its attempts. It stays on the lane's loop. The lane makes it, the connection's present incarnation
/// fills in its timings, and supervision reads its retries.
/// </summary>
internal sealed class ConnectionRecord(BurstShare share, int client, long due, int target = 0, int endpoint = 0)
{
    private (Outcome Cause, int Used, int BeforeRow)[] _retries = [];

    /// <summary>The lane's share of its burst or paced phase.</summary>
    public BurstShare Share { get; } = share;

    /// <summary>Number of the connection in it, from 0.</summary>
    public int Client { get; } = client;

    /// <summary>Index of the connection's target.</summary>
    public int Target { get; } = target;

    /// <summary>Index of the target's endpoint.</summary>
    public int Endpoint { get; } = endpoint;

    /// <summary>The slots of its endpoint, if that is a node of a cluster.</summary>
    public SlotSet? Slots { get; init; }

    /// <summary>Counts it.</summary>
    public Tally Tally => Share.Tallies[Endpoint];

    /// <summary>The outcome of its latest failed attempt.</summary>
    public Outcome LastFailure { get; set; }

    /// <summary>Its time stamps, on the loop's clock.</summary>
    public Timings Timings = new() { Due = due };

    /// <summary>True once the lane has counted its outcome.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Attempts and uses that have failed.</summary>
    public int FailedAttempts { get; set; }

    /// <summary>Attempts begun.</summary>
    public int Attempts { get; set; }

    /// <summary>True during an attempt.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>The peer's FIN or RST on the attempt's connection when we closed it, if we asked the kernel.</summary>
    public PeerEnd PeerEnd { get; set; }

    /// <summary>True once a kept connection has to close after its script.</summary>
    public bool IsRetired { get; set; }

    /// <summary>True between two attempts.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>True once it has finished its script for the first time.</summary>
    public bool IsServed { get; set; }

    /// <summary>True while it uses a connection that an earlier burst had opened.</summary>
    public bool IsBorrowed { get => Timings.IsBorrowed; set => Timings.IsBorrowed = value; }

    /// <summary>True from the moment when its borrowed connection turned out to be stale to its first own attempt.</summary>
    public bool IsReplacing { get; set; }

    /// <summary>How its close ended; null if it waits for no server, and before the end.</summary>
    public CloseEnd? CloseEnd { get; set; }

    /// <summary>Uses up one retry. False if the connection has used all its retries for this cause, over its whole life.</summary>
    /// <param name="cause">The attempt's failure.</param>
    /// <param name="rule">The rule for that failure.</param>
    /// <param name="hasRecovered">True if the attempt was open so long that its failure is a new trouble.</param>
    /// <param name="inRow">Retries used since the connection last recovered: the number of the next backoff.</param>
    public bool TryRetry(Outcome cause, FailureRule rule, bool hasRecovered, out int inRow)
    {
        if (hasRecovered)
        {
            for (var index = 0; index < _retries.Length; index++)
            {
                _retries[index].BeforeRow = _retries[index].Used;
            }
        }

        ref var entry = ref EntryFor(cause);
        inRow = entry.Used - entry.BeforeRow;
        if (entry.Used >= rule.MaxRetries)
        {
            return false;
        }

        entry.Used++;
        return true;
    }

    private ref (Outcome Cause, int Used, int BeforeRow) EntryFor(Outcome cause)
    {
        for (var index = 0; index < _retries.Length; index++)
        {
            if (_retries[index].Cause == cause)
            {
                return ref _retries[index];
            }
        }

        _retries = [.. _retries, (cause, 0, 0)];
        return ref _retries[^1];
    }
}
