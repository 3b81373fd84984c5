using System.Collections.Immutable;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Runs;

/// <summary>Carries out one run: tells the lanes what to open and when, samples them, and sums up when all has ended.</summary>
/// <remarks><code>
/// started -> ObserversReady, or nobody watches -> for each phase, for each burst: OpenBurst to every lane, a little ahead of its due time
///   BurstShareEnded from every lane -> next burst (after-burst), next phase, or finishing
///   EndpointGivenUp -> noted: the run goes on with the others
///   StopRun | BreakerTripped | escalation | never reached | blocked loop | deadline -> aborting: lanes cancel what is open -> finishing
/// finishing: last tallies -> MetricsActor.Completed -> RunObserved -> RunEnded to the parent
/// </code></remarks>
public sealed partial class LoadSupervisor : UntypedActor, IWithTimers
{
    // Akka's timers tick every 10 ms: tell the lanes early, and let their loops hit the due time.
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(100);

    private readonly RunOrder _order;
    private readonly IRunParts _parts;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<string> _reasons = [];
    private readonly Dictionary<string, string> _givenUp = [];
    private ImmutableArray<IActorRef> _lanes = [];
    private IActorRef _metrics = ActorRefs.Nobody;
    private IActorRef _observers = ActorRefs.Nobody;
    private TimeSpan _startedAt;
    private RunCourse _course = null!; // made when the lanes are
    private readonly BusyMeter _busy;
    private int _sample;
    /// <summary>Made by <see cref="Props"/>.</summary>
    public LoadSupervisor(RunOrder order, IRunParts parts) => (_order, _parts, _busy) = (order, parts, new BusyMeter(() => OwnReading.Now(parts.LoopMeter)));

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Elapsed => Context.System.Scheduler.MonotonicClock - _startedAt;

    /// <summary>A supervisor for one run.</summary>
    public static Props Props(RunOrder order, IRunParts parts)
    {
        var props = Akka.Actor.Props.Create<LoadSupervisor>(order, parts);
        return parts.SupervisorDispatcher is { } dispatcher ? props.WithDispatcher(dispatcher) : props;
    }

    /// <inheritdoc />
    protected override void PreStart()
    {
        var self = Self;
        _watch = _parts.WatchLoops(blocked => self.Tell(blocked, ActorRefs.NoSender));
        _observers = _parts.CreateObservers(Context, _order);
        if (_observers.IsNobody())
        {
            (_observed, _isAskedForLedgers) = (ObserverProtocol.RunObserved.Nothing, true);
            Begin();
        }
        else
        {
            Context.Watch(_observers);
        }
    }

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ObserverProtocol.ObserversReady: HandleObserversReady(); break;
            case BurstDueSoon due: HandleDueSoon(due); break;
            case LaneProtocol.BurstShareEnded share: HandleShareEnded(share); break;
            case SampleDue: HandleSampleDue(); break;
            case LaneProtocol.EndpointGivenUp givenUp: _givenUp[givenUp.Endpoint] = givenUp.Reason; break;
            case LaneProtocol.BreakerTripped tripped: Abort(Verdict.Aborted, tripped.Reason); break;
            case StopRun stop: Abort(Verdict.Interrupted, stop.Reason); break;
            case DeadlineOver: HandleDeadlineOver(); break;
            case BlockedLoop blocked: HandleBlockedLoop(blocked); break;
            case LaneEscalated escalated: Abort(Verdict.Aborted, escalated.Reason); break;
            case LastWaitOver: HandleLastWaitOver(); break;
            case MetricsProtocol.Completed completed: HandleCompleted(completed); break;
            case ObserverProtocol.RunObserved observed: HandleObserved(observed); break;
            case Terminated: HandleObserversGone(); break;
            default: Unhandled(message); break;
        }
    }

    private void HandleObserversReady()
    {
        if (!HasBegun)
        {
            Begin();
        }
    }

    /// <inheritdoc />
    protected override void PostStop() => _watch?.Dispose();

    private bool HasBegun => _course is not null;

    private void Begin()
    {
        Prepare();
        PlanNextBurst();
    }

    /// <summary>The run's clock starts.</summary>
    private void Prepare()
    {
        _metrics = _parts.CreateMetrics(Context, _order);
        _metrics.Tell(new MetricsProtocol.Subscribe(_order.Listener));
        _observers.Tell(ObserverProtocol.StormBegins.Instance);
        _parts.Meter.Start();
        _parts.LoopMeter.Start();
        _startedAt = Context.System.Scheduler.MonotonicClock;
        _lanes = _parts.CreateLanes(Context, _order, _metrics);
        _course = new RunCourse(RunPlan.Create(_order.Settings.Load), _lanes.Length, _order.Settings.Deadline, _order.Settings.Connection.Hold);
        if (_order.Settings.Deadline > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(DeadlineOver.Instance, DeadlineOver.Instance, _order.Settings.Deadline);
        }

        var interval = _order.Settings.Metrics.Interval;
        Timers.StartPeriodicTimer(SampleDue.Instance, SampleDue.Instance, interval, interval);
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

    private void PlanNextBurst()
    {
        if (_isAborting)
        {
            return;
        }

        // A share that ends may find the next burst due before its alarm was heard.
        Timers.Cancel(nameof(BurstDueSoon));
        while (_course.NextDue() is { } due)
        {
            var wait = due - Elapsed - Lead;
            if (wait > TimeSpan.Zero)
            {
                Timers.StartSingleTimer(nameof(BurstDueSoon), new BurstDueSoon(due), wait);
                return;
            }

            TellBurst(due);
        }

        if (_course.IsOver)
        {
            Finish();
        }
    }

    private void HandleDueSoon(BurstDueSoon due)
    {
        if (!_isAborting)
        {
            TellBurst(due.DueAt);
            PlanNextBurst();
        }
    }

    private void TellBurst(TimeSpan due)
    {
        var (connections, turn) = (_course.Phase.Connections, _course.Turn);
        _busy.Begin(due, Elapsed);
        var burst = _course.Begin(due);
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
        if (!_course.End(share))
        {
            return;
        }

        if (_course.Open == 0)
        {
            _busy.End(Elapsed);
        }

        if (!_isAborting && _course is { NeverReached: true, HasUntriedEndpoint: false } && _order.Settings.Supervision.Breaker.Enabled)
        {
            Abort(Verdict.Aborted, NeverReached(_course.Opened));
        }

        if (_isAborting)
        {
            FinishIfQuiet();
        }
        else
        {
            PlanNextBurst();
        }
    }

    private string NeverReached(long opened) =>
        $"the target was never reached: of {opened} {(opened == 1 ? "connection" : "connections")} to {string.Join(", ", _order.Target.EndpointNames.Select(name => name.Address))} not one was established";

    private void HandleSampleDue()
    {
        if (_isFinishing)
        {
            return;
        }

        _metrics.Tell(new MetricsProtocol.BeginSample(_sample, _course.Progress(Elapsed)));
        TellLanes(new LaneProtocol.ReportTally(_sample++));
    }

    private void TellLanes(object message)
    {
        foreach (var lane in _lanes)
        {
            lane.Tell(message);
        }
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
}
