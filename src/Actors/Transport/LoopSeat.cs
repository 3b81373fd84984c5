namespace ActorLoad.Transport;

/// <summary>The id of a dispatcher, and its loop. An unused loop may end; the next loop then takes its seat. <see cref="LoopDispatchers"/>
/// guards all members, except where they say otherwise.</summary>
internal sealed class LoopSeat
{
    private volatile TransportLoop _loop = null!;

    /// <summary>The seat of a loop.</summary>
    public LoopSeat(string id, TransportLoop loop)
    {
        Id = id;
        Movable = new MovableWork(this);
        Take(loop);
    }

    /// <summary>Of the dispatcher.</summary>
    public string Id { get; }

    /// <summary>The loop; while the seat is vacant, the loop that ended last. Readable from any thread.</summary>
    public TransportLoop Loop => _loop;

    /// <summary>What runs get.</summary>
    public LoopDispatcher Dispatcher { get; private set; } = null!;

    /// <summary>Work that leaves the loop when the loop is given up.</summary>
    public MovableWork Movable { get; }

    /// <summary>True once the dispatcher of <see cref="Movable"/> has been registered.</summary>
    public bool HasMovable { get; set; }

    /// <summary>Runs that use the loop.</summary>
    public int Users { get; set; }

    /// <summary>True if its loop has ended: no actor is left on it.</summary>
    public bool IsVacant { get; private set; }

    /// <summary>True if its loop was not usable when it ended.</summary>
    public bool WasGivenUp { get; private set; }

    /// <summary>Seats a loop.</summary>
    public void Take(TransportLoop loop)
    {
        _loop = loop;
        (Dispatcher, IsVacant) = (new LoopDispatcher(Id, loop), false);
        loop.GivenUp += Movable.MoveOn;
    }

    /// <summary>Makes the seat vacant; returns the loop, which must end.</summary>
    public TransportLoop Leave()
    {
        (IsVacant, WasGivenUp) = (true, !_loop.IsUsable);
        return _loop;
    }
}
