using ActorLoad.Observers.Server;

namespace ActorLoad.Observers.Kernel;

/// <summary>Finds the longest time in which nothing was taken out of an accept queue: it was not empty, and no look found it shorter than
/// the look before.</summary>
internal sealed class StandingQueue(TimeProvider time)
{
    // If two looks are further apart, we do not know what was between them: we may have stood still ourselves.
    private static readonly TimeSpan FurthestApart = TimeSpan.FromMilliseconds(250);

    private long _lookedAt;
    private long _since;
    private long _queue;
    private (long At, TimeSpan Length) _longest;

    /// <summary>This many connections wait now.</summary>
    public void Look(long queue)
    {
        var now = time.GetTimestamp();
        if (_queue == 0 || queue < _queue || time.GetElapsedTime(_lookedAt, now) > FurthestApart)
        {
            _since = now;
        }

        (_queue, _lookedAt) = (queue, now);
        if (queue > 0 && time.GetElapsedTime(_since, now) is var length && length > _longest.Length)
        {
            _longest = (_since, length);
        }
    }

    /// <summary>The longest such time, in seconds from <paramref name="start"/>; null if there was none.</summary>
    public ObserverWait? Longest(long start)
    {
        var at = Math.Max(0, time.GetElapsedTime(start, _longest.At).TotalSeconds);
        return _longest.Length == TimeSpan.Zero ? null : new ObserverWait(Math.Round(at, 3), Math.Round(_longest.Length.TotalSeconds, 3));
    }
}
