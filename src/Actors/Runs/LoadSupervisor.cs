using System.Collections.Immutable;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Runs;

/// <summary>Carries out one run: tells the lanes what to open and when, samples them, and sums up when all has ended.</summary>
/// <remarks><code>
/// Waiting --the observers are ready or gone--> Storming: OpenBurst to every lane, a little ahead of its due time
/// Storming --the last burst has ended--> Finishing: the lanes send their last tallies
/// Waiting, Storming --StopRun, BreakerTripped, escalation, never reached, blocked loop, deadline--> Aborting: lanes cancel what is open
/// Aborting --all shares have ended, or its time is up--> Finishing --MetricsActor.Completed--> Concluding --RunObserved--> RunEnded to the parent
/// </code></remarks>
public sealed class LoadSupervisor : UntypedActor, IWithTimers
{
    // Akka's timers tick every 10 ms: tell the lanes early, and let their loops hit the due time.
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(100);

    // An abort that has not come to an end by then is summed up as it stands, and again by then without the tallies that did not come:
    // both must fit into the 5 s that a daemon has for its end.
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private readonly IRunResources _resources;
    private readonly BusyMeter _busy;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly RunVerdict _verdict = new();
    private readonly Dictionary<string, string> _givenUp = [];
    private readonly HashSet<int> _blockedLanes = [];
    private RunOrder _order;
    private IDisposable? _watch;
    private ImmutableArray<IActorRef> _lanes = [];
    private IActorRef _metrics = ActorRefs.Nobody;
    private IActorRef _observers = ActorRefs.Nobody;
    private PlanCursor? _course; // made when the lanes are
    private int _sample;
    private bool _isAtDeadline;
    private LoopFacts _loops = LoopFacts.None;
    private ObserverProtocol.RunObserved? _observed;
    private MetricsProtocol.Completed? _completed;
    private TimeSpan _endedAt;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public LoadSupervisor(RunOrder order, IRunResources resources) => (_order, _resources, _busy) = (order, resources, new BusyMeter(() => OwnReading.Now(resources.LoopMeter)));

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Elapsed => _order.Clock.Elapsed;

    private PlanCursor Course => _course!;

    /// <summary>A supervisor for one run.</summary>
    public static Props Props(RunOrder order, IRunResources resources)
    {
        var props = Akka.Actor.Props.Create<LoadSupervisor>(order, resources);
        return resources.SupervisorDispatcher is { } dispatcher ? props.WithDispatcher(dispatcher) : props;
    }

    /// <inheritdoc />
    protected override void PreStart()
    {
        var self = Self;
        _watch = _resources.WatchLoops(blocked => self.Tell(blocked, ActorRefs.NoSender));
        _observers = _resources.CreateObservers(Context, _order);
        if (_observers.IsNobody())
        {
            _observed = ObserverProtocol.RunObserved.Nothing;
            Begin();
        }
        else
        {
            Context.Watch(_observers);
        }
    }

    /// <inheritdoc />
    protected override void PostStop() => _watch?.Dispose();

    /// <inheritdoc />
    protected override void OnReceive(object message) => Waiting(message);

    private void Waiting(object message)
    {
        switch (message)
        {
            case ObserverProtocol.ObserversReady: Begin(); break;
            case Terminated: HandleObserversGone(); Begin(); break;
            case var trouble when IsTrouble(trouble): AbortFor(trouble); break;
            default: HandleAnyTime(message); break;
        }
    }

    private void Storming(object message)
    {
        switch (message)
        {
            case BurstDueSoon due: TellBurst(due.DueAt); PlanNextBurst(); break;
            case LaneProtocol.BurstShareEnded share: HandleShareEnded(share); break;
            case SampleDue: TakeSample(); break;
            case DeadlineOver: HandleDeadlineOver(); break;
            case var trouble when IsTrouble(trouble): AbortFor(trouble); break;
            default: HandleAnyTime(message); break;
        }
    }

    private void Aborting(object message)
    {
        switch (message)
        {
            case LaneProtocol.BurstShareEnded share: EndShare(share); FinishIfQuiet(); break;
            case SampleDue: TakeSample(); break;
            case LastWaitOver: CutOff(); break;
            case var trouble when IsTrouble(trouble): Note(trouble); FinishIfQuiet(); break;
            default: HandleAnyTime(message); break;
        }
    }

