using ActorLoad.Observers.Bystanders;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Observers;

/// <summary>One observer to be started.</summary>
/// <param name="Name">What it is called in sentences, such as <c>kernel</c>.</param>
/// <param name="Props">How it is made.</param>
public sealed record ObserverPlan(string Name, Props Props);

/// <summary>All observers of one run: says when the storm may begin, and what was seen. The run goes on even if an observer
/// fails.</summary>
/// <remarks><code>
/// Starting --all are ready or gone, or its time is up--> ObserversReady: Watching
/// Starting, Watching --StormEnded, ConcludeNow--> Settling --last closes are over--> Collecting
/// Collecting --ConcludeNow, or its time is up--> Concluding
/// Collecting, Concluding --all have answered or are gone, or the time is up--> RunObserved, stopped
/// </code></remarks>
public sealed class RunObservers : UntypedActor, IWithTimers
{
    // The loops may still be closing their last connections, which the kernel has not counted yet.
    private static readonly TimeSpan Closes = TimeSpan.FromMilliseconds(100);

    // A run that was stopped has five seconds to end. That is enough for a last reading, but not to wait for a server that does not answer.
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

    /// <summary>Made by <see cref="Props"/>.</summary>
    public RunObservers(IReadOnlyList<ObserverPlan> plans, TimeSpan longestStart, TimeSpan longestEnd) =>
        (_plans, _longestStart, _longestEnd) = (plans, longestStart, longestEnd);

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Observers of one run. <paramref name="longestStart"/> after the start it is ready without those who are not.
    /// <paramref name="longestEnd"/> after the storm it asks for the ledgers as they are.</summary>
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
        BeReadyIfAllAre(); // without observers it is at once
    }

    /// <inheritdoc />
    protected override void OnReceive(object message) => Starting(message);

    private void Starting(object message)
    {
        switch (message)
        {
            case ObserverReady: _unready.Remove(Sender); break;
            case StartOverdue: HandleStartOverdue(); break;
            case StormEnded or ConcludeNow: Watching(message); return; // the run is over before it began
            default: Watching(message); break;
        }

        BeReadyIfAllAre();
    }

    private void Watching(object message)
    {
        switch (message)
        {
            case StormBegins: TellAll(message); break;
            case StormEnded: Settle(_longestEnd); break;
            case ConcludeNow: Settle(Hurry); break;
            default: HandleAnswer(message); break;
        }
    }

    private void Settling(object message)
    {
        switch (message)
        {
            case StormEnded: _timeToEnd = _longestEnd; break;
            case ConcludeNow: _timeToEnd = Hurry; break;
            case ClosesSettled: AskForLedgers(); EndIfAllAnswered(); break;
            default: HandleAnswer(message); break;
        }
    }

    private void Collecting(object message)
    {
        switch (message)
        {
            case ConcludeNow or EndOverdue: Conclude(); break;
            default: HandleAnswer(message); break;
        }

        EndIfAllAnswered();
    }

    private void Concluding(object message)
    {
        switch (message)
        {
            case ConcludeNow: Conclude(); break;
            case EndOverdue: GiveUpTheRest(); break;
            default: HandleAnswer(message); break;
        }

        EndIfAllAnswered();
    }

    // In every state: an observer may answer, or end, at any time.
    private void HandleAnswer(object message)
    {
        switch (message)
        {
            case KernelObserved kernel: _kernel = kernel.Ledger; Take(kernel.Unseen, 0); break;
            case ServerObserved server: HandleServer(server); break;
            case BystanderObserved bystander: HandleBystander(bystander); break;
            case Terminated terminated: HandleTerminated(terminated.ActorRef); break;
            case ObserverReady: break; // too late
            default: Unhandled(message); break;
        }
    }

    /// <summary>An observer that fails is a bug. The run loses what it would have seen, and no more.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, HandleFailure, loggingEnabled: false);

    private Directive HandleFailure(Exception cause)
    {
        _log.Error(cause, "the {0} observer failed", _working.GetValueOrDefault(Sender, "?"));
        _failures[Sender] = $" ({cause.GetType().Name}: {(cause.InnerException ?? cause).Message})";
        return Directive.Stop;
    }

    private void HandleStartOverdue()
    {
        foreach (var observer in _unready)
        {
            _unseen.Add($"the {_working[observer]} observer was not ready {_longestStart.TotalSeconds:0.#} s after its start: "
                + "the storm began without waiting for it");
        }

        _unready.Clear();
    }

    private void BeReadyIfAllAre()
    {
        if (_unready.Count == 0)
        {
            Become(Watching);
            Timers.Cancel(StartOverdue.Instance);
            Context.Parent.Tell(ObserversReady.Instance);
        }
    }

    private void Settle(TimeSpan limit)
    {
        _timeToEnd = limit;
        Become(Settling);
        Timers.Cancel(StartOverdue.Instance);
        Timers.StartSingleTimer(ClosesSettled.Instance, ClosesSettled.Instance, Closes);
    }

    private void AskForLedgers()
    {
        Become(Collecting);
        TellAll(StormEnded.Instance);
        Timers.StartSingleTimer(EndOverdue.Instance, EndOverdue.Instance, _timeToEnd);
    }

    private void Conclude()
    {
        Become(Concluding);
        TellAll(ConcludeNow.Instance);
        Timers.StartSingleTimer(EndOverdue.Instance, EndOverdue.Instance, LastWait);
    }

    private void GiveUpTheRest()
    {
        _unseen.AddRange(_working.Values.Select(name => $"the {name} observer did not answer in time: what it saw is lost"));
        _working.Clear();
    }

    private void HandleServer(ServerObserved server)
    {
        if (server.Ledger is { } ledger)
        {
            _servers[server.Index] = ledger;
        }

        Take(server.Unseen, server.OwnConnections);
    }

    private void HandleBystander(BystanderObserved bystander)
    {
        (_bystander, _reconnects) = (bystander.Ledger, bystander.Reconnects);
        Take(bystander.Unseen, bystander.OwnConnections);
    }

    private void Take(IReadOnlyList<string> unseen, int own)
    {
        _unseen.AddRange(unseen);
        _own += own;
        _working.Remove(Sender);
        _unready.Remove(Sender);
    }

    private void HandleTerminated(IActorRef observer)
    {
        if (_working.Remove(observer, out var name))
        {
            _unseen.Add($"the {name} observer ended before its time{_failures.GetValueOrDefault(observer, "")}: what it saw is lost");
        }

        _unready.Remove(observer);
    }

    private void EndIfAllAnswered()
    {
        if (_working.Count == 0)
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
