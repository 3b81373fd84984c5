using Akka.Actor;
using Akka.Event;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Observers;

/// <summary>One observer to be started.</summary>
/// <param name="Name">What it is called in sentences, such as <c>kernel</c>.</param>
/// <param name="Props">How it is made.</param>
public sealed record ObserverPlan(string Name, Props Props);

/// <summary>Everybody who watches one run: says when the storm may begin, and what was seen. Whatever becomes of an observer, the run goes on.</summary>
/// <remarks><code>
/// started -> every observer is ready, has died, or its time is up -> ObserversReady to the parent
///   StormBegins -> StormEnded | ConcludeNow (soon) -> last closes -> every observer has answered, has died, or its time is up -> RunObserved, stopped
/// </code></remarks>
public sealed class RunObservers : UntypedActor, IWithTimers
{
    // The loops may still be at their last closes, and the kernel has not counted those.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);

    // A run that was stopped has five seconds for all that its end takes: time for a last reading, and not for a server that has none.
    private static readonly TimeSpan Hurry = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan LastWait = TimeSpan.FromMilliseconds(300);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IReadOnlyList<ObserverPlan> _plans;
    private readonly TimeSpan _longestStart;
    private readonly TimeSpan _longestEnd;
    private readonly Dictionary<IActorRef, string> _working = [];
    private readonly HashSet<IActorRef> _unready = [];
    private readonly SortedDictionary<int, ServerLedger> _servers = [];
    private readonly Dictionary<IActorRef, string> _failures = [];
    private readonly List<string> _unseen = [];
    private KernelLedger? _kernel;
    private BystanderLedger? _bystander;
    private IReadOnlyDictionary<string, int> _reconnects = new Dictionary<string, int>();
    private int _own;
    private TimeSpan _timeToEnd;
    private bool _isReady;
    private bool _isEnding;
    private bool _isAsked;
    private bool _isConcluding;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public RunObservers(IReadOnlyList<ObserverPlan> plans, TimeSpan longestStart, TimeSpan longestEnd) =>
        (_plans, _longestStart, _longestEnd) = (plans, longestStart, longestEnd);

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Observers of one run. <paramref name="longestStart"/> after the start it is ready, whoever is not; <paramref name="longestEnd"/> after
    /// the storm it asks for what there is.</summary>
    public static Props Props(IReadOnlyList<ObserverPlan> plans, TimeSpan longestStart, TimeSpan longestEnd) =>
        Akka.Actor.Props.Create<RunObservers>(plans, longestStart, longestEnd);

