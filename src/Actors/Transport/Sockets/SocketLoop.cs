using Akka.Actor;
using Akka.Dispatch;

namespace ActorLoad.Transport.Sockets;

/// <summary>
/// The portable loop. It has no thread of its own: the thread that brings a completion runs the loop until nothing is left to do, and other
/// threads leave their work in the queue. With inline completions (<c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1</c>) and one socket
/// engine that is always the engine's thread, so a completion and the mailbox that it fills run back to back. Without them the loop is
/// slower and just as correct.
/// </summary>
internal sealed class SocketLoop : TransportLoop
{
    private static readonly TimeSpan _timeBetweenLooks = TimeSpan.FromMilliseconds(0.6);

    private readonly Stack<SocketOperation> _operations = new();
    private readonly SocketBell _bell;
    private readonly ITimer _alarm;
    private readonly IRunnable _sweep;
    private readonly IRunnable _beginTurn;
    private readonly SocketHeart _heart;
    private LookBudget _budget;
    private int _running;
    private int _turnAsked;

    public SocketLoop(TimeProvider time, Action<Exception> reportFailure)
        : base(time, reportFailure)
    {
        _sweep = new ActionRunnable(SweepTimers);
        _beginTurn = new ActionRunnable(Work.BeginTurn);
        _alarm = time.CreateTimer(_ => Execute(_sweep), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        (_heart, _budget) = (new SocketHeart(this), new LookBudget(ToTicks(_timeBetweenLooks)));
        _bell = new SocketBell(this);
        _bell.Listen();
    }

    /// <summary>Operations that links have borrowed, or that the engine still uses.</summary>
    internal int OperationsInUse { get; private set; }

    public override Link Open(IActorRef owner, in LinkRequest request)
    {
        var link = new SocketLink(this, owner, request.Socket);
        link.Connect(request.Target, request.Deadline);
        return link;
    }

    /// <summary>An operation's buffers and event arguments, from the loop's stock.</summary>
    internal SocketOperation RentOperation(int receiveBuffer)
    {
        OperationsInUse++;
        _heart.Wake();
        return _operations.TryPop(out var operation) && operation.ReceiveBuffer == receiveBuffer
            ? operation : new SocketOperation(this, receiveBuffer);
    }

    /// <summary>Takes an operation back; nothing may be under way on it.</summary>
    internal void ReturnOperation(SocketOperation operation)
    {
        OperationsInUse--;
        _operations.Push(operation);
    }

    /// <summary>Brings a completion: runs it at once if the loop is free, else leaves it for the thread that runs the loop.</summary>
    internal void Complete(SocketOperation operation)
    {
        operation.CompletedAt = Now;
        if (IsCurrent)
        {
            Work.Enqueue(operation);
        }
        else if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
        {
            _heart.Look(operation.CompletedAt);
            Work.Enqueue(operation);
            RunTurn(takesWork: _turnAsked == 0); // if work is left, the engine first hands out all that it has ready
            RingIfWorkIsLeft();
        }
        else
        {
            Execute(operation);
        }
    }

    /// <summary>A link has read the loop's clock: so the loop need not, to know how long it has been at work.</summary>
    internal void Saw(long now) => _budget.Saw(now);

    /// <summary>Hands work that is left to the engine's next round. The engine takes what is ready on its way.</summary>
    internal void RingIfWorkIsLeft()
    {
        if (Volatile.Read(ref _turnAsked) > 0)
        {
            _bell.Ring();
        }
    }

    /// <summary>The bell has sounded: runs the loop, if no other thread does.</summary>
    internal void HearBell()
    {
        if (Interlocked.Exchange(ref _turnAsked, 0) > 0)
        {
            Work.EnqueueForeign(_beginTurn);
        }

        if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
        {
            _budget.Renew();
            RunTurn(takesWork: true);
        }
    }

    protected override void WakeUp()
    {
        if (Volatile.Read(ref _running) == 0)
        {
            _bell.Ring();
        }
    }

    protected override void SetAlarm(long due)
    {
        var wait = Time.GetElapsedTime(Now, due);
        // Whole milliseconds, rounded up: the timer cuts off the rest, and would ring too early.
        _alarm.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    protected override void Dispose(bool disposing)
    {
        _alarm.Dispose();
        _heart.Dispose();
        Execute(new ActionRunnable(Close)); // the stock belongs to the loop, and a late completion may be on its way
    }

    private void Close()
    {
        _bell.Dispose();
        while (_operations.TryPop(out var operation))
        {
            operation.Dispose();
        }
    }

    private void RunTurn(bool takesWork)
    {
        do
        {
            IsCurrent = true;
            if (takesWork)
            {
                Work.TakeForeign();
            }

            while (takesWork && !_budget.IsSpent && Work.TryRunNext())
            {
                _budget.Did(CountPieces());
            }

            var left = Work.Count;
            if (left == 0)
            {
                _budget.IsIdle();
            }

            Volatile.Write(ref _turnAsked, left);
            IsCurrent = false;
            Interlocked.Exchange(ref _running, 0);
        }
        while (Work.HasForeign && _turnAsked == 0 && Interlocked.CompareExchange(ref _running, 1, 0) == 0);
    }
}
