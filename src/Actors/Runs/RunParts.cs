using System.Collections.Immutable;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;

namespace ActorLoad.Runs;

/// <summary>One run to carry out.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="Settings">What to do.</param>
/// <param name="Target">Where connections go.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Listener">Who gets its snapshots.</param>
public sealed record RunOrder(string RunId, RunSettings Settings, ResolvedTarget Target, DateTimeOffset StartedAt, IActorRef Listener)
{
    /// <summary>The head of the run's result.</summary>
    public RunInfo Describe(TimeSpan duration) => new(RunId, StartedAt, duration.TotalSeconds, Settings.Configuration);

    /// <summary>Whom it storms, for the result.</summary>
    public TargetInfo DescribeTarget() => new(Target.Endpoints, [.. Target.Addresses.Select(address => address.ToString())]);
}

/// <summary>What a load supervisor has under it: real lanes on real loops, or a test's probes.</summary>
public interface IRunParts
{
    /// <summary>The transport of the lanes, for the result.</summary>
    TransportInfo Transport { get; }

    /// <summary>Dispatcher of the load supervisor; null is Akka's own. On a lane's loop a burst's end and the next one's start cross no
    /// thread.</summary>
    string? SupervisorDispatcher { get; }

    /// <summary>Measures this process.</summary>
    IGeneratorMeter Meter { get; }

    /// <summary>The actor that merges tallies.</summary>
    IActorRef CreateMetrics(IUntypedActorContext context, RunOrder order);

    /// <summary>The lanes, at least one.</summary>
    ImmutableArray<IActorRef> CreateLanes(IUntypedActorContext context, RunOrder order, IActorRef metrics);
}

/// <summary>Real lanes on the loops of the transport that the settings ask for.</summary>
public sealed class RunParts(ActorSystem system, RunSettings settings) : IRunParts
{
    private readonly int _loops = settings.Transport.Loops ?? 1;

    /// <inheritdoc />
    public TransportInfo Transport => new("sockets", _loops, settings.Transport.Kind == TransportKind.Auto
        ? "auto: sockets is the only transport so far"
        : "as configured");

    /// <inheritdoc />
    public string SupervisorDispatcher => LoopDispatchers.Of(system).Sockets(0).DispatcherId;

    /// <inheritdoc />
    public IGeneratorMeter Meter { get; } = new GeneratorMeter();

    /// <inheritdoc />
    public IActorRef CreateMetrics(IUntypedActorContext context, RunOrder order) =>
        context.ActorOf(MetricsActor.Props(order.RunId, _loops, TimeProvider.System, Meter), "metrics");

    /// <inheritdoc />
    public ImmutableArray<IActorRef> CreateLanes(IUntypedActorContext context, RunOrder order, IActorRef metrics)
    {
        var target = settings.Target;
        var script = target.Password.Length > 0
            ? settings.Connection.Script.AfterAuth(target.Username, target.Password)
            : settings.Connection.Script;
        var dispatchers = Enumerable.Range(0, _loops).Select(LoopDispatchers.Of(system).Sockets).ToArray();
        var start = dispatchers[0].Loop.Now;
        return
        [
            .. dispatchers.Select((dispatcher, lane) =>
            {
                var maxOpen = (settings.Connection.MaxOpen / _loops) + (lane < settings.Connection.MaxOpen % _loops ? 1 : 0);
                var settingsOfLane = new LaneSettings(
                    lane, start, maxOpen, settings.Seed, settings.Connection, script, order.Target.Addresses, settings.Supervision, metrics);
                return context.ActorOf(Lane.Props(settingsOfLane, dispatcher), $"lane-{lane}");
            }),
        ];
    }
}
