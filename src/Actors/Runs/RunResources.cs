using System.Collections.Immutable;
using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Transport;
using Akka.Actor;

namespace ActorLoad.Runs;

/// <summary>One run to carry out.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Target">Its target.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Listener">Gets its snapshots.</param>
/// <param name="Clock">Its clock; the storm begins at its origin.</param>
public sealed record RunOrder(string RunId, RunSettings Settings, ResolvedTarget Target, DateTimeOffset StartedAt, IActorRef Listener,
    RunClock Clock)
{
    /// <summary>True if its snapshots shall have <see cref="RunSnapshot.Times"/>.</summary>
    public bool WithTimes { get; init; }

    /// <summary>The head of the run's result.</summary>
    public RunInfo Describe(TimeSpan duration) => new(RunId, StartedAt, duration.TotalSeconds, Settings.Configuration);

    /// <summary>The target, for the result.</summary>
    public TargetInfo DescribeTarget() => new(Target.Names, [.. Target.Endpoints.Select(endpoint => $"{endpoint}")])
    {
        Unused = Target.Unused.IsEmpty ? null : Target.Unused,
    };
}

/// <summary>The parts under a load supervisor: real lanes on real loops, or a test's probes.</summary>
public interface IRunResources
{
    /// <summary>The transport of the lanes, for the result.</summary>
    TransportInfo Transport { get; }

    /// <summary>Dispatcher of the load supervisor; null is Akka's own. On a lane's loop, the end of a burst and the start of the next one
    /// need no change of thread.</summary>
    string? SupervisorDispatcher { get; }

    /// <summary>Measures this process.</summary>
    IGeneratorMeter Meter { get; }

    /// <summary>Measures the threads of the loops.</summary>
    ILoopMeter LoopMeter { get; }

    /// <summary>The servers' errors, in their words: see <see cref="ServerWords.Said"/>.</summary>
    IReadOnlyDictionary<string, ImmutableArray<string>> Said => ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>The run did not end, so no other run may use its loops.</summary>
    void GiveUp();

    /// <summary>Reports each loop that does not answer, from a thread outside the loops, until the returned object is disposed. No other
    /// run may use such a loop, and the load supervisor leaves it.</summary>
    IDisposable WatchLoops(Action<BlockedLoop> tell);

    /// <summary>The run shall end: a silent loop is reported sooner.</summary>
    void Hurry();

    /// <summary>The run has no actor any more, so other runs may use its loops.</summary>
    void Release();

    /// <summary>The observers of the run, as actor <c>observers</c>; nobody if there are none.</summary>
    IActorRef CreateObservers(IUntypedActorContext context, RunOrder order);

    /// <summary>The actor that merges tallies.</summary>
    IActorRef CreateMetrics(IUntypedActorContext context, RunOrder order);

    /// <summary>The lanes, at least one.</summary>
    ImmutableArray<IActorRef> CreateLanes(IUntypedActorContext context, RunOrder order, IActorRef metrics);
}

/// <summary>Real lanes on the loops of the transport that the settings ask for.</summary>
public sealed class RunResources : IRunResources
{
    private readonly RunSettings _settings;
    private readonly RunLoops _loops;
    private readonly TimeProvider _time;
    private readonly ServerWords _words;
    private readonly FleetPorts? _fleetPorts;
    private LoopWatch? _watch;

    /// <summary>Chooses the transport and prepares its loops.</summary>
    public RunResources(RunOrder order, ITransportFactory transports)
    {
        (_settings, _time, _words) = (order.Settings, order.Clock.Time, order.Settings.Words);
        _loops = transports.Lease(_settings.Transport, order.Target.Endpoints);
        if (_loops.Dispatchers.FirstOrDefault(dispatcher => dispatcher.Loop.Time != _time) is { } stranger)
        {
            _loops.Release();
            throw new ArgumentException($"loop {stranger.DispatcherId} has another clock than the run", nameof(transports));
        }

        _fleetPorts = _settings.Fleets.Length > 1
            && _settings.Fleets.All(fleet => fleet.Connection.Socket is { Ports: PortChoice.Slot, Sources: null })
            ? new FleetPorts() : null;
        LoopMeter = new LoopMeter([.. _loops.Dispatchers.Select(dispatcher => dispatcher.Loop)]);
    }

    /// <inheritdoc />
    public TransportInfo Transport =>
        new(_loops.Choice.Kind, _loops.Choice.Loops, _loops.Choice.Reason) { IsFallback = _loops.Choice.IsFallback };

    /// <inheritdoc />
    public string SupervisorDispatcher => _loops.MovableId;

