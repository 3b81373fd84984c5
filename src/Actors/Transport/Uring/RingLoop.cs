using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// A thread that runs mailboxes and an io_uring instance: work until none is left, then one system call that submits what the work prepared
/// and waits for completions, each of which becomes a message to the connection that owns it.
/// </summary>
internal sealed partial class RingLoop : TransportLoop
{
    private const uint SubmissionEntries = 4096;
    private const uint CompletionEntries = 65536;

    // A cancel, then a close.
    private const int RoundsOfClosing = 2;


    [ThreadStatic]
    private static RingLoop? t_own;

    private readonly WorkQueue _local = new();
    private readonly ConcurrentQueue<IRunnable> _remote = new();
    private readonly Queue<IRunnable> _nextTurn = new();
    private readonly List<RingSlot> _slots = [];
    private readonly Queue<RingSlot> _free = new();
    private readonly Queue<(Completion Completion, long At)> _taken = new();
    private readonly Queue<(Completion Completion, long At)> _failed = new();
    private readonly Action<Exception> _reportFailure;
    private readonly RingBell _bell;
    private readonly Thread _thread;
    private readonly ITimer? _virtualAlarm;
    private long _alarm = long.MaxValue;
    private int _closing;
    private int _sleeps;
    private bool _completes;
    private IRunnable? _caused;
    private volatile bool _stops;
    private Ring _ring = null!; // made by the loop's thread, before anybody sees the loop

