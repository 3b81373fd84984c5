using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using static ActorLoad.Connections.ConnectionProtocol;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Connections;

/// <summary>Opens one event loop's share of each burst and paced phase when it is due, and counts its connections.</summary>
/// <remarks><code>
/// OpenBurst -> waits until it is due -> opens cohort by cohort, so that starting and running take turns -> BurstShareEnded
/// PacePhase -> see LanePacer -> BurstShareEnded, when the phase is over
///   a cohort gives up an endpoint -> EndpointGivenUp; gives up the last endpoint, or the loop failed -> BreakerTripped
///   a cohort escalates -> so does the lane
///   Abort -> opens no more, cancels open connections
/// </code></remarks>
public sealed class Lane : UntypedActor
{
    private readonly LaneSettings _settings;
    private readonly TransportLoop _loop;
    private readonly LaneRecord _record;
    private readonly Props _cohort;
    private readonly Dictionary<int, OpenBurst> _waiting = [];
    private readonly LanePacer _pacer;
    private readonly IActorRef _self;
    private int _sample = -1;
    private bool _isIdleWatched;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public Lane(LaneSettings settings, LoopDispatcher dispatcher)
    {
        (_settings, _loop) = (settings, dispatcher.Loop);
        _self = Self; // a connection's turn calls WatchIdle, too
        _record = new LaneRecord(settings, _loop) { Kept = WatchIdle };
        var plan = ConnectionPlan.For(_record, _loop, settings.Connection, settings.Session);
        var connections = new ChildFactory(ConnectionActor.Props(plan, dispatcher.DispatcherId));
        _cohort = Cohort.Props(_record, connections, dispatcher.DispatcherId);
        _pacer = new LanePacer(settings, _record, _loop, Self, () => Context.ActorOf(_cohort), TellCohorts, EndOpening);
    }

