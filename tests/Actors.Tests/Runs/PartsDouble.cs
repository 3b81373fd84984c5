using System.Collections.Immutable;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.TestKit;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>
/// Lanes and metrics of a load supervisor that hand all they are told to probes. They and the supervisor run on the thread that tells
/// them something, so that a spec has its answer when the call returns.
/// </summary>
internal sealed class PartsDouble(TestProbe metrics, IReadOnlyList<TestProbe> lanes) : IRunResources
{
    public TransportInfo Transport { get; } = new("sockets", lanes.Count, "a double");

    public string SupervisorDispatcher => CallingThreadDispatcher.Id;

    public MeterDouble MeterDouble { get; } = new();

    public IGeneratorMeter Meter => MeterDouble;

    /// <summary>The lanes themselves: what one is told reaches its probe, and an exception that one is told it throws.</summary>
    public ImmutableArray<IActorRef> Lanes { get; private set; } = [];

    /// <summary>Thrown by each lane when it is made.</summary>
    public Exception? LaneBirthFailure { get; init; }

    /// <summary>Lanes made so far, those that took the place of a failed one included.</summary>
    public int LanesBorn { get; private set; }

    public ILoopMeter LoopMeter { get; } = new LoopMeter([]);

    /// <summary>True once the run was given up.</summary>
    public bool IsGivenUp { get; private set; }

    public void GiveUp() => IsGivenUp = true;

    /// <summary>Tells the run that a loop does not answer; null while nobody watches.</summary>
    public Action<BlockedLoop>? Blocked { get; private set; }

    public IDisposable WatchLoops(Action<BlockedLoop> tell)
    {
        Blocked = tell;
        return new Watch(this);
    }

    /// <summary>True once the run was to end.</summary>
    public bool IsHurried { get; private set; }

    public void Hurry() => IsHurried = true;

    /// <summary>How often the loops were given back.</summary>
    public int Releases { get; private set; }

    public void Release() => Releases++;

    /// <summary>Who watches; nobody unless the spec says so.</summary>
    public TestProbe? Observers { get; init; }

    public IActorRef CreateObservers(IUntypedActorContext context, RunOrder order) =>
        Observers is null ? ActorRefs.Nobody : ObserversMade = context.ActorOf(Neighbour(Observers, () => { }), "observers");

    /// <summary>The observers themselves, once they are made.</summary>
    public IActorRef? ObserversMade { get; private set; }

    public IActorRef CreateMetrics(IUntypedActorContext context, RunOrder order) =>
        context.ActorOf(Neighbour(metrics, () => { }), "metrics");

    public ImmutableArray<IActorRef> CreateLanes(IUntypedActorContext context, RunOrder order, IActorRef metricsActor) =>
        Lanes = [.. lanes.Select((probe, lane) => context.ActorOf(Neighbour(probe, BearLane), $"lane-{lane}"))];

    private static Props Neighbour(TestProbe probe, Action onBirth) =>
        Props.Create<NeighbourActor>(probe, onBirth).WithDispatcher(CallingThreadDispatcher.Id);

    private void BearLane()
    {
        LanesBorn++;
        if (LaneBirthFailure is { } failure)
        {
            throw failure;
        }
    }

    private sealed class Watch(PartsDouble parts) : IDisposable
    {
        public void Dispose() => parts.Blocked = null;
    }

    private sealed class NeighbourActor : UntypedActor
    {
        private readonly TestProbe _probe;

        public NeighbourActor(TestProbe probe, Action onBirth)
        {
            _probe = probe;
            onBirth();
        }

        protected override void OnReceive(object message)
        {
            if (message is Exception cause)
            {
                throw cause;
            }

            _probe.Forward(message);
        }
    }
}

/// <summary>A meter that tells how it was used.</summary>
internal sealed class MeterDouble : IGeneratorMeter
{
    public int Starts { get; private set; }

    public int Stops { get; private set; }

    /// <summary>Thrown by <see cref="Stop"/>.</summary>
    public Exception? StopFailure { get; set; }

    public void Start() => Starts++;

    public void Stop()
    {
        Stops++;
        if (StopFailure is { } failure)
        {
            throw failure;
        }
    }

    public GeneratorUsage Read(long opened, long peakOpen) => new(0, 0, 0, 0, peakOpen);
}
