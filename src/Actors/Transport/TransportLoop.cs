using Akka.Actor;
using Akka.Dispatch;

namespace ActorLoad.Transport;

/// <summary>
/// An event loop that is an Akka dispatcher: it carries out socket operations and runs the mailboxes of the lane and the connections that
/// use them, one thing at a time, so that a completion and the actor that waits for it meet without crossing a thread.
/// </summary>
/// <remarks>
/// Members that do not say that they are safe from any thread belong to code that runs on the loop. Time comes from the loop's clock, which
/// a simulated network may play.
/// </remarks>
public abstract class TransportLoop : IDisposable
{
    /// <summary>
    /// Pieces of work that a loop runs before it looks for completions again: about two milliseconds. Completions are stamped when they are
    /// ready and not when their turn comes. Else a busy loop would report its own queue as the target's latency.
    /// </summary>
    protected const int WorkInTurn = 256;

    // Cryptography of a handshake takes as long as so many usual pieces of work.
    private const int PiecesOfCryptography = 32;

    [ThreadStatic]
    private static TransportLoop? t_current;

    private readonly Action<Exception>? _reportFailure;
    private readonly Dictionary<TimeSpan, DeadlineQueue> _deadlines = [];
    private readonly PriorityQueue<(IActorRef Receiver, object Message), long> _scheduled = new();
    private long _armedFor = long.MaxValue;
    private volatile bool _isGivenUp;
    private int _pieces = 1;

    /// <summary>A loop with that clock; <paramref name="reportFailure"/> takes exceptions of its work.</summary>
    protected TransportLoop(TimeProvider time, Action<Exception>? reportFailure = null)
    {
        (Time, Pauses, Work) = (time, new PauseWatch(time.TimestampFrequency), new WorkQueue(reportFailure));
        _reportFailure = reportFailure;
    }

    /// <summary>The clock of loops that wait in the kernel.</summary>
    internal static TimeProvider MachineTime => TimeProvider.System;

    /// <summary>The loop's clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>True if it is the clock in which the kernel waits.</summary>
    protected internal bool IsMachineTime => Time == MachineTime;

    /// <summary>When it stood still.</summary>
    internal PauseWatch Pauses { get; }

    /// <summary>The work that it has to do.</summary>
    internal WorkQueue Work { get; }

    /// <summary>True on the thread that runs the loop.</summary>
    private protected bool IsCurrent
    {
        get => ReferenceEquals(t_current, this);
        set => t_current = value ? this : null;
    }

