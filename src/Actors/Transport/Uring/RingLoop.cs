using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
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

    private static readonly byte[] NeededOperations =
        [IORING_OP_ASYNC_CANCEL, IORING_OP_CONNECT, IORING_OP_CLOSE, IORING_OP_READ, IORING_OP_SEND, IORING_OP_RECV];

    [ThreadStatic]
    private static RingLoop? t_own;

    private readonly WorkQueue _local = new();
    private readonly ConcurrentQueue<IRunnable> _remote = new();
    private readonly Queue<IRunnable> _nextTurn = new();
    private readonly List<RingSlot> _slots = [];
    private readonly Queue<RingSlot> _free = new();
    private readonly Queue<(Completion Completion, long At)> _taken = new();
    private readonly Queue<(Completion Completion, long At)> _failed = new();
    private readonly Dictionary<IPEndPoint, IPAddress?> _sources = [];
    private readonly SlotPorts _ports;
    private readonly Action<Exception> _reportFailure;
    private readonly int _bell;
    private readonly ulong* _rung;
    private readonly Thread _thread;
    private readonly ITimer? _virtualAlarm;
    private long _alarm = long.MaxValue;
    private int _sleeps;
    private bool _completes;
    private IRunnable? _caused;
    private volatile bool _stops;

    /// <summary>Starts the loop; throws <see cref="RingUnavailableException"/> if there can be none.</summary>
    public RingLoop(string name, TimeProvider time, SlotPorts ports, Action<Exception> reportFailure)
        : base(time)
    {
        (_ports, _reportFailure) = (ports, reportFailure);
        if (time != TimeProvider.System)
        {
            // The kernel waits in its own time; a clock of another kind rings when its time has come.
            _virtualAlarm = time.CreateTimer(_ => Execute(new ActionRunnable(SweepTimers)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _bell = EventFd(0, EFD_CLOEXEC);
        if (_bell < 0)
        {
            throw new RingUnavailableException($"no eventfd: errno {Marshal.GetLastPInvokeError()}");
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

    /// <summary>Why there can be no ring here; null if there can.</summary>
    public static string? Problem()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "io_uring is Linux's";
        }

        try
        {
            using var ring = new Ring(8, 16);
            return ring.Supports(NeededOperations) ? null : "the kernel's io_uring lacks operations that are needed (IORING_REGISTER_PROBE)";
        }
        catch (RingUnavailableException cause)
        {
            return cause.Message;
        }
    }

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
        if (!_free.TryDequeue(out var slot))
        {
            _slots.Add(slot = new RingSlot(_slots.Count));
        }

        var link = new RingLink(this, owner, slot, request.Target, request.Socket);
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

    /// <summary>The port that belongs to a slot.</summary>
    public int PortOf(RingSlot slot) => _ports.Of(slot.Index);

    /// <summary>A port that somebody else holds.</summary>
    public void SetAside(int port) => _ports.SetAside(port);

    /// <summary>The local address from which the routes lead to <paramref name="target"/>; null if none do.</summary>
    public IPAddress? SourceFor(IPEndPoint target)
    {
        if (!_sources.TryGetValue(target, out var source))
        {
            _sources.Add(target, source = FindSource(target));
        }

        return source;
    }

    /// <summary>Takes a slot of which nothing is in flight.</summary>
    public void GiveBack(RingSlot slot)
    {
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

    private static IPAddress? FindSource(IPEndPoint target)
    {
        try
        {
            using var probe = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(target);
            return ((IPEndPoint)probe.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            // No route: the connect itself will say so.
            return null;
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
                Ring.Enter(0, null);
                TakeCompletions();
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
        var hasWork = _local.Count > 0 || _failed.Count > 0 || _taken.Count > 0 || _nextTurn.Count > 0 || !_remote.IsEmpty || Ring.HasCompletions || Ring.HasMore;
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

    // Takes what is ready and stamps it, with one look at the clock; its turn comes later.
    private void TakeCompletions()
    {
        if (!Ring.HasCompletions)
        {
            return;
        }

        var now = Now;
        while (Ring.TryTake(out var completion))
        {
            (completion.Result < 0 ? _failed : _taken).Enqueue((completion, now));
        }
    }

    private void HandOut(in Completion completion, long takenAt)
    {
        TakenAt = takenAt;
        var operation = (RingOperation)(byte)completion.UserData;
        if (operation == RingOperation.Bell)
        {
            ListenForBell();
        }
        else if (operation != RingOperation.Cancel)
        {
            _completes = true;
            Complete(_slots[(int)((completion.UserData >> 8) & 0xFFFFFF)], (uint)(completion.UserData >> 32), operation, completion.Result);
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
        if (operation != RingOperation.Close)
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
            while (_failed.TryDequeue(out var taken) || _taken.TryDequeue(out taken))
            {
                HandOut(taken.Completion, taken.At);
            }
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
