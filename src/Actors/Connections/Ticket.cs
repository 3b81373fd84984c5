using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// What a lane knows of one of its connections, over all its attempts. It stays on the lane's loop: the lane makes it, the connection's
/// present incarnation fills in its timings, and supervision reads its retries.
/// </summary>
internal sealed class Ticket(BurstShare share, int client, long due, int target = 0, int endpoint = 0)
{
    private (Outcome Cause, int Used, long Since)[] _retries = [];

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

    /// <summary>True between two attempts.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>True once its script was done for the first time.</summary>
    public bool IsServed { get; set; }

    /// <summary>
    /// Uses up one retry for <paramref name="cause"/> if <paramref name="rule"/> still has one at <paramref name="now"/>; tells how many
    /// were used in the window before.
    /// </summary>
    public bool TryRetry(Outcome cause, FailureRule rule, long now, long windowTicks, out int used)
    {
        ref var entry = ref EntryFor(cause, now);
        if (windowTicks > 0 && now - entry.Since > windowTicks)
        {
            (entry.Used, entry.Since) = (0, now);
        }

        used = entry.Used;
        if (used >= rule.MaxRetries)
        {
            return false;
        }

        entry.Used++;
        return true;
    }

    private ref (Outcome Cause, int Used, long Since) EntryFor(Outcome cause, long now)
    {
        for (var index = 0; index < _retries.Length; index++)
        {
            if (_retries[index].Cause == cause)
            {
                return ref _retries[index];
            }
        }

        _retries = [.. _retries, (cause, 0, now)];
        return ref _retries[^1];
    }
}
