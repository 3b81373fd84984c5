using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// A thread that runs mailboxes and an io_uring instance: work until none is left, then one system call that submits what the work prepared
/// and waits for completions, each of which becomes a message to the connection that owns it.
/// </summary>
internal sealed partial class RingLoop : TransportLoop
{
    private const uint SubmissionEntries = 4096;
    private const uint CompletionEntries = 65536;

    [ThreadStatic]
    private static RingLoop? t_own;

    private readonly WorkQueue _local = new();
    private readonly ConcurrentQueue<IRunnable> _remote = new();
    private readonly Queue<IRunnable> _nextTurn = new();
    private readonly List<RingSlot> _slots = [];
    private readonly Queue<RingSlot> _free = new();
    private readonly Action<Exception> _reportFailure;
    private readonly Thread _thread;
    private long _foreignWork;
    private bool _kernelHasMore;
    private volatile bool _stops;
    private Ring _ring = null!; // made by the loop's thread, before anybody sees the loop
    private RingClosing _closing = null!; // with it

    /// <summary>Starts the loop, with room for so many operations between two looks at the kernel, and for so many completions; throws
    /// <see cref="RingUnavailableException"/> if there can be none.</summary>
    public RingLoop(
        string name, TimeProvider time, Action<Exception> reportFailure, uint submissions = SubmissionEntries, uint completions = CompletionEntries)
        : base(time)
    {
        _reportFailure = reportFailure;
        if (!IsMachineTime)
        {
            // The kernel waits in its own time; a clock of another kind rings when its time has come.
            _virtualAlarm = time.CreateTimer(_ => RingVirtualAlarm(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _bell = new RingBell();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread = new Thread(() => Main(started, submissions, completions)) { IsBackground = true, Name = name };
        try
        {
            _thread.Start();
            started.Task.GetAwaiter().GetResult();
        }
        catch
        {
            _bell.Dispose();
            throw;
        }
    }

    /// <summary>The ring; for links, on the loop's thread. Throws <see cref="LoopFailedException"/> once it has failed.</summary>
    public Ring Ring
    {
        get
        {
            ThrowIfBroken();
            return _ring;
        }
    }

    /// <inheritdoc />
    public override long WorkDone => _local.Done;

    /// <inheritdoc />
    public override QueueCounts Queues => new(_ring.FullQueues, _ring.Overflows);

    /// <summary>Pieces of work that came from other threads and have been taken. Readable from any thread.</summary>
    public long ForeignWork => Volatile.Read(ref _foreignWork);

    /// <summary>Slots of connections that are open, or that the kernel has not let go of. On the loop.</summary>
    public int SlotsInUse => _slots.Count - _free.Count;

    private bool HasWork => _local.Count > 0 || _failed.Count > 0 || _taken.Count > 0 || _nextTurn.Count > 0 || !_remote.IsEmpty;

    public override void Execute(IRunnable work)
    {
        if (ReferenceEquals(t_own, this))
        {
            ExecuteHere(work);
            return;
        }

        _remote.Enqueue(work);
        RingBellIfAsleep();
    }

    /// <summary>Ends what is under way on a slot, and gives it out again when nothing of it is left.</summary>
    public void Close(RingSlot slot) => _closing.Close(slot);

    public override void ExecuteNextTurn(IRunnable work) => _nextTurn.Enqueue(work);

    public override Link Open(IActorRef owner, in LinkRequest request)
    {
        ThrowIfBroken();
        var ports = request.Socket.Ports == PortChoice.Slot ? Ports.For(request.Target.Address) : null;
        for (var round = 0; round < RingClosing.Rounds && _closing.Count > 0 && (_free.Count == 0 || ports is { IsUsedUp: true }); round++)
        {
            // Who waits for a place is not the one to whom the limits of this machine apply: those that are left are vacated first.
            _closing.PrepareWaiting();
            SubmitAndTake();
        }

        if (!_free.TryDequeue(out var slot))
        {
            _slots.Add(slot = new RingSlot(_slots.Count));
        }

        var link = new RingLink(this, owner, slot, request.Target.Address, request.Socket, new PortLease(ports));
        slot.Take(link, request.Socket.ReceiveBuffer);
        try
        {
            link.Connect(request.Deadline);
            return link;
        }
        catch
        {
            link.Close(); // who opens a link that throws never gets to close it
            throw;
        }
    }

    private void Main(TaskCompletionSource started, uint submissions, uint completions)
    {
        try
        {
            _ring = new Ring(submissions, completions) { Submitting = StampLeaving };
            _closing = new RingClosing(_ring, _free.Enqueue);
        }
        catch (Exception cause)
        {
            started.SetException(cause);
            return;
        }

        t_own = this;
        started.SetResult();
        while (!_stops)
        {
            try
            {
                RunTurn();
            }
            catch (Exception cause)
            {
                Break(cause);
            }
        }

        CloseAll();
    }

    private void RunTurn()
    {
        RunWork();
        if (IsBroken)
        {
            WaitWithoutRing();
        }
        else
        {
            Wait();
            if (!_kernelHasMore)
            {
                _closing.TryAgain();
            }

            TakeCompletions();
            _kernelHasMore = TakeWhatIsLeft();
        }

        BeginTurn();
    }

    private void RunWork()
    {
        var now = Now;
        Pauses.Look(now);

        // What is ready has come in time, however late this thread looks: deadlines wait until the kernel has no more.
        if (_alarm <= now && (IsBroken || !_kernelHasMore))
        {
            _alarm = long.MaxValue;
            SweepTimers();
        }

        while (_remote.TryDequeue(out var foreign))
        {
            _local.Enqueue(foreign);
            _foreignWork++;
        }

        var count = 0;
        for (; count < WorkInTurn && _failed.TryDequeue(out var failed); count++)
        {
            HandOut(failed.Completion, failed.At); // while a burst opens, too: a breaker waits for them
            EnterInBetween(count);
        }

        for (; count < WorkInTurn && _local.TryDequeue(out var work); count++)
        {
            Run(work);
            EnterInBetween(count);
        }

        for (; count < WorkInTurn && _nextTurn.Count == 0 && _taken.TryDequeue(out var taken); count++)
        {
            HandOut(taken.Completion, taken.At);
            EnterInBetween(count);
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
}