    private void Finishing(object message)
    {
        switch (message)
        {
            case MetricsProtocol.Completed completed: HandleCompleted(completed); break;
            case LaneProtocol.BurstShareEnded share: EndShare(share); break; // of a run that was cut off
            case LastWaitOver: CompleteWithoutTheRest(); break;
            case BlockedLoop blocked: NoteBlockedLoop(blocked); CompleteIfAllAreBlocked(); break;
            case var trouble when IsTrouble(trouble): Note(trouble); break;
            default: HandleAnyTime(message); break;
        }
    }

    private void Concluding(object message)
    {
        switch (message)
        {
            case LaneProtocol.BurstShareEnded share: EndShare(share); break;
            case MetricsProtocol.Completed: break; // it has been asked twice
            case var trouble when IsTrouble(trouble): Note(trouble); _observers.Tell(ObserverProtocol.ConcludeNow.Instance); break; // whatever it waits for
            default: HandleAnyTime(message); EndIfObserved(); break;
        }
    }

    // In every state.
    private void HandleAnyTime(object message)
    {
        switch (message)
        {
            case LaneProtocol.EndpointGivenUp givenUp: _givenUp[givenUp.Endpoint] = givenUp.Reason; break;
            case ObserverProtocol.RunObserved observed: _observed = observed; break;
            case Terminated: HandleObserversGone(); break;
            case ObserverProtocol.ObserversReady or BurstDueSoon or SampleDue or DeadlineOver or LastWaitOver: break; // too late
            default: Unhandled(message); break;
        }
    }

    private static bool IsTrouble(object message) => message is LaneProtocol.BreakerTripped or StopRun or LaneEscalated or BlockedLoop;

    private void Note(object trouble)
    {
        switch (trouble)
        {
            case LaneProtocol.BreakerTripped tripped: _verdict.Note(Verdict.Aborted, tripped.Reason); break;
            case StopRun stop: _verdict.Note(Verdict.Interrupted, stop.Reason); break;
            case LaneEscalated escalated: _verdict.Note(Verdict.Aborted, escalated.Reason); break;
            case BlockedLoop blocked: NoteBlockedLoop(blocked); break;
        }
    }

    // Its lane says nothing more: what it had reported counts, and nothing waits for the rest.
    private void NoteBlockedLoop(BlockedLoop blocked)
    {
        var reason = FormattableString.Invariant(
            $"loop {blocked.Name} (lane {blocked.Index}) did not answer for {blocked.Silence.TotalSeconds:0.#} s: something blocks it. What its lane had not reported by then is missing");
        _log.Error("{0}", reason);
        _verdict.Note(Verdict.Aborted, reason);
        _blockedLanes.Add(blocked.Index);
        _course?.GiveUp(blocked.Index);
    }

    private void Begin()
    {
        Become(Storming);
        Prepare();
        PlanNextBurst();
    }

    /// <summary>The run's clock starts.</summary>
    private void Prepare()
    {
        _resources.Meter.Start();
        _resources.LoopMeter.Start();
        _order = _order with { Clock = _order.Clock.FromNow() };
        _metrics = _resources.CreateMetrics(Context, _order);
        _metrics.Tell(new MetricsProtocol.Subscribe(_order.Listener));
        _observers.Tell(ObserverProtocol.StormBegins.Instance);
        _lanes = _resources.CreateLanes(Context, _order, _metrics);
        _course = new PlanCursor(RunPlan.Create(_order.Settings.Load), _lanes.Length, _order.Settings.Deadline, _order.Settings.Connection.Hold);
        if (_order.Settings.Deadline > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(DeadlineOver.Instance, DeadlineOver.Instance, _order.Settings.Deadline);
        }

        var interval = _order.Settings.Metrics.Interval;
        Timers.StartPeriodicTimer(SampleDue.Instance, SampleDue.Instance, interval, interval);
    }

