using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Runs;

/// <summary>Carries out one run: sends each burst and paced phase to the lanes, samples them, and sums up at the end.</summary>
/// <remarks><code>
/// Waiting --the observers are ready or gone--> Storming: OpenBurst or PacePhase to every lane, a little ahead of its due time
/// Storming --the last burst or paced phase has ended--> Finishing: the lanes send their last tallies
/// Waiting, Storming --StopRun, BreakerTripped, escalation, never reached, blocked loop, deadline, threshold--> Aborting: lanes cancel all
/// Aborting, Finishing and what follows: see RunEnding
/// </code></remarks>
public sealed class LoadSupervisor : UntypedActor, IWithTimers
{
    // Akka's timers tick every 10 ms: tell the lanes early, and let their loops hit the due time.
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(100);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CurrentRun _run;
    private RunEnding _ending = null!; // its timers come after the constructor

    /// <summary>Made by <see cref="Props"/>.</summary>
    public LoadSupervisor(RunOrder order, IRunResources resources) => _run = new CurrentRun(order, resources, _log);

    /// <summary>A timer's message. It means nothing if it comes too late.</summary>
    internal interface ITick : INoSerializationVerificationNeeded;

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A supervisor for one run.</summary>
    public static Props Props(RunOrder order, IRunResources resources)
    {
        var props = Akka.Actor.Props.Create<LoadSupervisor>(order, resources);
        return resources.SupervisorDispatcher is { } dispatcher ? props.WithDispatcher(dispatcher) : props;
    }

    /// <inheritdoc />
    protected override void PreStart()
    {
        _ending = new RunEnding(_run, Context, Timers, Unhandled);
        _run.Watch(Context, Self);
        if (_run.Observers.IsNobody())
        {
            _ending.Observe(ObserverProtocol.RunObserved.Nothing);
            Begin();
        }
        else
        {
            Context.Watch(_run.Observers);
        }
    }

    /// <inheritdoc />
    protected override void PostStop() => _run.EndWatch();

    /// <inheritdoc />
    protected override void OnReceive(object message) => Waiting(message);

    private void Waiting(object message)
    {
        switch (message)
        {
            case ObserverProtocol.ObserversReady: Begin(); break;
            case Terminated: _ending.LoseObservers(); Begin(); break;
            case var _ when RunTrouble.Of(message) is { } trouble: AbortFor(trouble); break;
            default: _ending.HandleAnyTime(message); break;
        }
    }

    private void Storming(object message)
    {
        switch (message)
        {
            case DueSoon due: _run.Open(due.Fleet, due.DueAt); PlanNext(); break;
            case LaneProtocol.BurstShareEnded share: HandleShareEnded(share); break;
            case SampleDue: _run.TakeSample(); break;
            case DeadlineOver: _ending.AbortAtDeadline(); break;
            case RunSnapshot snapshot: _ending.AbortIfFailed(_run.Thresholds.Judge(snapshot)); break;
            case LaneProtocol.BreakerTripped { IsLoopLost: false } tripped when !_run.StopFleet(tripped): PlanNext(); break; // others go on
            case var _ when RunTrouble.Of(message) is { } trouble: AbortFor(trouble); break;
            default: _ending.HandleAnyTime(message); break;
        }
    }

    private void Begin()
    {
        Become(Storming);
        BeginRun();
        PlanNext();
    }

    private void BeginRun()
    {
        _run.Begin(Context);
        if (_run.Order.Settings.Deadline > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(DeadlineOver.Instance, DeadlineOver.Instance, _run.Order.Settings.Deadline);
        }

        var interval = _run.Order.Settings.Metrics.Interval;
        Timers.StartPeriodicTimer(SampleDue.Instance, SampleDue.Instance, interval, interval);
    }

    private void PlanNext()
    {
        // When a share ends, the next burst may be due before its timer's message is handled.
        Timers.Cancel(nameof(DueSoon));
        while (_run.Course.NextDue() is var (fleet, due))
        {
            var wait = due - _run.Elapsed - Lead;
            if (wait > TimeSpan.Zero)
            {
                Timers.StartSingleTimer(nameof(DueSoon), new DueSoon(fleet, due), wait);
                return;
            }

            _run.Open(fleet, due);
        }

        if (_run.Course.IsOver)
        {
            if (_run.Course.NeverReached)
            {
                _run.NoteNeverReached(_run.Course.Opened); // the breaker is off: the run went to its end, and reached no server
            }
            else
            {
                _run.NoteUnreachedFleets();
            }

            _ending.Finish();
        }
    }

    private void HandleShareEnded(LaneProtocol.BurstShareEnded share)
    {
        if (!_run.EndShare(share))
        {
            return;
        }

        if (_run.Course is { NeverReached: true, HasUntriedEndpoint: false } && _run.Order.Settings.Supervision.Breaker.Enabled)
        {
            _run.NoteNeverReached(_run.Course.Opened);
            _ending.Abort();
        }
        else
        {
            PlanNext();
        }
    }

    private void AbortFor(RunTrouble trouble)
    {
        if (!_run.HasBegun)
        {
            BeginRun(); // a run that opened nothing has a result too
        }

        _run.Note(trouble);
        _ending.Abort();
    }

    /// <summary>A failed child goes on and keeps its tallies, and the run ends in order.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, HandleChildFailure, loggingEnabled: false);

    private Directive HandleChildFailure(Exception cause)
    {
        if (cause is not ConnectionFailedException)
        {
            _log.Error(cause, "{0} failed", Sender.Path.Name);
        }

        if (Sender.Equals(_run.Observers))
        {
            return Directive.Stop; // the run goes on without them
        }

        Self.Tell(RunTrouble.Escalated(Sender, cause));

        // To resume a child that could not be made, Akka would make it again, and fail for ever.
        return cause is ActorInitializationException ? Directive.Stop : Directive.Resume;
    }

    /// <summary>Timer message: a sample is due.</summary>
    internal sealed class SampleDue : ITick
    {
        public static SampleDue Instance { get; } = new();
    }

    private sealed record DueSoon(FleetCourse Fleet, TimeSpan DueAt) : ITick;

    private sealed class DeadlineOver : ITick
    {
        public static DeadlineOver Instance { get; } = new();
    }
}