    /// <inheritdoc />
    protected override void PreStart()
    {
        foreach (var plan in _plans)
        {
            var observer = Context.Watch(Context.ActorOf(plan.Props));
            _working.Add(observer, plan.Name);
            _unready.Add(observer);
        }

        Timers.StartSingleTimer(StartOverdue.Instance, StartOverdue.Instance, _longestStart);
        BeReadyIfAllAre();
    }

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ObserverReady: HandleReady(Sender); break;
            case StartOverdue: HandleStartOverdue(); break;
            case StormBegins: TellAll(message); break;
            case StormEnded: End(_longestEnd); break;
            case ConcludeNow when _isAsked: Conclude(); break;
            case ConcludeNow: End(Hurry); break;
            case ClosesSettled: AskForLedgers(); break;
            case EndOverdue: HandleEndOverdue(); break;
            case KernelObserved kernel: (_kernel, var unseen) = (kernel.Ledger, kernel.Unseen); HandleAnswer(unseen, 0); break;
            case ServerObserved server: HandleServer(server); break;
            case BystanderObserved bystander: HandleBystander(bystander); break;
            case Terminated terminated: HandleTerminated(terminated.ActorRef); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>An observer that fails is a bug, and costs what it would have seen.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, HandleFailure, loggingEnabled: false);

    private Directive HandleFailure(Exception cause)
    {
        _log.Error(cause, "the {0} observer failed", _working.GetValueOrDefault(Sender, "?"));
        _failures[Sender] = $" ({cause.GetType().Name}: {(cause.InnerException ?? cause).Message})";
        return Directive.Stop;
    }

    private void HandleReady(IActorRef observer)
    {
        _unready.Remove(observer);
        BeReadyIfAllAre();
    }

    private void HandleStartOverdue()
    {
        foreach (var observer in _unready)
        {
            _unseen.Add($"the {_working[observer]} observer was not ready {_longestStart.TotalSeconds:0.#} s after its start: the storm began without waiting for it");
        }

        _unready.Clear();
        BeReadyIfAllAre();
    }

    private void BeReadyIfAllAre()
    {
        if (_unready.Count == 0 && !_isReady)
        {
            _isReady = true;
            Timers.Cancel(StartOverdue.Instance);
            Context.Parent.Tell(ObserversReady.Instance);
        }
    }

    private void End(TimeSpan limit)
    {
        _timeToEnd = limit;
        if (!_isEnding)
        {
            _isEnding = true;
            Timers.StartSingleTimer(ClosesSettled.Instance, ClosesSettled.Instance, Settling);
        }
    }

    private void AskForLedgers()
    {
        _isAsked = true;
        TellAll(StormEnded.Instance);
        Timers.StartSingleTimer(EndOverdue.Instance, EndOverdue.Instance, _timeToEnd);
        EndIfAllAnswered();
    }

    private void Conclude()
    {
        _isConcluding = true;
        TellAll(ConcludeNow.Instance);
        Timers.StartSingleTimer(EndOverdue.Instance, EndOverdue.Instance, LastWait);
        EndIfAllAnswered();
    }

    private void HandleEndOverdue()
    {
        if (!_isConcluding)
        {
            Conclude();
            return;
        }

        _unseen.AddRange(_working.Values.Select(name => $"the {name} observer did not answer in time: what it saw is lost"));
        _working.Clear();
        EndIfAllAnswered();
    }

    private void HandleServer(ServerObserved server)
    {
        if (server.Ledger is { } ledger)
        {
            _servers[server.Index] = ledger;
        }

        HandleAnswer(server.Unseen, server.OwnConnections);
    }

    private void HandleBystander(BystanderObserved bystander)
    {
        (_bystander, _reconnects) = (bystander.Ledger, bystander.Reconnects);
        HandleAnswer(bystander.Unseen, bystander.OwnConnections);
    }

    private void HandleAnswer(IReadOnlyList<string> unseen, int own)
    {
        _unseen.AddRange(unseen);
        _own += own;
        _working.Remove(Sender);
        _unready.Remove(Sender);
        BeReadyIfAllAre();
        EndIfAllAnswered();
    }

    private void HandleTerminated(IActorRef observer)
    {
        if (_working.Remove(observer, out var name))
        {
            _unseen.Add($"the {name} observer ended before its time{_failures.GetValueOrDefault(observer, "")}: what it saw is lost");
        }

        HandleReady(observer);
        EndIfAllAnswered();
    }

    // Who died early is not waited for, but the answer is not given before it is asked for.
    private void EndIfAllAnswered()
    {
        if (_working.Count == 0 && _isAsked)
        {
            Timers.CancelAll();
            var servers = _servers.Values.Select(server => server.WithoutConnections(_reconnects.GetValueOrDefault(server.Endpoint)));
            Context.Parent.Tell(new RunObserved([.. servers], _kernel, _bystander, _own, [.. _unseen]));
            Context.Stop(Self);
        }
    }

    private void TellAll(object message)
    {
        foreach (var observer in _working.Keys)
        {
            observer.Tell(message);
        }
    }

    private sealed class StartOverdue : INoSerializationVerificationNeeded
    {
        public static StartOverdue Instance { get; } = new();
    }

    private sealed class ClosesSettled : INoSerializationVerificationNeeded
    {
        public static ClosesSettled Instance { get; } = new();
    }

    private sealed class EndOverdue : INoSerializationVerificationNeeded
    {
        public static EndOverdue Instance { get; } = new();
    }
}