    private void PlanNextBurst()
    {
        // A share that ends may find the next burst due before its alarm was heard.
        Timers.Cancel(nameof(BurstDueSoon));
        while (Course.NextDue() is { } due)
        {
            var wait = due - Elapsed - Lead;
            if (wait > TimeSpan.Zero)
            {
                Timers.StartSingleTimer(nameof(BurstDueSoon), new BurstDueSoon(due), wait);
                return;
            }

            TellBurst(due);
        }

        if (Course.IsOver)
        {
            if (Course.NeverReached)
            {
                _verdict.Note(Verdict.Aborted, NeverReached(Course.Opened)); // the breaker is off: the run went to its end, and reached no server
            }

            Finish();
        }
    }

    private void TellBurst(TimeSpan due)
    {
        var (connections, turn) = (Course.Phase.Connections, Course.Turn);
        _busy.Begin(due, Elapsed);
        var burst = Course.Begin(due);
        var first = 0;
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            var share = (connections / _lanes.Length) + (lane < connections % _lanes.Length ? 1 : 0);
            _lanes[lane].Tell(new LaneProtocol.OpenBurst(burst, first, share, due) { Turn = turn });
            first += share;
        }
    }

    private void HandleShareEnded(LaneProtocol.BurstShareEnded share)
    {
        if (!EndShare(share))
        {
            return;
        }

        if (Course is { NeverReached: true, HasUntriedEndpoint: false } && _order.Settings.Supervision.Breaker.Enabled)
        {
            _verdict.Note(Verdict.Aborted, NeverReached(Course.Opened));
            Abort();
        }
        else
        {
            PlanNextBurst();
        }
    }

    // True if it was the last share of its burst.
    private bool EndShare(LaneProtocol.BurstShareEnded share)
    {
        var isBurstOver = Course.End(share);
        if (isBurstOver && Course.Open == 0)
        {
            _busy.End(Elapsed);
        }

        return isBurstOver;
    }

    private string NeverReached(long opened) =>
        $"the target was never reached: of {opened} {(opened == 1 ? "connection" : "connections")} to {string.Join(", ", _order.Target.EndpointNames.Select(name => name.Address))} not one was established";

    private void TakeSample()
    {
        _metrics.Tell(new MetricsProtocol.BeginSample(_sample, Course.Progress(Elapsed)));
        TellLanes(new LaneProtocol.ReportTally(_sample++));
    }

    // The run has lasted as long as it was to: what it measured is as good as that of a run whose load has ended.
    private void HandleDeadlineOver()
    {
        _isAtDeadline = true;
        _verdict.Note(Verdict.Valid, FormattableString.Invariant(
            $"run.deadline: the load was ended after {_order.Settings.Deadline.TotalSeconds:0.###} s; what was open then is counted as cancelled"));
        Abort();
    }

    private void AbortFor(object trouble)
    {
        if (_course is null)
        {
            Prepare(); // nothing was opened, and that is a result too
        }

        Note(trouble);
        Abort();
    }

    private void Abort()
    {
        Become(Aborting);
        _resources.Hurry();
        Timers.Cancel(nameof(BurstDueSoon));
        Timers.StartSingleTimer(LastWaitOver.Instance, LastWaitOver.Instance, LastWait);
        TellLanes(LaneProtocol.Abort.Instance);
        FinishIfQuiet();
    }

    private void FinishIfQuiet()
    {
        if (Course.Open == 0)
        {
            Finish();
        }
    }

    private void CutOff()
    {
        _verdict.Note(Verdict.Valid, $"{Course.Open} {(Course.Open == 1 ? "burst" : "bursts")} had not ended {LastWait.TotalSeconds} s after the run was stopped: what they had open counts as cancelled");
        Finish(isCutOff: true);
    }

    private void Finish(bool isCutOff = false)
    {
        Become(Finishing);
        Timers.Cancel(SampleDue.Instance);
        Timers.StartSingleTimer(LastWaitOver.Instance, LastWaitOver.Instance, LastWait);
        _resources.Meter.Stop();
        _busy.End(Elapsed);
        _loops = LoopFacts.Read(_resources.LoopMeter);
        _metrics.Tell(new MetricsProtocol.Complete(_sample, Course.Progress(Elapsed), isCutOff));
        TellLanes(new LaneProtocol.ReportTally(_sample));
        CompleteIfAllAreBlocked();
    }

    private void CompleteIfAllAreBlocked()
    {
        if (_blockedLanes.Count == _lanes.Length)
        {
            _metrics.Tell(MetricsProtocol.CompleteNow.Instance);
        }
    }

    private void CompleteWithoutTheRest()
    {
        _verdict.Note(
            Verdict.GeneratorLimited,
            $"not every lane gave its last counts within {LastWait.TotalSeconds} s: the totals are those of its last interval, and what it had open counts as cancelled");
        _metrics.Tell(MetricsProtocol.CompleteNow.Instance);
        _resources.GiveUp(); // something may block the loop of that lane
    }

    private void HandleCompleted(MetricsProtocol.Completed completed)
    {
        Become(Concluding);
        Timers.CancelAll();
        (_completed, _endedAt) = (completed, Elapsed);
        if (_isAtDeadline && completed.Sockets.Established == 0 && HasFailedToReach(completed.Totals))
        {
            _verdict.Note(Verdict.Aborted, NeverReached(completed.Totals.Connections.Opened));
        }

        _observers.Tell(_verdict.Worst == Verdict.Interrupted ? ObserverProtocol.ConcludeNow.Instance : ObserverProtocol.StormEnded.Instance);
        EndIfObserved();
    }

    // As a lane has it: what failed on a limit of this machine says nothing of the target.
    private static bool HasFailedToReach(RunSnapshot totals) => totals.AttemptFailures.Any(failed =>
        failed.Value > 0 && failed.Key != Outcome.LocalExhausted.Name() && failed.Key != Outcome.Crashed.Name());

    private void HandleObserversGone() =>
        _observed ??= ObserverProtocol.RunObserved.Nothing with { Unseen = ["the observers failed: what they saw is lost"] };

    private void EndIfObserved()
    {
        if (_observed is not { } observed)
        {
            return;
        }

        var own = new OwnUse(_busy, _loops.Pauses, _loops.RetiredPorts);
        var evidence = RunEvidence.Of(_order, _completed!, observed, Course, own, _endedAt, _resources.Transport.Loops, _resources.Said);
        var transport = _resources.Transport with { FullQueues = _loops.Queues?.FullQueues, Overflows = _loops.Queues?.Overflows };
        var result = RunSummary.Sum(
            _order, transport, _verdict.Worst, _verdict.Reasons, _completed!, Course.Ended, Course.Omitted, _endedAt, evidence, _givenUp, _isAtDeadline);
        _watch?.Dispose(); // a blocked lane would keep this actor, and with it the watch, for as long as it is blocked
        Context.Parent.Tell(new RunEnded(_order.RunId, result, null));
        Context.Stop(Self);
    }

    private void TellLanes(object message)
    {
        foreach (var lane in _lanes)
        {
            lane.Tell(message);
        }
    }

    /// <summary>A child that fails keeps its books: it goes on, and the run is brought to an orderly end.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, HandleChildFailure, loggingEnabled: false);

    private Directive HandleChildFailure(Exception cause)
    {
        if (cause is not ConnectionFailedException)
        {
            _log.Error(cause, "{0} failed", Sender.Path.Name);
        }

        if (Sender.Equals(_observers))
        {
            return Directive.Stop; // the run goes on without them
        }

        Self.Tell(new LaneEscalated(cause is ConnectionFailedException escalated
            ? $"supervision.{escalated.Outcome.Name()}: a connection failed, and the directive for it is escalate"
            : $"a bug in ActorLoad: {Sender.Path.Name} failed with {cause.GetType().Name}: {cause.Message}"));

        // Akka makes a child anew that is to be resumed and was never made: that would fail for ever.
        return cause is ActorInitializationException ? Directive.Stop : Directive.Resume;
    }

    private sealed record BurstDueSoon(TimeSpan DueAt) : INoSerializationVerificationNeeded;

    private sealed record LaneEscalated(string Reason) : INoSerializationVerificationNeeded;

    private sealed class DeadlineOver : INoSerializationVerificationNeeded
    {
        public static DeadlineOver Instance { get; } = new();
    }

    private sealed class SampleDue : INoSerializationVerificationNeeded
    {
        public static SampleDue Instance { get; } = new();
    }

    private sealed class LastWaitOver : INoSerializationVerificationNeeded
    {
        public static LastWaitOver Instance { get; } = new();
    }
}
