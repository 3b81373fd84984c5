namespace ActorLoad.Transport;

/// <summary>
/// Links whose operations may take the same time, in the order in which they began, which is the order in which they fall due. The list is
/// intrusive, so that a deadline costs no timer, no allocation and no search.
/// </summary>
public sealed class DeadlineQueue
{
    private readonly TransportLoop _loop;
    private Link? _first;
    private Link? _last;

    internal DeadlineQueue(TransportLoop loop, TimeSpan timeout)
    {
        _loop = loop;
        Timeout = timeout;
        Ticks = loop.ToTicks(timeout);
    }

    /// <summary>The time that an operation may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>When the next operation falls due; <see cref="long.MaxValue"/> when none is under way.</summary>
    internal long NextDue => _first?.Due ?? long.MaxValue;

    private long Ticks { get; }

    /// <summary>Begins the deadline of an operation of <paramref name="link"/>, in place of any before; returns the time stamp.</summary>
    internal long Enter(Link link)
    {
        Leave(link);
        var now = _loop.Now;
        link.Due = now + Ticks;
        link.Queue = this;
        link.Earlier = _last;
        if (_last is null)
        {
            _first = link;
            _loop.ArmFor(link.Due);
        }
        else
        {
            _last.Later = link;
        }

        _last = link;
        return now;
    }

    /// <summary>The operation of <paramref name="link"/> has ended, in time or not.</summary>
    internal static void Leave(Link link)
    {
        if (link.Queue is not { } queue)
        {
            return;
        }

        if (link.Earlier is { } earlier)
        {
            earlier.Later = link.Later;
        }
        else
        {
            queue._first = link.Later;
        }

        if (link.Later is { } later)
        {
            later.Earlier = link.Earlier;
        }
        else
        {
            queue._last = link.Earlier;
        }

        (link.Queue, link.Earlier, link.Later) = (null, null, null);
    }

    /// <summary>Ends every operation that is due at <paramref name="now"/>.</summary>
    internal void Sweep(long now)
    {
        while (_first is { } link && link.Due <= now)
        {
            Leave(link);
            link.Expire();
        }
    }
}
