using Akka.Actor;
using Akka.Event;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Observers.Kernel;

/// <summary>Reads what this machine's kernel counts before, during and after a run, and answers its parent with the ledger.</summary>
/// <remarks><code>
/// Idle      every 100 ms a reading --the baseline is long enough, or cannot be read--> ObserverReady: Ready
/// Ready     every 100 ms a reading
/// Watching  every interval a reading, every 50 ms a look at the accept queues, every 10 ms while one is in use
/// Idle, Ready --StormBegins--> Watching;  every state --StormEnded, ConcludeNow--> last reading, KernelObserved, stopped
/// </code></remarks>
public sealed class KernelObserver : UntypedActor, IWithTimers
{
    private static readonly TimeSpan _idleStep = TimeSpan.FromMilliseconds(100);

    // Waking up costs more than the look. So a queue that is in use is looked at often, and an empty one is not.
    private static readonly TimeSpan _emptyStep = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _busyStep = TimeSpan.FromMilliseconds(10);

    private sealed record ReadingDue
    {
        public static readonly ReadingDue Instance = new();
    }

    private sealed record ListenersDue
    {
        public static readonly ListenersDue Instance = new();
    }

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly UnseenNotes _failures = new();
    private readonly Func<KernelSources> _open;
    private readonly TimeSpan _baseline;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private KernelSources? _sources;
    private KernelLedgerBuilder? _book;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public KernelObserver(Func<KernelSources> open, TimeSpan baseline, TimeSpan interval, TimeProvider time) =>
        (_open, _baseline, _interval, _time) = (open, baseline, interval, time);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>An observer that is ready after <paramref name="baseline"/> and then reads every <paramref name="interval"/>. It opens its
    /// sources when it starts, and closes them.</summary>
    public static Props Props(Func<KernelSources> open, TimeSpan baseline, TimeSpan interval, TimeProvider time) =>
        Akka.Actor.Props.Create<KernelObserver>(open, baseline, interval, time);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Guard(() =>
        {
            _sources = _open();
            _book = new KernelLedgerBuilder(_time, _sources.Unseen, _sources.FleetNames);
        });
        HandleFirstReadings();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message) => Idle(message);

    private void Idle(object message)
    {
        switch (message)
        {
            case ReadingDue: HandleFirstReadings(); break;
            default: BeforeStorm(message); break;
        }
    }

    private void Ready(object message)
    {
        switch (message)
        {
            case ReadingDue: ReadIdle(); break;
            default: BeforeStorm(message); break;
        }
    }

    private void BeforeStorm(object message)
    {
        switch (message)
        {
            case StormBegins: HandleStormBegins(); break;
            case StormEnded or ConcludeNow: Conclude(); break;
            default: Unhandled(message); break;
        }
    }

    private void Watching(object message)
    {
        switch (message)
        {
            case ReadingDue: HandleReadingDue(); break;
            case ListenersDue: HandleListenersDue(); break;
            case StormEnded or ConcludeNow: Conclude(); break;
            default: Unhandled(message); break;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop() => _sources?.Dispose();

    private void HandleFirstReadings()
    {
        ReadIdle();
        if (_book is null || _failures.Sentences.Count > 0 || _book.Baseline >= _baseline)
        {
            Become(Ready);
            Context.Parent.Tell(new ObserverReady("kernel"));
        }
    }

    private void ReadIdle()
    {
        Guard(() => _book?.AddIdle(_sources!.Read()));
        ReadAgainAfter(_interval < _idleStep ? _interval : _idleStep);
    }

    private void HandleReadingDue()
    {
        Guard(() => _book?.Add(_sources!.Read()));
        ReadAgainAfter(_interval);
    }

    // One reading at a time: the next is due only after the last has been taken, however long that took. The book relies on it.
    private void ReadAgainAfter(TimeSpan step) => Timers.StartSingleTimer(ReadingDue.Instance, ReadingDue.Instance, step);

    private void HandleListenersDue()
    {
        SocketCounts? listeners = null;
        Guard(() =>
        {
            listeners = _sources?.ReadListeners();
            if (listeners is not null)
            {
                _book!.AddListeners(listeners);
            }
        });
        Timers.StartSingleTimer(ListenersDue.Instance, ListenersDue.Instance, listeners?.AcceptQueue > 0 ? _busyStep : _emptyStep);
    }

    private void HandleStormBegins()
    {
        Guard(() => _book?.Begin());
        Become(Watching);
        ReadAgainAfter(_interval);
        HandleListenersDue();
    }

    private void Conclude()
    {
        Guard(() =>
        {
            _book?.Begin(); // if the storm never began
            _book?.Add(_sources!.Read(countAnew: true));
        });
        KernelLedger? ledger = null;
        Guard(() => ledger = _book?.Ledger(_sources!.Settings));
        Context.Parent.Tell(new KernelObserved(ledger, [.. _sources?.Unseen.Sentences ?? [], .. _failures.Sentences]));
        Context.Stop(Self);
    }

    // No reader throws. If one does so because of a bug, the run goes on without its readings.
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception bug)
        {
            if (_failures.Sentences.Count == 0)
            {
                _log.Error(bug, "the kernel's counts could not be read");
                _failures.Add("bug", $"Some of what the kernel counts was not seen: {bug.Message}");
            }
        }
    }
}
