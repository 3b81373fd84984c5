using ActorLoad.Actors.Tests.Metrics;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>What crosses supervisor, lanes and metrics may cross nodes one day.</summary>
public class RunSerializationSpecs() : TestKit(VirtualScheduler.Configuration + "\nakka.actor.serialize-messages = on")
{
    private static readonly TimeSpan Odd = TimeSpan.FromTicks(36_000_000_123_457);
    private static readonly RunSnapshot Totals = RunTotals.Of(
        new ConnectionCounts(12, 10, 7, 2, 2, 1), new Dictionary<string, long> { ["refused"] = 5 }).OfTwo();

    public static TheoryData<object> Messages { get; } = new(
    [
        new LaneProtocol.OpenBurst(3, 4_000, 4_000, Odd) { Turn = 24_000_000_001, Phase = 2 },
        new LaneProtocol.PacePhase(4, 2, 5, Odd) { First = 1, Step = 3, Turn = 24_000_000_001 },
        new LaneProtocol.EndpointGivenUp(1, "127.0.0.1:7399", "breaker: 127.0.0.1:7399 was given up"),
        new LaneProtocol.ReportTally(7),
        LaneProtocol.Abort.Instance,
        new LaneProtocol.BurstShareEnded(1, 3, 10, 9, 5, 3, 1, Odd, Odd + Odd, Odd * 3, true) { HasUntriedEndpoint = true },
        new LaneProtocol.BurstShareEnded(1, 3, 10, 0, 0, 0, 0, null, null, Odd, false),
        new LaneProtocol.BreakerTripped(1, "breaker: 20 of 20 attempts failed within 5 s"),
        new MetricsProtocol.BeginSample(7, new RunProgress("storm", 3, null, 1.0 / 3)),
        new MetricsProtocol.TallyReported(1, 7, new[] { new PhaseTally(0, new[] { Counted(), Counted() }), new PhaseTally(3, new[] { Counted(), Counted() }) }, 5),
        new MetricsProtocol.Complete(8, new RunProgress("storm", 3, 4, 1)),
        MetricsProtocol.CompleteNow.Instance,
        new MetricsProtocol.Completed(
            Totals, new[] { Totals.Sample, Totals.Sample }, new SocketFacts(12, 11, new Dictionary<int, long> { [1] = 3, [7] = 1 }, 12, 5)
            {
                StrangeReplies = new[] { new StrangeReplies("127.0.0.1:80", new StrangeReply("HTTP", "HTTP/1.1 400"), 7) },
            }),
        Totals,
    ]);

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_survives_the_serializer(object message)
    {
        var copy = Copy(message);

        Assert.NotSame(message, copy);
        Assert.IsType(message.GetType(), copy);
        Assert.Equivalent(message, copy, strict: true);
    }

    [Fact]
    public void The_samples_of_the_metrics_actor_survive_the_serializer()
    {
        var log = new SampleLog(8);
        log.Add(Totals.Sample, new SampleTimes(null, null, null));
        log.Add(Totals.Sample with { At = 2 }, new SampleTimes(null, null, null));

        var copy = (MetricsProtocol.Completed)Copy(new MetricsProtocol.Completed(Totals, log.Samples, SocketFacts.None));

        Assert.Equal([1.0, 2.0], copy.Samples.Select(sample => sample.At));
    }

    [Fact]
    public void Serialized_subscription_keeps_its_subscriber()
    {
        var copy = (MetricsProtocol.Subscribe)Copy(new MetricsProtocol.Subscribe(TestActor));

        copy.Subscriber.Tell("found", ActorRefs.NoSender);
        ExpectMsg("found");
    }

    [Fact]
    public void Run_works_when_every_message_is_serialized()
    {
        var run = new SupervisedRun(this, Of(AfterBurst(10, TimeSpan.FromSeconds(1), count: 2)));
        run.Pass(TimeSpan.FromSeconds(2));
        run.End(0);
        run.Pass(TimeSpan.FromSeconds(2));
        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGINT"));
        run.End(1, share => share with { Succeeded = 0, Cancelled = share.Opened });

        Assert.Equal(run.Listener, Assert.Single(run.ToldMetrics<MetricsProtocol.Subscribe>()).Subscriber);
        Assert.All([0, 1], lane => Assert.Single(run.Told<LaneProtocol.Abort>(lane)));
        Assert.Equal(4, run.ToldMetrics<MetricsProtocol.BeginSample>().Count);
        Assert.True(run.IsFinishing);
        var result = run.Complete(Totals);
        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.Equal(2, result.Bursts.Count);
        Assert.Equal(run.Elapsed.TotalSeconds, result.Run.DurationSeconds);
    }

    private static TallyData Counted()
    {
        var tally = new Tally(1_000_000_000);
        tally.RecordPlanned(2);
        tally.RecordDropped();
        tally.RecordOpened();
        tally.RecordAttempt(isRetry: false);
        var timings = new Timings { Due = 1_000, Started = 2_000, AttemptStarted = 2_000, Connected = 90_000, LastReply = 99_000 };
        Life.RecordSteps(tally, timings);
        tally.RecordCut();
        tally.RecordAbsence(new Absence("127.0.0.1:6379", 5.9, 8.7));
        tally.RecordEnded(Outcome.Succeeded, timings);
        return tally.Take();
    }

    private object Copy(object message)
    {
        var serializer = Sys.Serialization.FindSerializerFor(message);
        return serializer.FromBinary(serializer.ToBinary(message), message.GetType());
    }
}
