using ActorLoad.Metrics;
using Akka.Actor;
using Xunit;
using static ActorLoad.Metrics.MetricsProtocol;

namespace ActorLoad.Actors.Tests.Metrics;

public class MetricsActorSpecs : MetricsActorKit
{
    [Fact]
    public void A_snapshot_is_published_when_every_lane_has_reported()
    {
        var metrics = Start(lanes: 2);
        Advance(TimeSpan.FromSeconds(1));
        metrics.Tell(new BeginSample(0, Progress));
        Report(metrics, lane: 0, sample: 0, new Life(Outcome.Succeeded), new Life(null));
        ExpectNothingMoreFrom(metrics);
        Report(metrics, lane: 1, sample: 0, new Life(Outcome.Refused, Retries: 1), Life.NotStarted);

        var snapshot = ExpectMsg<RunSnapshot>();
        Assert.Equal(("run-1", 1.0, Progress), (snapshot.RunId, snapshot.ElapsedSeconds, snapshot.Progress));
        Assert.Equal(new ConnectionCounts(4, 3, 1, 1, 1, 0), snapshot.Connections);
        Assert.Equal((1, 4, 1), (snapshot.Open, snapshot.Attempts, snapshot.Retries));
        Assert.Equal(new Dictionary<string, long> { ["succeeded"] = 1, ["refused"] = 1 }, snapshot.Outcomes);
        Assert.Equal(new Dictionary<string, long> { ["refused"] = 2 }, snapshot.AttemptFailures);
        Assert.Equal(["start-lag", "connect", "first-reply", "script", "total"], snapshot.Latency.Keys);
        Assert.Equal(1, snapshot.FailedLatency["total"].Count);
        Assert.Equal(new GeneratorUsage(3, 0, 20, 0, 20), snapshot.Generator);
        var sample = snapshot.Sample;
        Assert.Equal((1.0, 4, 3, 1, 2.0), (sample.At, sample.Planned, sample.Opened, sample.Open, sample.RatePerSecond));
        Assert.Equal(50, sample.Connect!.P50);
    }

    [Fact]
    public void Snapshot_has_counts_for_each_of_several_endpoints()
    {
        var metrics = Start(lanes: 2, endpoints: [new EndpointName("db:1", "127.0.0.1:1"), new EndpointName("[::1]:2", "[::1]:2")]);
        Advance(TimeSpan.FromSeconds(1));
        metrics.Tell(new BeginSample(0, Progress));
        ReportEach(metrics, 0, 0, [new Life(Outcome.Succeeded, Micros: 100)], [new Life(Outcome.Refused, Retries: 1)]);
        ReportEach(metrics, 1, 0, [new Life(Outcome.Succeeded, Micros: 300)], [Life.NotStarted]);

        var snapshot = ExpectMsg<RunSnapshot>();
        Assert.Equal(new ConnectionCounts(4, 3, 2, 1, 1, 0), snapshot.Connections);
        var (first, second) = (snapshot.Endpoints[0], snapshot.Endpoints[1]);
        Assert.Equal(("db:1", "127.0.0.1:1", new ConnectionCounts(2, 2, 2, 0, 0, 0)), (first.Endpoint, first.Address, first.Connections));
        Assert.Equal((2, 0, 2, 300), (first.Attempts, first.Retries, first.Latency["connect"].Count, first.Latency["connect"].Max));
        Assert.Equal(("[::1]:2", new ConnectionCounts(2, 1, 0, 1, 1, 0)), (second.Address, second.Connections));
        Assert.Equal((2, 1, 1, 0, 2), (second.Attempts, second.Retries, second.Outcomes["refused"], second.Outcomes["succeeded"], second.AttemptFailures["refused"]));
        Assert.Equal((0, 1), (first.FailedLatency.Count, second.FailedLatency["total"].Count));
    }

    [Fact]
    public void Snapshot_of_one_endpoint_has_only_totals()
    {
        var metrics = Start(lanes: 1);
        Interval(metrics, 0, new Life(Outcome.Succeeded));

        Assert.Empty(ExpectMsg<RunSnapshot>().Endpoints);
    }

    [Fact]
    public void Sample_counts_one_interval_and_snapshot_counts_the_whole_run()
    {
        var metrics = Start(lanes: 1);
        Interval(metrics, 0, new Life(Outcome.Succeeded, Micros: 100), new Life(Outcome.Succeeded, Micros: 100));
        ExpectMsg<RunSnapshot>();
        Interval(metrics, 1, new Life(Outcome.Succeeded, Micros: 300));

        var second = ExpectMsg<RunSnapshot>();
        Assert.Equal((1, 300), (second.Sample.Succeeded, second.Sample.Connect!.P50));
        Assert.Equal((3, 100), (second.Connections.Succeeded, second.Latency["connect"].P50));
        Assert.Equal((1.0, 2.0), (second.Sample.RatePerSecond, second.Sample.At));
    }

