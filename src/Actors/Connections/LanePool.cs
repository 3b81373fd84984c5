using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Dispatch;

namespace ActorLoad.Connections;

/// <summary>The idle connections of a lane, which later bursts take over. Confined to the lane's loop.</summary>
/// <remarks>An idle connection listens, and leaves when the server ends it. The one that became idle last is borrowed first, so that those
/// that a smaller burst does not need reach <c>pool.idle-timeout</c>.</remarks>
/// <param name="settings">Its limits; <see cref="PoolSettings.MaxIdle"/> is that of the lane.</param>
/// <param name="loop">The lane's loop.</param>
/// <param name="tallyOf">The tally that counts closes of an endpoint's idle connections.</param>
internal sealed class LanePool(PoolSettings settings, TransportLoop loop, Func<int, Tally> tallyOf)
{
    private readonly Dictionary<int, LinkedList<Place>> _idle = [];
    private readonly List<Link> _closing = []; // at the end of the run
    private readonly long _timeout = loop.ToTicks(settings.IdleTimeout);
    private readonly long _testAfter = loop.ToTicks(settings.TestIdle);
    private bool _isClosed;
    private long _closedAt;

    /// <summary>Idle connections. Each holds a socket.</summary>
    public int Count { get; private set; }

    /// <summary>When the oldest reaches its timeout; null if that never comes.</summary>
    public long? NextTimeout => settings.IdleTimeout > TimeSpan.Zero && Oldest() is { } oldest ? oldest.Since + _timeout : null;

    /// <summary>Why an idle connection ends whose link has failed.</summary>
    public static PoolEnd EndOf(LinkFault fault) => fault switch
    {
        LinkFault.PeerClosed or LinkFault.TlsFailed => PoolEnd.PeerClosed, // an alert, and the FIN after it
        LinkFault.Reset => PoolEnd.Reset,
        _ => PoolEnd.Stale,
    };

    /// <summary>Keeps a connection whose use has succeeded. Null if it has to close: enough are idle, or the run is over.</summary>
    /// <param name="owner">The connection.</param>
    /// <param name="link">Its link.</param>
    /// <param name="used">The use that has ended.</param>
    /// <param name="isTcp">False for a Unix socket, which has no RST.</param>
    public Place? TryKeep(IActorRef owner, Link link, ConnectionRecord used, bool isTcp)
    {
        if (_isClosed || Count >= settings.MaxIdle)
        {
            if (!_isClosed)
            {
                used.Tally.OfPool.Refuse();
            }

            return null;
        }

        if (!_idle.TryGetValue(used.Endpoint, out var idle))
        {
            _idle.Add(used.Endpoint, idle = []);
        }

        var place = new Place(owner, link, used.Endpoint, loop.Now, isTcp);
        idle.AddFirst(place.Node);
        used.Tally.OfPool.Keep();
        Count++;
        return place;
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

    /// <summary>Closes a connection that the server has ended. False if it is idle no more.</summary>
    public bool TryLose(Place place, PoolEnd why)
    {
        var isIdle = place.Node.List is not null;
        if (isIdle)
        {
            End(place, why);
        }

        return isIdle;
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

    /// <summary>Closes all, and keeps no more. Counts the time until their sockets are closed; until then it is false.</summary>
    public bool CloseAll()
    {
        if (!_isClosed)
        {
            (_isClosed, _closedAt) = (true, loop.Now);
            while (Oldest() is { } oldest)
            {
                _closing.Add(oldest.Link);
                Close(oldest, PoolEnd.RunOver);
            }

            AwaitClosed();
        }

        return _closing.Count == 0;
    }

    // A loop that has failed never tells.
    private void AwaitClosed()
    {
        _closing.RemoveAll(link => link.IsClosed || !loop.IsUsable);
        if (_closing.Count == 0)
        {
            tallyOf(_idle.Keys.FirstOrDefault()).OfPool.CloseAll(loop.MicrosBetween(_closedAt, loop.Now) / 1000.0);
        }
        else
        {
            loop.ExecuteNextTurn(new ActionRunnable(AwaitClosed));
        }
    }

    private Place? Oldest() =>
        _idle.Values.Where(idle => idle.Count > 0).Select(idle => idle.Last!.Value).MinBy(idle => idle.Since);

    private void Close(Place idle, PoolEnd why)
    {
        End(idle, why);
        idle.Owner.Tell(ConnectionProtocol.IdleOver.Instance, ActorRefs.NoSender);
    }

    private void End(Place idle, PoolEnd why)
    {
        Remove(idle);
        var (tally, end) = (tallyOf(idle.Endpoint), idle.Link.Look());
        idle.Link.Reset();
        tally.OfPool.Close(why);
        tally.RecordSocket(wasEstablished: false, isAborted: idle.IsTcp, end == PeerEnd.Finished, end == PeerEnd.Reset);
    }

    private void Remove(Place idle)
    {
        _idle[idle.Endpoint].Remove(idle.Node);
        Count--;
    }

    /// <summary>A connection in the pool.</summary>
    public sealed class Place
    {
        /// <summary>Idle since the time stamp <paramref name="since"/>.</summary>
        public Place(IActorRef owner, Link link, int endpoint, long since, bool isTcp)
        {
            (Owner, Link, Endpoint, Since, IsTcp) = (owner, link, endpoint, since, isTcp);
            Node = new LinkedListNode<Place>(this);
        }

        internal IActorRef Owner { get; }

        internal Link Link { get; }

        internal int Endpoint { get; }

        internal long Since { get; }

        internal bool IsTcp { get; }

        /// <summary>In the list of its endpoint, while it is idle.</summary>
        internal LinkedListNode<Place> Node { get; }
    }
}
