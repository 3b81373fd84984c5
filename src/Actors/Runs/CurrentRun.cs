using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Runs;

/// <summary>A run under way: its children, its plan and its results so far. Confined to <see cref="LoadSupervisor"/>.</summary>
internal sealed class CurrentRun(RunOrder order, IRunResources resources, ILoggingAdapter log)
{
    private readonly HashSet<int> _stoppedFleets = [];
    private IDisposable? _watch;
    private int _sample;

    /// <summary>The order to carry out. Its clock starts with the storm.</summary>
    public RunOrder Order { get; private set; } = order;

    /// <summary>Provides the parts of which its children are made.</summary>
    public IRunResources Resources => resources;

    /// <summary>Measures how busy this process is in each burst.</summary>
    public BusyMeter Busy { get; } = new(() => OwnReading.Now(resources.LoopMeter));

    /// <summary>The verdict so far.</summary>
    public RunVerdict Verdict { get; } = new();

    /// <summary>Judges the thresholds.</summary>
    public ThresholdWatch Thresholds { get; } = new(order.Settings.Thresholds);

    /// <summary>Endpoints that were given up, with the reason.</summary>
    public Dictionary<string, string> GivenUp { get; } = [];

    /// <summary>The observers; <see cref="ActorRefs.Nobody"/> if there are none.</summary>
    public IActorRef Observers { get; private set; } = ActorRefs.Nobody;

    /// <summary>The actor that merges tallies; <see cref="ActorRefs.Nobody"/> before the storm.</summary>
    public IActorRef Metrics { get; private set; } = ActorRefs.Nobody;

    /// <summary>The lanes; empty before the storm.</summary>
    public RunLanes Lanes { get; private set; } = RunLanes.None;

    /// <summary>Progress of the plan; null before the storm.</summary>
    public PlanCursor Course { get; private set; } = null!;

    /// <summary>True once <see cref="Begin"/> was called.</summary>
    public bool HasBegun => Course is not null;

    /// <summary>Time since the storm began.</summary>
    public TimeSpan Elapsed => Order.Clock.Elapsed;

    /// <summary>Starts the observers and the watch on the loops, which tells <paramref name="supervisor"/> of a blocked loop.</summary>
    public void Watch(IUntypedActorContext context, IActorRef supervisor)
    {
        _watch = resources.WatchLoops(blocked => supervisor.Tell(blocked, ActorRefs.NoSender));
        Observers = resources.CreateObservers(context, Order);
    }

    /// <summary>Starts the run's clock, its metrics and its lanes.</summary>
    public void Begin(IUntypedActorContext context)
    {
        resources.Meter.Start();
        resources.LoopMeter.Start();
        Order = Order with { Clock = Order.Clock.FromNow() };
        Metrics = resources.CreateMetrics(context, Order);
        Metrics.Tell(new MetricsProtocol.Subscribe(Order.Listener, Order.WithTimes));
        if (Thresholds.IsNeeded)
        {
            Metrics.Tell(new MetricsProtocol.Subscribe(context.Self));
        }

        Observers.Tell(ObserverProtocol.StormBegins.Instance);
        var (settings, fleets) = (Order.Settings, Order.Settings.Fleets);
        Lanes = new RunLanes(resources.CreateLanes(context, Order, Metrics), fleets.Length);
        Course = new PlanCursor(
            [.. fleets.Select(fleet => new FleetPlan(fleet.Name, RunPlan.Create(fleet.Load), fleet.Connection.Hold))], Lanes.OfEachFleet,
            settings.Deadline);
    }

    /// <summary>Tells the lanes their shares of the burst or paced phase that is due.</summary>
    public void Open(FleetCourse fleet, TimeSpan due)
    {
        var (phase, stage, turn) = (fleet.Phase, fleet.Next, fleet.Turn);
        var number = Course.Begin(fleet, due);
        if (Course.OpenLoads > 0)
        {
            Busy.Begin(due, Elapsed);
        }

        if (phase is BurstPhase bursts)
        {
            Lanes.Open(fleet.Number, new LaneProtocol.OpenBurst(number, 0, bursts.Connections, due) { Turn = turn, Phase = stage.Phase });
        }
        else
        {
            Lanes.Pace(fleet.Number, new LaneProtocol.PacePhase(number, stage.Phase, stage.Repetition, due) { Turn = turn });
        }
    }

    /// <summary>Notes that a lane has ended its share of a burst or paced phase. True for its last share.</summary>
    public bool EndShare(LaneProtocol.BurstShareEnded share)
    {
        var isBurstOver = Course.End(share);
        if (isBurstOver && Course.OpenLoads == 0)
        {
            Busy.End(Elapsed);
        }

        return isBurstOver;
    }

    /// <summary>Asks all lanes for a sample.</summary>
    public void TakeSample()
    {
        Metrics.Tell(new MetricsProtocol.BeginSample(_sample, Course.Progress(Elapsed)));
        Lanes.Tell(new LaneProtocol.ReportTally(_sample++));
    }

    /// <summary>Asks all lanes for their last tallies.</summary>
    public void TakeLastSample(bool isCutOff)
    {
        Metrics.Tell(new MetricsProtocol.Complete(_sample, Course.Progress(Elapsed), isCutOff));
        Lanes.Tell(new LaneProtocol.ReportTally(_sample) { IsLast = true });
    }

    /// <summary>Keeps a trouble for the verdict.</summary>
    public void Note(RunTrouble trouble)
    {
        Verdict.Note(trouble.Verdict, trouble.Reason);
        if (trouble.BlockedLoop is { } loop)
        {
            log.Error("{0}", trouble.Reason);
            foreach (var lane in Lanes.Block(loop))
            {
                Course.GiveUp(lane);
            }
        }
    }

    /// <summary>Notes that a lane has stopped opening connections. True if no fleet goes on.</summary>
    public bool StopFleet(LaneProtocol.BreakerTripped tripped)
    {
        var fleet = tripped.Lane / Lanes.OfEachFleet;
        _stoppedFleets.Add(fleet);
        Course.Stop(fleet);
        Verdict.Note(Runs.Verdict.Aborted, tripped.Reason);
        return _stoppedFleets.Count == Order.Settings.Fleets.Length;
    }

    /// <summary>Notes for the verdict each fleet that never reached its target, if others did.</summary>
    public void NoteUnreachedFleets()
    {
        foreach (var name in Course.UnreachedFleets)
        {
            Verdict.Note(Runs.Verdict.Aborted, $"fleet {name} never reached its target: not one of its connections was established");
        }
    }

    /// <summary>Notes for the verdict that no attempt was ever established.</summary>
    public void NoteNeverReached(long opened) => Verdict.Note(
        Runs.Verdict.Aborted,
        $"the target was never reached: of {opened} {(opened == 1 ? "connection" : "connections")} to "
        + $"{string.Join(", ", Order.Target.EndpointNames.Select(name => name.Address))} not one was established");

    /// <summary>Ends the watch on the loops.</summary>
    public void EndWatch() => _watch?.Dispose();
}