    [Fact]
    public void Histograms_of_intervals_add_up_to_the_whole_run()
    {
        var metrics = Start(lanes: 1);
        metrics.Tell(new Subscribe(TestActor, WithTimes: true));
        Interval(metrics, 0, new Life(Outcome.Succeeded, Micros: 100), new Life(Outcome.Refused, Micros: 200));
        var first = ExpectMsg<RunSnapshot>();
        Interval(metrics, 1, new Life(Outcome.Succeeded, Micros: 300));
        var second = ExpectMsg<RunSnapshot>();

        Assert.Equal((0.0, 1.0, 1.0, 2.0), (first.Times!.From, first.Times.To, second.Times!.From, second.Times.To));
        Assert.Contains(first.Times.Steps, step => step.IsOfFailures);
        Assert.DoesNotContain(second.Times.Steps, step => step.IsOfFailures);
        foreach (var steps in first.Times.Steps.Concat(second.Times.Steps).GroupBy(step => (step.Step, step.IsOfFailures)))
        {
            var merged = new LatencyHistogram();
            foreach (var step in steps)
            {
                HistogramCodec.AddTo(merged, step.Encoded);
            }

            var whole = steps.Key.IsOfFailures ? second.FailedLatency : second.Latency;
            Assert.Equal(whole[steps.Key.Step.Name()], merged.Summarize());
        }
    }

    [Fact]
    public void Snapshot_has_no_histograms_when_nobody_wants_them()
    {
        var metrics = Start(lanes: 1);
        Interval(metrics, 0, new Life(Outcome.Succeeded));

        Assert.Null(ExpectMsg<RunSnapshot>().Times);
    }

    [Fact]
    public void Interval_without_events_is_still_a_sample()
    {
        var metrics = Start(lanes: 1);
        Interval(metrics, 0);

        var sample = ExpectMsg<RunSnapshot>().Sample;
        Assert.Equal((0, 0.0), (sample.Planned, sample.RatePerSecond));
        Assert.Null(sample.Connect);
        Assert.Empty(sample.Outcomes);
    }

    [Fact]
    public void New_sample_publishes_the_last_one_and_a_late_report_counts_in_the_next()
    {
        var metrics = Start(lanes: 2);
        metrics.Tell(new BeginSample(0, Progress));
        Report(metrics, lane: 0, sample: 0, new Life(Outcome.Succeeded));
        metrics.Tell(new BeginSample(1, Progress));
        Assert.Equal(1, ExpectMsg<RunSnapshot>().Sample.Succeeded);

        Report(metrics, lane: 1, sample: 0, new Life(Outcome.Succeeded), new Life(Outcome.Reset));
        Report(metrics, lane: 0, sample: 1, new Life(Outcome.Succeeded));
        ExpectNothingMoreFrom(metrics);
        Report(metrics, lane: 1, sample: 1);

        var second = ExpectMsg<RunSnapshot>();
        Assert.Equal((2, 1), (second.Sample.Succeeded, second.Sample.Failed));
        Assert.Equal((3, 1), (second.Connections.Succeeded, second.Connections.Failed));
    }

    [Fact]
    public void Report_that_arrives_before_its_sample_is_counted_and_not_awaited_again()
    {
        var metrics = Start(lanes: 2);
        Report(metrics, lane: 0, sample: 0, new Life(Outcome.Succeeded));
        metrics.Tell(new BeginSample(0, Progress));
        Report(metrics, lane: 1, sample: 0, new Life(Outcome.Succeeded));

        Assert.Equal(2, ExpectMsg<RunSnapshot>().Sample.Succeeded);
    }

    [Fact]
    public void Every_subscriber_gets_each_snapshot_once_and_a_dead_subscriber_gets_none()
    {
        var metrics = Start(lanes: 1);
        var (other, dying) = (CreateTestProbe(), CreateTestProbe());
        metrics.Tell(new Subscribe(other));
        metrics.Tell(new Subscribe(TestActor));
        metrics.Tell(new Subscribe(dying));
        Interval(metrics, 0);
        ExpectMsg<RunSnapshot>();
        other.ExpectMsg<RunSnapshot>();
        dying.ExpectMsg<RunSnapshot>();
        ExpectNothingMoreFrom(metrics);

        Sys.Stop(dying);
        var sample = 1; // as many as it takes until the death is known
        AwaitAssert(() =>
        {
            var letters = CreateTestProbe();
            Sys.EventStream.Subscribe(letters, typeof(Akka.Event.DeadLetter));
            Interval(metrics, sample++);
            ExpectMsg<RunSnapshot>();
            ExpectNothingMoreFrom(metrics);
            letters.Tell("the end");
            letters.ExpectMsg("the end"); // and before it no dead letter
        });
        other.ExpectMsg<RunSnapshot>();
    }

    [Fact]
    public void Unknown_lane_and_past_sample_are_unhandled()
    {
        var metrics = Start(lanes: 1);
        Interval(metrics, 3);
        ExpectMsg<RunSnapshot>();
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));
        Report(metrics, lane: 1, sample: 4, new Life(Outcome.Succeeded));
        ExpectMsg<Akka.Event.UnhandledMessage>();
        metrics.Tell(new BeginSample(3, Progress));
        ExpectMsg<Akka.Event.UnhandledMessage>();
    }
}
