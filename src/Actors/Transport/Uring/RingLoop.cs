using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Dispatch;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// A thread that runs mailboxes and an io_uring instance: work until none is left, then one system call that submits what the work prepared
/// and waits for completions, each of which becomes a message to the connection that owns it.
/// </summary>
internal sealed unsafe class RingLoop : TransportLoop
{
    private const uint SubmissionEntries = 4096;
    private const uint CompletionEntries = 65536;

    // Give up waiting for the kernel's last completions after so many rounds of a millisecond.
    private const int LastRounds = 1_000;

    [ThreadStatic]
    private static RingLoop? t_own;

    private readonly WorkQueue _local = new();
    private readonly ConcurrentQueue<IRunnable> _remote = new();
    private readonly Queue<IRunnable> _nextTurn = new();
    private readonly List<RingSlot> _slots = [];
    private readonly Queue<RingSlot> _free = new();
    private readonly Action<Exception> _reportFailure;
    private readonly int _bell;
    private readonly ulong* _rung;
    private readonly Thread _thread;
    private readonly ITimer? _virtualAlarm;
    private long _alarm = long.MaxValue;
    private int _closing;
    private int _sleeps;
    private volatile bool _stops;

    /// <summary>Starts the loop; throws <see cref="RingUnavailableException"/> if there can be none.</summary>
    public RingLoop(string name, TimeProvider time, Action<Exception> reportFailure)
        : base(time)
    {
        _reportFailure = reportFailure;
        if (time != TimeProvider.System)
        {
            // The kernel waits in its own time; a clock of another kind rings when its time has come.
            _virtualAlarm = time.CreateTimer(_ => Execute(new ActionRunnable(SweepTimers)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _bell = EventFd(0, EFD_CLOEXEC);
        if (_bell < 0)
        {
            throw RingUnavailableException.ForSetup(Marshal.GetLastPInvokeError());
        }

        _rung = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread = new Thread(() => Main(started)) { IsBackground = true, Name = name };
        _thread.Start();
        try
        {
            started.Task.GetAwaiter().GetResult();
        }
        catch
        {
            FreeBell();
            throw;
        }
    }

    /// <summary>The ring; for links, on the loop's thread.</summary>
    public Ring Ring { get; private set; } = null!;

    public override void Execute(IRunnable work)
    {
        if (ReferenceEquals(t_own, this))
        {
            _local.Enqueue(work);
            return;
        }

        _remote.Enqueue(work);
        RingBellIfAsleep();
    }

    public override void ExecuteNextTurn(IRunnable work) => _nextTurn.Enqueue(work);

    public override Link Open(IActorRef owner, in LinkRequest request)
    {
        var ports = request.Socket.Ports == PortChoice.Slot ? Ports.For(request.Target) : null;
        if (_closing > 0 && (_free.Count == 0 || ports is { IsUsedUp: true }))
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

    /// <summary>The close of a slot's socket is prepared.</summary>
    public void BeginClose() => _closing++;

    /// <summary>Takes a slot of which nothing is in flight.</summary>
    public void GiveBack(RingSlot slot)
    {
        slot.Link?.EndLease();
        slot.Release();
        _free.Enqueue(slot);
    }

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

    protected override void Dispose(bool disposing)
    {
        _virtualAlarm?.Dispose();
        _stops = true;
        RingBell();
        if (!ReferenceEquals(t_own, this))
        {
            _thread.Join();
        }
    }

    private void Main(TaskCompletionSource started)
    {
        try
        {
            Ring = new Ring(SubmissionEntries, CompletionEntries);
        }
        catch (Exception cause)
        {
            started.SetException(cause);
            return;
        }

        t_own = this;
        ListenForBell();
        started.SetResult();
        while (!_stops)
        {
            RunWork();
            Wait();
            TakeCompletions();
            for (var round = 0; round < WorkInTurn && Ring.HasMore; round++)
            {
                SubmitAndTake();
            }

            BeginTurn();
        }

        CloseAll();
    }

    private void RunWork()
    {
        if (_alarm <= Now)
        {
            _alarm = long.MaxValue;
            SweepTimers();
        }

        while (_remote.TryDequeue(out var foreign))
        {
            _local.Enqueue(foreign);
        }

        for (var count = 0; count < WorkInTurn && _local.TryDequeue(out var work); count++)
        {
            Run(work);
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
        var hasWork = _local.Count > 0 || _nextTurn.Count > 0 || !_remote.IsEmpty || Ring.HasCompletions || Ring.HasMore;
        var patience = _alarm == long.MaxValue ? null : (TimeSpan?)Time.GetElapsedTime(Now, _alarm);
        if (hasWork || patience <= TimeSpan.Zero)
        {
            Ring.Enter(0, null);
        }
        else
        {
            Ring.Enter(1, patience);
        }

        Volatile.Write(ref _sleeps, 0);
    }

    private void SubmitAndTake()
    {
        Ring.Enter(0, null);
        TakeCompletions();
    }

    private void TakeCompletions()
    {
        while (Ring.TryTake(out var completion))
        {
            var operation = (RingOperation)(byte)completion.UserData;
            if (operation == RingOperation.Bell)
            {
                ListenForBell();
            }
            else if (operation != RingOperation.Cancel)
            {
                Complete(_slots[(int)((completion.UserData >> 8) & 0xFFFFFF)], (uint)(completion.UserData >> 32), operation, completion.Result);
            }
        }
    }

    private void Complete(RingSlot slot, uint generation, RingOperation operation, int result)
    {
        if (slot.Generation != generation)
        {
            _reportFailure(new InvalidOperationException($"a completion of {operation} came after its slot had been given out again"));
            return;
        }

        if (operation == RingOperation.Send)
        {
            slot.SendError = -result; // only a send that failed completes; its receive follows, cancelled
            return;
        }

        slot.InFlight--;
        if (operation == RingOperation.Close)
        {
            _closing--;
        }
        else
        {
            slot.Link!.Complete(operation, result);
        }

        if (slot.IsClosing && slot.InFlight == 0)
        {
            GiveBack(slot);
        }
    }

    private void RingBellIfAsleep()
    {
        if (Interlocked.CompareExchange(ref _sleeps, 0, 1) == 1)
        {
            RingBell();
        }
    }

    private void RingBell()
    {
        ulong one = 1;
        _ = Write(_bell, &one, sizeof(ulong));
    }

    private void ListenForBell()
    {
        ref var read = ref Ring.Prepare(IORING_OP_READ, _bell, (ulong)RingOperation.Bell);
        (read.Address, read.Length) = ((ulong)_rung, sizeof(ulong));
    }

    private void CloseAll()
    {
        foreach (var slot in _slots)
        {
            slot.Link?.Close();
        }

        for (var round = 0; round < LastRounds && _free.Count < _slots.Count; round++)
        {
            Ring.Enter(1, TimeSpan.FromMilliseconds(1));
            TakeCompletions();
        }

        var isQuiet = _free.Count == _slots.Count;
        Ring.Dispose();
        foreach (var slot in isQuiet ? _slots : [])
        {
            slot.Free(); // else the kernel may still write there: better lost than overwritten
        }

        FreeBell();
        t_own = null;
    }

    private void FreeBell()
    {
        Kernel.Close(_bell);
        NativeMemory.Free(_rung);
    }
}