    /// <summary>Where new links take their local ports; empty at first. May be replaced from any thread: a link gives its port back to the
    /// object that it took it from.</summary>
    internal SlotPorts Ports
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    } = new([]);

    /// <summary>Now, as a time stamp of the loop's clock. Safe from any thread.</summary>
    public long Now => Time.GetTimestamp();

    /// <summary>How often its queues were full so far; null for a loop without such queues. Safe from any thread.</summary>
    public virtual QueueCounts? Queues => null;

    /// <summary>False once it has failed or was given up: later runs need another loop. Safe from any thread.</summary>
    public virtual bool IsUsable => !_isGivenUp;

    /// <summary>Pieces of work that have run so far: a loop that has work and does not count is blocked. Safe from any thread.</summary>
    public virtual long WorkDone => Work.Done;

    /// <summary>Raised by <see cref="GiveUp"/>, on its thread, and perhaps more than once.</summary>
    internal event Action? GivenUp;

    /// <summary>Work blocks it: later runs must not use it. Safe from any thread.</summary>
    public void GiveUp()
    {
        _isGivenUp = true;
        GivenUp?.Invoke();
    }

    /// <summary>Runs work on the loop, after what is queued already. Safe from any thread.</summary>
    public virtual void Execute(IRunnable work)
    {
        if (IsCurrent)
        {
            Work.Enqueue(work);
        }
        else
        {
            Work.EnqueueForeign(work);
            WakeUp();
        }
    }

    /// <summary>
    /// Runs work in the loop's next turn, before all that waits: after the completions that are ready by then have been stamped, and before
    /// what they cause. Code with much to do cuts it into turns. On the loop only.
    /// </summary>
    public virtual void ExecuteNextTurn(IRunnable work) => Work.EnqueueNextTurn(work);

    /// <summary>Begins a connect whose completion is sent to <paramref name="owner"/>: Connected or LinkFailed.</summary>
    public abstract Link Open(IActorRef owner, in LinkRequest request);

    /// <summary>The queue for operations that may take <paramref name="timeout"/>; the same one for the same time.</summary>
    public DeadlineQueue Deadline(TimeSpan timeout)
    {
        if (!_deadlines.TryGetValue(timeout, out var queue))
        {
            _deadlines.Add(timeout, queue = new DeadlineQueue(this, timeout));
        }

        return queue;
    }

    /// <summary>Sends a message when the time stamp <paramref name="due"/> has come.</summary>
    public void Schedule(long due, IActorRef receiver, object message)
    {
        _scheduled.Enqueue((receiver, message), due);
        ArmFor(due);
    }

    /// <summary>Has <paramref name="alarm"/> ring when the time stamp <paramref name="due"/> has come, and not at any time set
    /// before.</summary>
    internal void Schedule(long due, Alarm alarm)
    {
        alarm.Due = due;
        _scheduled.Enqueue((ActorRefs.Nobody, alarm), due);
        ArmFor(due);
    }

    /// <summary>A span of time in ticks of the loop's clock.</summary>
    public long ToTicks(TimeSpan span) => (long)(span.TotalSeconds * Time.TimestampFrequency);

    /// <summary>Microseconds between two time stamps.</summary>
    public long MicrosBetween(long from, long to) => (long)((to - from) * (1_000_000.0 / Time.TimestampFrequency));

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The piece of work that runs does cryptography: the loop looks for completions soon after it.</summary>
    internal void DoesCryptography() => _pieces = PiecesOfCryptography;

    /// <summary>A piece of work has run: as many pieces as it counts for.</summary>
    private protected int CountPieces()
    {
        var pieces = _pieces;
        _pieces = 1;
        return pieces;
    }

    /// <summary>Makes sure that <see cref="SweepTimers"/> runs at <paramref name="due"/> or soon after.</summary>
    internal void ArmFor(long due)
    {
        if (due < _armedFor)
        {
            _armedFor = due;
            SetAlarm(due);
        }
    }

    /// <summary>Tells the loop, if it sleeps, that another thread has brought work. Called on that thread.</summary>
    protected virtual void WakeUp()
    {
    }

    /// <summary>Reports a failure that ends no operation.</summary>
    internal void ReportFailure(Exception cause) => _reportFailure?.Invoke(cause);

    /// <summary>Has the loop call <see cref="SweepTimers"/> once, at <paramref name="due"/>; replaces an alarm set before.</summary>
    protected abstract void SetAlarm(long due);

    /// <summary>Ends operations whose deadline has passed and delivers messages that are due; sets the next alarm.</summary>
    protected void SweepTimers()
    {
        var now = Now;
        _armedFor = long.MaxValue;
        while (_scheduled.TryPeek(out var entry, out var due) && due <= now)
        {
            _scheduled.Dequeue();
            if (entry.Message is Alarm alarm)
            {
                alarm.Ring(due);
            }
            else
            {
                entry.Receiver.Tell(entry.Message, ActorRefs.NoSender);
            }
        }

        var next = _scheduled.TryPeek(out _, out var first) ? first : long.MaxValue;
        foreach (var queue in _deadlines.Values)
        {
            queue.Sweep(now);
            next = Math.Min(next, queue.NextDue);
        }

        if (next != long.MaxValue)
        {
            ArmFor(next);
        }
    }

    /// <summary>Frees sockets, timers and memory of the loop.</summary>
    protected abstract void Dispose(bool disposing);
}