    /// <inheritdoc />
    public IGeneratorMeter Meter { get; } = new GeneratorMeter();

    /// <inheritdoc />
    public ILoopMeter LoopMeter { get; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, ImmutableArray<string>> Said => _words.Said;

    /// <inheritdoc />
    public void GiveUp()
    {
        foreach (var dispatcher in _loops.Dispatchers)
        {
            dispatcher.Loop.GiveUp();
        }
    }

    /// <inheritdoc />
    public IDisposable WatchLoops(Action<BlockedLoop> tell) => _watch = LoopWatch.Start(_loops.Dispatchers, _time, blocked =>
    {
        _loops.Dispatchers[blocked.Index].Loop.GiveUp();
        tell(blocked);
    });

    /// <inheritdoc />
    public void Hurry() => _watch?.Hurry();

    /// <inheritdoc />
    public void Release()
    {
        _watch?.Dispose();
        _loops.Release();
    }

    /// <inheritdoc />
    public IActorRef CreateObservers(IUntypedActorContext context, RunOrder order) =>
        ObserverPlans.For(_settings, order.Target, _time, IsOurs(), Fleets()) is { Count: > 0 } plans
            ? context.ActorOf(RunObservers.Props(plans, _settings.Observers.Start, _settings.Observers.End), "observers")
            : ActorRefs.Nobody;

    private OwnFleets? Fleets() => _fleetPorts is { } ports
        ? new OwnFleets([.. _settings.Fleets.Select(fleet => fleet.Name)], ports.Of) : null;

    // If the kernel chooses, our ports are unknown.
    private IsOwnEnd? IsOurs()
    {
        SlotPorts[] ports = [.. _loops.Dispatchers.Select(dispatcher => dispatcher.Loop.Ports)];
        return _settings.Connection.Socket.Ports == PortChoice.Kernel ? null : (address, port) =>
        {
            foreach (var loop in ports)
            {
                if (loop.MayHaveUsed(address, port))
                {
                    return true;
                }
            }

            return false;
        };
    }

    /// <inheritdoc />
    public IActorRef CreateMetrics(IUntypedActorContext context, RunOrder order)
    {
        var (endpoints, settings) = (order.Target.Endpoints, order.Settings);
        Endpoint[] distinct = [.. endpoints.Distinct()];
        var fleets = settings.FleetNames.Zip(settings.Fleets, (name, fleet) => name with
        {
            Endpoints = [.. fleet.Among(endpoints).Distinct().Select(endpoint => Array.IndexOf(distinct, endpoint))],
        });
        var parts = new MeasuredParts(order.Target.EndpointNames, settings.PhaseNames, [.. fleets]);
        return context.ActorOf(
            MetricsActor.Props(order.RunId, settings.Fleets.Length * _loops.Choice.Loops, parts, order.Clock, Meter), "metrics");
    }

    /// <inheritdoc />
    public ImmutableArray<IActorRef> CreateLanes(IUntypedActorContext context, RunOrder order, IActorRef metrics) =>
        [.. _settings.Fleets.SelectMany((fleet, number) => CreateLanes(context, order, metrics, fleet, number))];

    private IEnumerable<IActorRef> CreateLanes(
        IUntypedActorContext context, RunOrder order, IActorRef metrics, FleetSettings fleet, int number)
    {
        var socket = fleet.Connection.Socket with { Owner = _fleetPorts?.Owner(number) };
        var connection = fleet.Connection with { Words = _words, Socket = socket };
        var session = Session.Of(fleet.Target.Credentials, connection, _settings.Seed, number);
        var (targets, plan) = (fleet.Among(order.Target.Endpoints), RunPlan.Create(fleet.Load));
        var turns = EndpointTurns.For(fleet.Target.Order, fleet.Weights(targets), _settings.Seed, number);
        var health = TargetHealth.Of(targets, turns);
        session.Prepare(targets);
        var (share, rest) = Math.DivRem(connection.MaxOpen, _loops.Choice.Loops);
        return _loops.Dispatchers.Select((dispatcher, loop) =>
        {
            var lane = (number * _loops.Choice.Loops) + loop;
            var ofLane = connection with { Pool = connection.Pool?.Of(loop, _loops.Choice.Loops) };
            var settings = new LaneSettings(
                lane, order.Clock, share + (loop < rest ? 1 : 0), _settings.Seed, ofLane, session, targets, fleet.Supervision, metrics)
            {
                Health = health,
                Plan = plan,
            };
            return context.ActorOf(Lane.Props(settings, dispatcher), $"lane-{lane}");
        });
    }
}
