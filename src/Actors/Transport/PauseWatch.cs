namespace ActorLoad.Transport;

/// <summary>Finds when a loop stood still, from the times at which it reads its clock anyway. Between two readings the loop sleeps as long
/// as it meant to, and does a little work; it stood still for the rest.</summary>
/// <remarks>
/// A loop with open connections reads its clock every <see cref="Beat"/> at least, so that a pause is seen whatever the loop waited for. A
/// loop with nothing open and nothing due may sleep for ever. Members belong to the loop's thread, except where they say otherwise.
/// </remarks>
/// <param name="frequency">Ticks of the loop's clock in a second.</param>
internal sealed class PauseWatch(long frequency)
{
    /// <summary>How long a loop with open connections sleeps at most.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    // The scheduler of a busy machine and compilation cause shorter pauses.
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(100);

    // If a loop stands still again and again, the first pauses tell enough.
    private const int MostKept = 1_000;

    private readonly long _least = (long)(_shortest.TotalSeconds * frequency);
    private readonly Lock _gate = new();
    private readonly List<(long From, long To)> _pauses = [];
    private long _next = long.MaxValue;

    /// <summary>The loop looked at its clock: <paramref name="now"/>.</summary>
    public void Look(long now)
    {
        if (now - _next >= _least)
        {
            Keep(_next, now);
        }

        _next = now;
    }

    /// <summary>After this look the loop sleeps, for <paramref name="ticks"/> at most.</summary>
    public void Sleep(long ticks) => _next += ticks;

    /// <summary>After this look nothing is open and nothing due: the loop may look again at any time.</summary>
    public void Rest() => _next = long.MaxValue;

    /// <summary>The pauses that began at a time stamp or later. Safe from any thread.</summary>
    public IReadOnlyList<(long From, long To)> Since(long start)
    {
        lock (_gate)
        {
            return [.. _pauses.Where(pause => pause.To > start).Select(pause => (Math.Max(pause.From, start), pause.To))];
        }
    }

    /// <summary>Forgets pauses of an earlier run, which ended before a time stamp. Safe from any thread.</summary>
    public void ForgetBefore(long start)
    {
        lock (_gate)
        {
            _pauses.RemoveAll(pause => pause.To <= start);
        }
    }

    private void Keep(long from, long to)
    {
        lock (_gate)
        {
            if (_pauses.Count < MostKept)
            {
                _pauses.Add((from, to));
            }
        }
    }
}
