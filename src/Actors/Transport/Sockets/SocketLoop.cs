using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Dispatch;

namespace ActorLoad.Transport.Sockets;

/// <summary>
/// The portable loop. It has no thread of its own: whichever thread brings a completion runs the loop until nothing is left to do, and any
/// other thread that has something leaves it in the queue. With inline completions
/// (<c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1</c>) and one socket engine that thread is always the engine's, so a completion and
/// the mailbox that it fills run back to back; without them the loop is slower and just as correct.
/// </summary>
internal sealed class SocketLoop : TransportLoop
{
    private static readonly TimeSpan _timeBetweenLooks = TimeSpan.FromMilliseconds(0.6);

    [ThreadStatic]
    private static SocketLoop? t_running;

    private readonly WorkQueue _local = new();
    private readonly ConcurrentQueue<IRunnable> _remote = new();
    private readonly Queue<IRunnable> _nextTurn = new();
    private readonly Stack<SocketOperation> _operations = new();
    private readonly Action<Exception> _reportFailure;
    private readonly Socket _bell = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly SocketAsyncEventArgs _ring = new(true);
    private readonly ITimer _alarm;
    private readonly IRunnable _sweep;
    private readonly IRunnable _beginTurn;
    private readonly SocketHeart _heart;
    private LookBudget _budget;
    private int _running;
    private int _rung;
    private int _turnAsked;
    private volatile bool _disposed;

    public SocketLoop(TimeProvider time, Action<Exception> reportFailure)
        : base(time)
    {
        _reportFailure = reportFailure;
        _sweep = new ActionRunnable(SweepTimers);
        _beginTurn = new ActionRunnable(BeginTurn);
        _alarm = time.CreateTimer(_ => Execute(_sweep), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        (_heart, _budget) = (new SocketHeart(this), new LookBudget(ToTicks(_timeBetweenLooks)));

        // A datagram to itself brings foreign work to the engine's thread without touching a TCP counter.
        _bell.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _bell.Connect(_bell.LocalEndPoint!);
        _ring.SetBuffer(new byte[1]);
        _ring.Completed += (_, _) => HearBell();
        ListenForBell();
    }

    /// <inheritdoc />
    public override long WorkDone => _local.Done;

    /// <summary>Operations that links have borrowed, or that the engine has not let go of.</summary>
    internal int OperationsInUse { get; private set; }

    public override void Execute(IRunnable work)
    {
        if (ReferenceEquals(t_running, this))
        {
            _local.Enqueue(work);
            return;
        }

        _remote.Enqueue(work);
        if (Volatile.Read(ref _running) == 0)
        {
            RingBell();
        }
    }

    public override void ExecuteNextTurn(IRunnable work) => _nextTurn.Enqueue(work);

    public override Link Open(IActorRef owner, in LinkRequest request)
    {
        var link = new SocketLink(this, owner, request.Socket);
        link.Connect(request.Target.Address, request.Deadline);
        return link;
    }

    /// <summary>An operation's buffers and event arguments, from the loop's stock.</summary>
    internal SocketOperation RentOperation(int receiveBuffer)
    {
        OperationsInUse++;
        _heart.Wake();
        return _operations.TryPop(out var operation) && operation.ReceiveBuffer == receiveBuffer ? operation : new SocketOperation(this, receiveBuffer);
    }

    /// <summary>Takes them back; nothing may be under way on them.</summary>
    internal void ReturnOperation(SocketOperation operation)
    {
        OperationsInUse--;
        _operations.Push(operation);
    }

    /// <summary>Brings a completion: runs it at once if the loop is free, else leaves it for the thread that runs the loop.</summary>
    internal void Complete(SocketOperation operation)
    {
        operation.CompletedAt = Now;
        if (ReferenceEquals(t_running, this))
        {
            _local.Enqueue(operation);
        }
        else if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
        {
            _heart.Look(operation.CompletedAt);
            _local.Enqueue(operation);
            RunTurn(takesWork: _turnAsked == 0); // with work left over, the engine first hands out all that it has ready
            RingIfWorkIsLeft();
        }
        else
        {
            Execute(operation);
        }
    }

    /// <summary>What a link has read from the loop's clock for itself: how long the loop has been at work costs no look of its own.</summary>
    internal void Saw(long now) => _budget.Saw(now);

    protected override void SetAlarm(long due)
    {
        var wait = Time.GetElapsedTime(Now, due);
        // Whole milliseconds, upwards: the timer cuts off the rest, and would ring before anything is due.
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
        _disposed = true;
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
            t_running = this;
            while (takesWork && _remote.TryDequeue(out var foreign))
            {
                _local.Enqueue(foreign);
            }

            while (takesWork && !_budget.IsSpent && _local.TryDequeue(out var work))
            {
                Run(work);
                _budget.Did();
            }

            var left = _local.Count + _nextTurn.Count;
            if (left == 0)
            {
                _budget.IsIdle();
            }

            Volatile.Write(ref _turnAsked, left);
            t_running = null;
            Interlocked.Exchange(ref _running, 0);
        }
        while (!_remote.IsEmpty && _turnAsked == 0 && Interlocked.CompareExchange(ref _running, 1, 0) == 0);
    }

    // Through the engine, which takes what is ready on its way.
    private void RingIfWorkIsLeft()
    {
        if (Volatile.Read(ref _turnAsked) > 0)
        {
            RingBell();
        }
    }

    private void BeginTurn()
    {
        while (_nextTurn.TryDequeue(out var work))
        {
            _local.EnqueueUrgent(work);
        }
    }

    private void Run(IRunnable work)
    {
        try
        {
            work.Run();
        }
        catch (Exception cause)
        {
            // One mailbox's disaster is reported and must not take the loop from all others.
            _reportFailure(cause);
        }
        finally
        {
            _local.Ended();
        }
    }

    private void RingBell()
    {
        if (Interlocked.Exchange(ref _rung, 1) != 0 || _disposed)
        {
            return;
        }

        try
        {
            _bell.Send("!"u8);
        }
        catch (Exception cause) when (cause is ObjectDisposedException or SocketException)
        {
            // No bell, no engine thread: any pool thread will do.
            ThreadPool.UnsafeQueueUserWorkItem(static loop =>
            {
                loop.HearRemote();
                loop.RingIfWorkIsLeft();
            }, this, preferLocal: false);
        }
    }

    private void ListenForBell()
    {
        while (!_disposed && !ReceiveRing())
        {
            HearRemote();
        }
    }

    private void HearBell()
    {
        HearRemote();
        ListenForBell();
        RingIfWorkIsLeft(); // after listening: a ring that is there already would be heard at once, past the engine
    }

    private void HearRemote()
    {
        Interlocked.Exchange(ref _rung, 0);
        if (Interlocked.Exchange(ref _turnAsked, 0) > 0)
        {
            _remote.Enqueue(_beginTurn);
        }

        if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
        {
            _budget.Renew();
            RunTurn(takesWork: true);
        }
    }

    private bool ReceiveRing()
    {
        try
        {
            return _bell.ReceiveAsync(_ring);
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
