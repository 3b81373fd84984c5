using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
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

    private static readonly byte[] NeededOperations =
        [IORING_OP_ASYNC_CANCEL, IORING_OP_CONNECT, IORING_OP_CLOSE, IORING_OP_READ, IORING_OP_SEND, IORING_OP_RECV];

    [ThreadStatic]
    private static RingLoop? t_own;

    private readonly WorkQueue _local = new();
    private readonly ConcurrentQueue<IRunnable> _remote = new();
    private readonly Queue<IRunnable> _nextTurn = new();
    private readonly List<RingSlot> _slots = [];
    private readonly Queue<RingSlot> _free = new();
    private readonly Dictionary<IPEndPoint, IPAddress?> _sources = [];
    private readonly SlotPorts _ports;
    private readonly Action<Exception> _reportFailure;
    private readonly RingBell _bell;
    private readonly Thread _thread;
    private readonly ITimer? _virtualAlarm;
    private long _alarm = long.MaxValue;
    private int _sleeps;
    private volatile bool _stops;
    private Ring _ring = null!; // made by the loop's thread, before anybody sees the loop

    /// <summary>Starts the loop, with room for so many operations between two looks at the kernel, and for so many completions; throws
    /// <see cref="RingUnavailableException"/> if there can be none.</summary>
    public RingLoop(
        string name, TimeProvider time, SlotPorts ports, Action<Exception> reportFailure, uint submissions = SubmissionEntries, uint completions = CompletionEntries)
        : base(time)
    {
        (_ports, _reportFailure) = (ports, reportFailure);
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

    /// <summary>Why there can be no ring here; null if there can.</summary>
    public static string? Problem()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "io_uring is Linux's";
        }

        try
        {
            using var ring = new Ring(SubmissionEntries, CompletionEntries); // as large as it will be: RLIMIT_MEMLOCK may forbid that
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
            _local.Enqueue(work);
            return;
        }

        _remote.Enqueue(work);
        RingBellIfAsleep();
    }

    public override void ExecuteNextTurn(IRunnable work) => _nextTurn.Enqueue(work);

    public override Link Open(IActorRef owner, in LinkRequest request)
    {
        ThrowIfBroken();
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
                _ring.Enter(0, null);
                TakeCompletions();
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
        var hasWork = _local.Count > 0 || _nextTurn.Count > 0 || !_remote.IsEmpty || _ring.HasCompletions || _ring.HasMore;
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

    private void TakeCompletions()
    {
        while (_ring.TryTake(out var completion))
        {
            var operation = (RingOperation)(byte)completion.UserData;
            if (operation == RingOperation.Bell)
            {
                HearBell();
            }
            else
            {
                Complete(_slots[(int)((completion.UserData >> 8) & 0xFFFFFF)], (uint)(completion.UserData >> 32), operation, completion.Result);
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
