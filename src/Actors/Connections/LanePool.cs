using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;

namespace ActorLoad.Connections;

/// <summary>The idle connections of a lane, which later bursts take over. Confined to the lane's loop.</summary>
/// <remarks>Nothing is under way on an idle connection: what the server did to it meanwhile is seen when it is borrowed. The one that
/// became idle last is borrowed first, so that those that a smaller burst does not need reach <c>pool.idle-timeout</c>.</remarks>
/// <param name="settings">Its limits; <see cref="PoolSettings.MaxIdle"/> is that of the lane.</param>
/// <param name="loop">The lane's loop.</param>
/// <param name="tallyOf">The tally that counts closes of an endpoint's idle connections.</param>
internal sealed class LanePool(PoolSettings settings, TransportLoop loop, Func<int, Tally> tallyOf)
{
    private readonly Dictionary<int, LinkedList<IdleConnection>> _idle = [];
    private readonly long _timeout = loop.ToTicks(settings.IdleTimeout);
    private readonly long _testAfter = loop.ToTicks(settings.TestIdle);
    private bool _isClosed;

    /// <summary>Idle connections. Each holds a socket.</summary>
    public int Count { get; private set; }

    /// <summary>When the oldest reaches its timeout; null if that never comes.</summary>
    public long? NextTimeout => settings.IdleTimeout > TimeSpan.Zero && Oldest() is { } oldest ? oldest.Since + _timeout : null;

    /// <summary>Keeps a connection whose use has succeeded. False if it has to close: enough are idle, or the run is over.</summary>
    /// <param name="owner">The connection.</param>
    /// <param name="link">Its link, with nothing under way.</param>
    /// <param name="used">The use that has ended.</param>
    /// <param name="isTcp">False for a Unix socket, which has no RST.</param>
    public bool TryKeep(IActorRef owner, Link link, ConnectionRecord used, bool isTcp)
    {
        if (_isClosed || Count >= settings.MaxIdle)
        {
            if (!_isClosed)
            {
                used.Tally.OfPool.Refuse();
            }

            return false;
        }

        if (!_idle.TryGetValue(used.Endpoint, out var idle))
        {
            _idle.Add(used.Endpoint, idle = []);
        }

        idle.AddFirst(new IdleConnection(owner, link, used.Endpoint, loop.Now, isTcp));
        used.Tally.OfPool.Keep();
        Count++;
        return true;
    }

    /// <summary>True if a connection to an endpoint is idle.</summary>
    public bool HasIdle(int endpoint) => _idle.TryGetValue(endpoint, out var idle) && idle.Count > 0;

    /// <summary>Gives the connection that became idle last to a use; one must be idle.</summary>
    public void Lend(ConnectionRecord use)
    {
        var lent = _idle[use.Endpoint].First!.Value;
        Remove(lent);
        use.Tally.RecordBorrowed();
        lent.Owner.Tell(new ConnectionProtocol.Borrow(use, IsTested: loop.Now - lent.Since >= _testAfter), ActorRefs.NoSender);
    }

    /// <summary>Closes the connection that has been idle for longest.</summary>
    public void MakeRoom() => Close(Oldest()!, PoolEnd.MadeRoom);

    /// <summary>Closes those that have been idle for too long.</summary>
    public void CloseIdle()
    {
        for (var now = loop.Now; NextTimeout <= now;)
        {
            Close(Oldest()!, PoolEnd.IdleTimeout);
        }
    }

    /// <summary>Closes all, and keeps no more. Counts the time that it took.</summary>
    public void CloseAll()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        var (began, endpoint) = (loop.Now, _idle.Keys.FirstOrDefault());
        while (Oldest() is { } oldest)
        {
            Close(oldest, PoolEnd.RunOver);
        }

        tallyOf(endpoint).OfPool.CloseAll(loop.MicrosBetween(began, loop.Now) / 1000.0);
    }

    private IdleConnection? Oldest() =>
        _idle.Values.Where(idle => idle.Count > 0).Select(idle => idle.Last!.Value).MinBy(idle => idle.Since);

    private void Close(IdleConnection idle, PoolEnd why)
    {
        Remove(idle);
        var (tally, end) = (tallyOf(idle.Endpoint), idle.Link.Look());
        idle.Link.Reset();
        tally.OfPool.Close(why);
        tally.RecordSocket(wasEstablished: false, isAborted: idle.IsTcp, end == PeerEnd.Finished, end == PeerEnd.Reset);
        idle.Owner.Tell(ConnectionProtocol.IdleOver.Instance, ActorRefs.NoSender);
    }

    // Only ever the first or the last of its list.
    private void Remove(IdleConnection idle)
    {
        var list = _idle[idle.Endpoint];
        if (ReferenceEquals(list.First!.Value, idle))
        {
            list.RemoveFirst();
        }
        else
        {
            list.RemoveLast();
        }

        Count--;
    }

    private sealed record IdleConnection(IActorRef Owner, Link Link, int Endpoint, long Since, bool IsTcp);
}
