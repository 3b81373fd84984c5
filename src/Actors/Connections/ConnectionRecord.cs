using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>
/// What a lane knows of one of its connections, over all its attempts. It stays on the lane's loop: the lane makes it, the connection's
/// present incarnation fills in its timings, and supervision reads its retries.
/// </summary>
internal sealed class ConnectionRecord(BurstShare share, int client, long due, int target = 0, int endpoint = 0)
{
    private (Outcome Cause, int Used, int BeforeRow)[] _retries = [];

    /// <summary>The burst, as this lane sees it.</summary>
    public BurstShare Share { get; } = share;

    /// <summary>Number of the connection in its burst, from 0.</summary>
    public int Client { get; } = client;

    /// <summary>Where it goes: index of the target, and of the target's endpoint.</summary>
    public int Target { get; } = target;

    /// <summary>See <see cref="Target"/>.</summary>
    public int Endpoint { get; } = endpoint;

    /// <summary>How its latest attempt failed.</summary>
    public Outcome LastFailure { get; set; }

    /// <summary>Its time stamps; on the loop's clock.</summary>
    public Timings Timings = new() { Due = due };

    /// <summary>True once the lane has counted its outcome.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Attempts begun.</summary>
    public int Attempts { get; set; }

    /// <summary>True from the beginning of an attempt to its end.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>What the peer had done to its attempt's connection when that was closed, as far as it was asked.</summary>
    public PeerEnd PeerEnd { get; set; }

    /// <summary>True between two attempts.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>True once its script was done for the first time.</summary>
    public bool IsServed { get; set; }

    /// <summary>Uses up one of the retries that the connection has for <paramref name="cause"/> in its whole life, if <paramref name="rule"/>
    /// leaves one. <paramref name="inRow"/>: how many it has used up since it last recovered.</summary>
    /// <param name="cause">Why the attempt failed.</param>
    /// <param name="rule">The rule for that.</param>
    /// <param name="hasRecovered">The attempt was open for so long that its failure is a new trouble.</param>
    /// <param name="inRow">Which backoff is next.</param>
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
