namespace ActorLoad.Transport;

/// <summary>The id of a dispatcher, and the loop that it is. A loop that nobody uses may end; the next one to be made takes its seat. Guarded by
/// <see cref="LoopDispatchers"/>, but for what says otherwise.</summary>
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

    /// <summary>The loop; the last one while the seat is vacant, which has ended. Readable from any thread.</summary>
    public TransportLoop Loop => _loop;

    /// <summary>What runs are told of it.</summary>
    public LoopDispatcher Dispatcher { get; private set; } = null!;

    /// <summary>Work that leaves the loop when that is given up.</summary>
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

    /// <summary>The loop is to end.</summary>
    public TransportLoop Leave()
    {
        (IsVacant, WasGivenUp) = (true, !_loop.IsUsable);
        return _loop;
    }
}
