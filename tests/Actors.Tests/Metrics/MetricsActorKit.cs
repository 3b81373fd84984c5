using ActorLoad.Metrics;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using static ActorLoad.Metrics.MetricsProtocol;

namespace ActorLoad.Actors.Tests.Metrics;

/// <summary>A metrics actor whose messages are serialized, the lanes that report to it, and its clock.</summary>
public abstract class MetricsActorKit() : TestKit("""
    akka.loglevel = WARNING
    akka.loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
    akka.actor.serialize-messages = on
    akka.test.single-expect-default = 20s
    """)
{
    private readonly ManualTime _time = new();

    protected static RunProgress Progress { get; } = new("storm", 1, 4, 0.25);

    /// <summary>Lets time pass before the next sample begins.</summary>
    protected void Advance(TimeSpan by) => _time.Advance(by);

    private protected IActorRef Start(int lanes, IReadOnlyList<EndpointName>? endpoints = null, MeasuredParts? parts = null)
    {
        var metrics = Sys.ActorOf(
            MetricsActor.Props(
                "run-1", lanes,
                parts ?? new MeasuredParts(
                    endpoints ?? [new EndpointName("db:6379", "127.0.0.1:6379")], [new PhaseName("storm", "bursts")], [new FleetName("", 0)]),
                RunClock.StartNow(_time), new FixedMeter()),
            "metrics");
        metrics.Tell(new Subscribe(TestActor));
        ExpectNothingMoreFrom(metrics); // its clock starts with it: no time may pass before
        return metrics;
    }

    /// <summary>All that was told to it has been handled, and nothing came of it that was not expected.</summary>
    protected void ExpectNothingMoreFrom(IActorRef metrics)
    {
        metrics.Tell(new Identify(null));
        ExpectMsg<ActorIdentity>();
    }

    protected void Interval(IActorRef metrics, int sample, params Life[] lives)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        metrics.Tell(new BeginSample(sample, Progress));
        Report(metrics, lane: 0, sample, lives);
    }

    protected static void Report(IActorRef metrics, int lane, int sample, params Life[] lives) =>
        metrics.Tell(new TallyReported(lane, sample, OfPhase(0, TallyOf(lives).Take()), PeakOpen: 10));

    /// <summary>What a lane reports of one phase.</summary>
    protected static PhaseTally[] OfPhase(int phase, params TallyData[] endpoints) => [new(phase, endpoints)];

    /// <summary>A lane's report of what happened to several endpoints.</summary>
    protected static void ReportEach(IActorRef metrics, int lane, int sample, params Life[][] lives) =>
        metrics.Tell(new TallyReported(lane, sample, OfPhase(0, [.. lives.Select(of => TallyOf(of).Take())]), PeakOpen: 10));

    private protected static Tally TallyOf(Life[] lives)
    {
        var tally = new Tally(Life.Frequency);
        foreach (var life in lives)
        {
            life.RecordIn(tally);
        }

        return tally;
    }

    /// <summary>Says back what it was asked with.</summary>
    private sealed class FixedMeter : IGeneratorMeter
    {
        public void Start()
        {
        }

        public void Stop()
        {
        }

        public GeneratorUsage Read(long opened, long peakOpen) => new(opened, 0, peakOpen, 0, peakOpen);
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
    }
}
