using Akka.Dispatch;

namespace ActorLoad.Transport;

/// <summary>
/// Work that a loop does because it is near, and that any thread could do. Once the loop is given up, the thread pool does what waits and
/// all that comes: the actors that end a run with a blocked loop must not wait for that loop. Safe from any thread.
/// </summary>
internal sealed class MovableWork(LoopSeat seat)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Piece> _waiting = [];
    private bool _hasMoved;

    /// <summary>Runs work on the loop, or on the pool.</summary>
    public void Execute(IRunnable work)
    {
        var piece = new Piece(this, work);
        if (TryWait(piece))
        {
            seat.Loop.Execute(piece);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        }
    }

    /// <summary>The loop is given up.</summary>
    public void MoveOn()
    {
        List<Piece> left;
        lock (_gate)
        {
            _hasMoved = true;
            left = [.. _waiting];
            _waiting.Clear();
        }

        left.ForEach(piece => ThreadPool.UnsafeQueueUserWorkItem(piece.Work, preferLocal: false));
    }

    private bool TryWait(Piece piece)
    {
        lock (_gate)
        {
            return !_hasMoved && _waiting.Add(piece);
        }
    }

    // Either the loop or the pool runs a piece, never both.
    private bool TryTake(Piece piece)
    {
        lock (_gate)
        {
            return _waiting.Remove(piece);
        }
    }

    private sealed class Piece(MovableWork owner, IRunnable work) : IRunnable
    {
        public IRunnable Work => work;

        public void Run()
        {
            if (owner.TryTake(this))
            {
                work.Run();
            }
        }

        public void Execute() => Run();
    }
}