    /// <summary>Starts the loop, with room for so many operations between two looks at the kernel, and for so many completions; throws
    /// <see cref="RingUnavailableException"/> if there can be none.</summary>
    public RingLoop(
        string name, TimeProvider time, Action<Exception> reportFailure, uint submissions = SubmissionEntries, uint completions = CompletionEntries)
        : base(time)
    {
        _reportFailure = reportFailure;
        if (time != TimeProvider.System)
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
    public Ring Ring => _failure is null ? _ring : throw _failure;

    /// <summary>How often the submission queue was full; what did not fit went with an entry of its own. Readable from any thread.</summary>
    public long FullQueues => _ring.FullQueues;

    /// <summary>How often the kernel held completions back because the queue for them was full. Readable from any thread.</summary>
    public long Overflows => _ring.Overflows;

    /// <summary>Slots of connections that are open, or that the kernel has not let go of. On the loop.</summary>
    public int SlotsInUse => _slots.Count - _free.Count;

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

    public override void ExecuteNextTurn(IRunnable work) => _nextTurn.Enqueue(work);

    public override Link Open(IActorRef owner, in LinkRequest request)
    {
        ThrowIfBroken();
        var ports = request.Socket.Ports == PortChoice.Slot ? Ports.For(request.Target) : null;
        for (var round = 0; round < RoundsOfClosing && _closing > 0 && (_free.Count == 0 || ports is { IsUsedUp: true }); round++)
        {
            // Who waits for a place is not the one to whom the limits of this machine apply: those that are left are vacated first.
            SubmitAndTake();
        }

        if (!_free.TryDequeue(out var slot))
        {
            _slots.Add(slot = new RingSlot(_slots.Count));
        }

        var link = new RingLink(this, owner, slot, request.Target, request.Socket, new PortLease(ports));
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

    /// <summary>When the completion that is being handed out was taken from the ring.</summary>
    public long TakenAt { get; private set; }

    protected override void SetAlarm(long due)
    {
        if (_virtualAlarm is null)
        {
            _alarm = due;
            return;
        }

        var wait = Time.GetElapsedTime(Now, due);
        _virtualAlarm.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Main(TaskCompletionSource started, uint submissions, uint completions)
    {
        try
        {
            _ring = new Ring(submissions, completions);
        }
        catch (Exception cause)
        {
            started.SetException(cause);
            return;
        }

        t_own = this;
        _bell.Listen(_ring);
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
            TakeCompletions();
            for (var round = 0; round < WorkInTurn && _ring.HasMore; round++)
            {
                SubmitAndTake();
            }
        }

        BeginTurn();
    }

    private void RunWork()
    {
        // What is ready has come in time, however late this thread looks: deadlines wait until the kernel has no more.
        if (_alarm <= Now && (IsBroken || !_ring.HasMore))
        {
            _alarm = long.MaxValue;
            TellLinks(_failed);
            TellLinks(_taken);
            SweepTimers();
        }

        while (_remote.TryDequeue(out var foreign))
        {
            _local.Enqueue(foreign);
        }

        var count = 0;
        for (; count < WorkInTurn && _failed.TryDequeue(out var failed); count++)
        {
            HandOut(failed.Completion, failed.At); // while a burst opens, too: a breaker waits for them
        }

        for (; count < WorkInTurn && _local.TryDequeue(out var work); count++)
        {
            Run(work);
        }

        for (; count < WorkInTurn && _nextTurn.Count == 0 && _taken.TryDequeue(out var taken); count++)
        {
            HandOut(taken.Completion, taken.At);
        }
    }

    private void ExecuteHere(IRunnable work)
    {
        if (_completes && _caused is null)
        {
            _caused = work;
        }
        else
        {
            _local.Enqueue(work);
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

    private void Wait()
    {
        Interlocked.Exchange(ref _sleeps, 1);
        var hasWork = _local.Count > 0 || _failed.Count > 0 || _taken.Count > 0 || _nextTurn.Count > 0 || !_remote.IsEmpty || _ring.HasCompletions || _ring.HasMore;
        var patience = _alarm == long.MaxValue ? null : (TimeSpan?)Time.GetElapsedTime(Now, _alarm);
        if (hasWork || patience <= TimeSpan.Zero)
        {
            _ring.Enter(0, null);
        }
        else
        {
            _ring.Enter(1, patience);
        }

        Volatile.Write(ref _sleeps, 0);
    }

    private void SubmitAndTake()
    {
        _ring.Enter(0, null);
        TakeCompletions();
    }

    // Takes what is ready and stamps it, with one look at the clock; its turn comes later. What concerns no owner is done with at once.
    private void TakeCompletions()
    {
        if (!_ring.HasCompletions)
        {
            return;
        }

        var now = Now;
        while (_ring.TryTake(out var completion))
        {
            if (ConcernsNoOwner(completion))
            {
                HandOut(completion, now);
                continue;
            }

            (completion.Result < 0 ? _failed : _taken).Enqueue((completion, now));
        }
    }

    private bool ConcernsNoOwner(in Completion completion) =>
        (RingOperation)(byte)completion.UserData is RingOperation.Bell or RingOperation.Cancel || SlotOf(completion).IsClosing;

    // Completions that wait for their turn are no time-outs.
    private void TellLinks(Queue<(Completion Completion, long At)> waiting)
    {
        foreach (var (completion, _) in waiting)
        {
            if ((RingOperation)(byte)completion.UserData is RingOperation.Connect or RingOperation.Send or RingOperation.Receive)
            {
                var slot = SlotOf(completion);
                if (slot.Generation == GenerationOf(completion))
                {
                    slot.Link?.CompletionTaken();
                }
            }
        }
    }

    private RingSlot SlotOf(in Completion completion) => _slots[(int)((completion.UserData >> 8) & 0xFFFFFF)];

    private static uint GenerationOf(in Completion completion) => (uint)(completion.UserData >> 32);

    private void HandOut(in Completion completion, long takenAt)
    {
        TakenAt = takenAt;
        var operation = (RingOperation)(byte)completion.UserData;
        if (operation == RingOperation.Bell)
        {
            HearBell();
        }
        else if (operation == RingOperation.Cancel)
        {
            CancelAgain(SlotOf(completion), GenerationOf(completion));
        }
        else
        {
            _completes = true;
            Complete(SlotOf(completion), GenerationOf(completion), operation, completion.Result);
            _completes = false;
            if (_caused is { } work)
            {
                _caused = null;
                Run(work); // the owner's mailbox, while all that it needs is in the processor's cache
            }
        }
    }

    private void Complete(RingSlot slot, uint generation, RingOperation operation, int result)
    {
        if (operation == RingOperation.Cancel)
        {
            CancelAgain(slot, generation);
            return;
        }

        if (slot.Generation != generation)
        {
            _reportFailure(new InvalidOperationException($"a completion of {operation} came after its slot had been given out again"));
            return;
        }

        if (operation == RingOperation.Send)
        {
            // Only a send that failed, or could send a part and no more, completes, and in the place of its receive: that one is silent.
            (operation, result) = (RingOperation.Receive, result < 0 ? result : -EPIPE);
        }

        slot.InFlight--;
        if (operation != RingOperation.Close)
        {
            slot.Link!.Complete(operation, result);
        }

        if (slot.IsClosing)
        {
            GoOnClosing(slot);
        }
    }

    private void RingBellIfAsleep()
    {
        if (Interlocked.CompareExchange(ref _sleeps, 0, 1) == 1)
        {
            _bell.Sound();
        }
    }

    private void HearBell()
    {
        _bell.Heard();
        if (!_stops)
        {
            _bell.Listen(_ring);
        }
    }

    // Like the real one: deadlines are swept between the completions and the work.
    private void RingVirtualAlarm()
    {
        Volatile.Write(ref _alarm, 0);
        _bell.Sound();
    }
}
