using Akka.Actor;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// A thread that runs mailboxes and an io_uring instance. It runs work until none is left. Then one system call submits what the work
/// prepared and waits for completions, each of which becomes a message to the connection that owns it.
/// </summary>
internal sealed class RingLoop : TransportLoop
{
    private const uint SubmissionEntries = 4096;
    private const uint CompletionEntries = 65536;

    // Without a ring only time wakes the thread.
    private static readonly TimeSpan _nap = TimeSpan.FromMilliseconds(10);

    private readonly RingSlots _slots = new();
    private readonly RingSleeper _sleeper;
    private readonly Thread _thread;
    private volatile bool _stops;
    private LoopFailedException? _failure;
    private RingDriver _driver = null!; // the loop's thread makes it before the constructor returns

    /// <summary>Starts the loop; throws <see cref="RingUnavailableException"/> if this machine has no ring for it.</summary>
    /// <param name="name">Of its thread.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="reportFailure">Takes exceptions of the work that runs on it.</param>
    /// <param name="submissions">Room for operations between two entries into the kernel.</param>
    /// <param name="completions">Room for completions.</param>
    public RingLoop(
        string name, TimeProvider time, Action<Exception> reportFailure, uint submissions = SubmissionEntries,
        uint completions = CompletionEntries)
        : base(time, reportFailure)
    {
        Departures = new RingDepartures(this);
        _sleeper = new RingSleeper(this, _slots);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread = new Thread(() => Main(started, submissions, completions)) { IsBackground = true, Name = name };
        try
        {
            _thread.Start();
            started.Task.GetAwaiter().GetResult();
        }
        catch
        {
            _sleeper.Bell.Dispose();
            throw;
        }
    }

    /// <summary>The ring; for links, on the loop's thread. Throws <see cref="LoopFailedException"/> once it has failed.</summary>
    public Ring Ring
    {
        get
        {
            ThrowIfBroken();
            return _driver.Ring;
        }
    }

    /// <summary>What leaves with the next entry into the kernel.</summary>
    public RingDepartures Departures { get; }

    /// <inheritdoc />
    public override QueueCounts Queues => new(_driver.Ring.FullQueues, _driver.Ring.Overflows);

    /// <summary>Pieces of work from other threads that the loop has taken. Readable from any thread.</summary>
    public long ForeignWork => Work.ForeignTaken;

    /// <summary>How often work from another thread has woken the loop. Readable from any thread.</summary>
    public long BellsSounded => _sleeper.BellsSounded;

    /// <summary>Slots of connections that are open, or that the kernel still uses. On the loop.</summary>
    public int SlotsInUse => _slots.InUse;

    /// <summary>How long <see cref="Dispose(bool)"/> waits for the work that runs.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public override bool IsUsable => base.IsUsable && Volatile.Read(ref _failure) is null;

    private bool IsBroken => _failure is not null;

    private bool HasWork => Work.Count > 0 || Work.HasForeign || _driver.Completions.HasAny;

    /// <summary>Ends what is under way on a slot, which is free when nothing of it is left.</summary>
    public void Close(RingSlot slot) => _driver.Close(slot);

    public override Link Open(IActorRef owner, in LinkRequest request)
    {
        ThrowIfBroken();
        var lease = PortLease.For(Ports, request.Target, request.Socket);
        _driver.FinishCloses(lease.Ports); // so that a connection waiting for a slot does not fail on our own limit
        var slot = _slots.Take();
        var link = new RingLink(this, owner, slot, request.Target, request.Socket, lease);
        slot.Take(link, request.Socket.ReceiveBuffer);
        try
        {
            link.Connect(request.Deadline);
            return link;
        }
        catch
        {
            link.Close(); // the caller never gets this link to close it
            throw;
        }
    }

    protected override void SetAlarm(long due) => _sleeper.SetAlarm(due);

    protected override void WakeUp() => _sleeper.WakeUp();

    /// <summary>Closes what is open, waits until the kernel no longer uses it, frees all. If work does not end, that is reported, and the
    /// loop's thread frees all when it goes on.</summary>
    protected override void Dispose(bool disposing)
    {
        _sleeper.Dispose();
        _stops = true;
        _sleeper.Bell.Sound();
        if (!IsCurrent && !_thread.Join(StopLimit))
        {
            ReportFailure(new TimeoutException($"loop {_thread.Name} did not stop within {StopLimit.TotalSeconds} s: work on it blocks. "
                + "Its ring, sockets and memory stay"));
        }
    }

    private void Main(TaskCompletionSource started, uint submissions, uint completions)
    {
        try
        {
            _driver = new RingDriver(this, _slots, _sleeper, submissions, completions);
        }
        catch (Exception cause)
        {
            started.SetException(cause);
            return;
        }

        IsCurrent = true;
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
        IsCurrent = false;
    }

    private void RunTurn()
    {
        RunWork();
        if (!IsBroken)
        {
            _driver.Wait(HasWork);
        }
        else if (!HasWork)
        {
            Thread.Sleep(_nap);
        }

        Work.BeginTurn();
    }

    private void RunWork()
    {
        var now = Now;
        Pauses.Look(now);

        // What is ready has come in time, however late this thread looks: deadlines wait until the kernel has no more.
        if ((IsBroken || !_driver.KernelHasMore) && _sleeper.TryTakeAlarm(now))
        {
            SweepTimers();
        }

        Work.TakeForeign();
        var count = 0;
        while (count < WorkInTurn && _driver.Completions.TryHandOutFailed()) // even while a burst opens: a breaker waits for them
        {
            count = EnterInBetween(count);
        }

        while (count < WorkInTurn && Work.TryRunNext())
        {
            count = EnterInBetween(count);
        }

        while (count < WorkInTurn && !Work.HasNextTurn && _driver.Completions.TryHandOutNext())
        {
            count = EnterInBetween(count);
        }
    }

    private int EnterInBetween(int before)
    {
        var count = before + CountPieces();
        _driver.EnterInBetween(before, count);
        return count;
    }

    private void ThrowIfBroken()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    // The loop goes on without its ring: mailboxes must run, so that connections hear how they ended.
    private void Break(Exception cause)
    {
        var failure = cause as LoopFailedException ?? new LoopFailedException($"a turn of the loop failed: {cause.Message}", cause);
        ReportFailure(failure);
        if (IsBroken)
        {
            return;
        }

        Volatile.Write(ref _failure, failure);
        _driver.Break(failure);
    }

    private void CloseAll()
    {
        try
        {
            _driver.CloseLinks();
        }
        catch (Exception cause)
        {
            Break(cause);
        }

        if (!IsBroken)
        {
            _driver.Ring.Dispose();
        }

        if (SlotsInUse > 0)
        {
            // The kernel may still write to their memory, so it is not freed.
            var reason = IsBroken ? "without the ring nobody can tell when the kernel lets go of it" : "the kernel did not let go of it";
            ReportFailure(new InvalidOperationException($"the memory of {SlotsInUse} slots is lost: {reason}"));
        }

        _slots.Free();
        _sleeper.Bell.Dispose();
    }
}