    /// <summary>A lane on the loop of <paramref name="dispatcher"/>.</summary>
    public static Props Props(LaneSettings settings, LoopDispatcher dispatcher) =>
        Akka.Actor.Props.Create<Lane>(settings, dispatcher).WithDispatcher(dispatcher.DispatcherId);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case OpenNext opening: OpenCohort(opening); break;
            case ShareDone done: TellEnded(done.Share); break;
            case OpenBurst burst: HandleOpenBurst(burst); break;
            case BurstDue due: HandleDue(due); break;
            case PacePhase phase: HandlePacePhase(phase); break;
            case LanePacer.PacedDue due: _pacer.Pace(due.Share); break;
            case PlaceFree free: _pacer.TakePlace(free.Share); break;
            case RetirePart retiring: TellCohorts(retiring); break;
            case ReportTally report: HandleReport(report); break;
            case IdleDue: CloseIdle(); break;
            case GaveUp gaveUp: Context.Parent.Tell(new EndpointGivenUp(_settings.Lane, gaveUp.Endpoint, gaveUp.Reason)); break;
            case StoppedOpening stopped: TellStopped(stopped); break;
            case Abort: HandleAbort(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>Escalates every failure of a cohort to the run.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(-1, -1, _ => Directive.Escalate, loggingEnabled: false);

    private void HandleOpenBurst(OpenBurst burst)
    {
        if (_record.IsAborting)
        {
            TellUnbegun(burst.Burst);
            return;
        }

        var due = DueOf(burst);
        _waiting.Add(burst.Burst, burst);
        if (due.At > _loop.Now)
        {
            _loop.Schedule(due.At, Self, due);
        }
        else
        {
            HandleDue(due);
        }
    }

    private BurstDue DueOf(OpenBurst burst) => new(burst.Burst, _settings.Clock.StampOf(burst.DueAt));

    private void HandleDue(BurstDue due)
    {
        if (_waiting.Remove(due.Burst, out var burst))
        {
            var share = _record.NewShare(burst.Burst, burst.Phase, burst.Turn);
            OpenCohort(new OpenNext(share, burst.First, burst.First + burst.Count, due.At));
        }
    }

    private void OpenCohort(OpenNext opening)
    {
        var (share, next, end, due) = opening;
        var count = _record.IsAborting ? end - next : Math.Min(Cohort.Size, end - next); // an aborting lane counts all and opens nothing
        if (_record.Opening.Open(share, next, count, out var passed, due: due) is var opened and > 0)
        {
            Context.ActorOf(_cohort).Tell(new OpenConnections(share, next, opened, due) { Passed = passed }, Self);
        }

        if (next + count < end)
        {
            // A plain Tell would be handled before the cohort's first message, and before any completion.
            var self = Self;
            _loop.ExecuteNextTurn(new ActionRunnable(() => self.Tell(opening with { Next = next + count }, self)));
            return;
        }

        EndOpening(share);
    }

    private void HandlePacePhase(PacePhase phase)
    {
        if (_record.IsAborting)
        {
            TellUnbegun(phase.Burst);
        }
        else
        {
            _pacer.Begin(phase);
        }
    }

    private void TellStopped(StoppedOpening stopped) =>
        Context.Parent.Tell(new BreakerTripped(_settings.Lane, stopped.Reason) { IsLoopLost = stopped.IsLoopLost });

    private static void TellCohorts(object message)
    {
        foreach (var cohort in Context.GetChildren())
        {
            cohort.Tell(message);
        }
    }

    private void EndOpening(BurstShare share)
    {
        share.IsOpening = false;
        if (share.IsDone)
        {
            TellEnded(share);
        }
    }

    private void HandleReport(ReportTally report)
    {
        if (report.IsLast && _record.Pool is { } pool && !pool.CloseAll())
        {
            var self = Self;
            _loop.ExecuteNextTurn(new ActionRunnable(() => self.Tell(report, self)));
            return;
        }

        Report(_sample = report.Sample);
    }

    // One alarm, for the connection that has been idle for longest.
    private void WatchIdle()
    {
        if (!_isIdleWatched && _record.Pool?.NextTimeout is { } due)
        {
            _isIdleWatched = true;
            _loop.Schedule(due, _self, IdleDue.Instance);
        }
    }

    private void CloseIdle()
    {
        _isIdleWatched = false;
        _record.Pool!.CloseIdle();
        WatchIdle();
    }

    private void Report(int sample) =>
        _settings.Metrics.Tell(new MetricsProtocol.TallyReported(_settings.Lane, sample, _record.Take(), _record.PeakOpen));

    private void HandleAbort()
    {
        _record.IsAborting = true;
        _record.Pool?.CloseAll();
        TellCohorts(Cancel.Instance);
        foreach (var burst in _waiting.Values.ToArray())
        {
            if (DueOf(burst) is var due && due.At <= _loop.Now)
            {
                HandleDue(due); // it was due: its connections count as planned, not as opened
            }
            else
            {
                TellUnbegun(burst.Burst);
            }
        }

        _waiting.Clear();
        _pacer.Abort();
    }

    private void TellEnded(BurstShare share)
    {
        if (share.IsReported)
        {
            return; // connections that go to the pool are counted before their cohorts hear of them
        }

        share.IsReported = true;
        OpenPhases.End(share.Tallies); // nothing is counted in it any more
        if (_record.ShouldReport)
        {
            Report(_sample);
        }

        var hasStarted = share.FirstStart != long.MaxValue;
        Context.Parent.Tell(new BurstShareEnded(
            _settings.Lane, share.Burst, share.Planned, share.Opened, share.Succeeded, share.Failed, share.Cancelled,
            hasStarted ? SinceStart(share.FirstStart) : null, hasStarted ? SinceStart(share.LastStart) : null, SinceStart(_loop.Now),
            _record.NeverReached)
        {
            HasUntriedEndpoint = _settings.Health.HasUntriedEndpoint,
            Reused = _record.Pool is null ? null : share.Reused,
        });
    }

    private void TellUnbegun(int burst) => Context.Parent.Tell(
        new BurstShareEnded(_settings.Lane, burst, 0, 0, 0, 0, 0, null, null, SinceStart(_loop.Now), _record.NeverReached));

    private TimeSpan SinceStart(long at) => _settings.Clock.At(at);

    private sealed class IdleDue : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static IdleDue Instance { get; } = new();
    }

    private sealed record BurstDue(int Burst, long At) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record OpenNext(BurstShare Share, int Next, int End, long Due)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
