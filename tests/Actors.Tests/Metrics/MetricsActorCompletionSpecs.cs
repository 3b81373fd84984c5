using ActorLoad.Metrics;
using Akka.Actor;
using Xunit;
using static ActorLoad.Metrics.MetricsProtocol;

namespace ActorLoad.Actors.Tests.Metrics;

public class MetricsActorCompletionSpecs : MetricsActorKit
{
    [Fact]
    public void Complete_waits_for_the_last_reports_and_answers_with_totals_and_samples()
    {
        var metrics = Start(lanes: 2);
        var supervisor = CreateTestProbe();
        metrics.Tell(new BeginSample(0, Progress), supervisor);
        Report(metrics, lane: 0, sample: 0, new Life(Outcome.Succeeded));
        metrics.Tell(new Complete(1, Progress with { Fraction = 1 }), supervisor);
        Report(metrics, lane: 1, sample: 0, new Life(Outcome.Succeeded));
        Report(metrics, lane: 0, sample: 1, new Life(Outcome.Reset));
        ExpectMsg<RunSnapshot>(); // of the first sample, which was not waited for
        ExpectNothingMoreFrom(metrics);
        supervisor.ExpectNoMsg(TimeSpan.Zero);
        Report(metrics, lane: 1, sample: 1, new Life(Outcome.Cancelled));

        var completed = supervisor.ExpectMsg<Completed>();
        Assert.Equal(new ConnectionCounts(4, 4, 2, 1, 0, 1), completed.Totals.Connections);
        Assert.Equal((0, 1.0), (completed.Totals.Open, completed.Totals.Progress.Fraction));
        Assert.Equal([1L, 1], completed.Samples.Select(sample => sample.Succeeded));
        Assert.Equal(4, completed.Samples.Sum(sample => sample.Opened));
    }

    [Fact]
    public void The_last_interval_reaches_the_subscribers_before_the_answer()
    {
        var metrics = Start(lanes: 1);
        metrics.Tell(new Complete(0, Progress));
        Report(metrics, lane: 0, sample: 0, new Life(Outcome.Succeeded));

        Assert.Equal(1, ExpectMsg<RunSnapshot>().Sample.Succeeded);
        ExpectMsg<Completed>();
        ExpectNothingMoreFrom(metrics);
    }

    [Fact]
    public void Complete_for_a_published_sample_answers_at_once()
    {
        var metrics = Start(lanes: 1);
        Interval(metrics, 0, new Life(Outcome.Succeeded));
        ExpectMsg<RunSnapshot>();
        metrics.Tell(new Complete(0, Progress));

        Assert.Single(ExpectMsg<Completed>().Samples);
        ExpectNothingMoreFrom(metrics);
    }

    [Fact]
    public void Complete_for_a_published_sample_publishes_late_counts()
    {
        var metrics = Start(lanes: 1);
        Interval(metrics, 0, new Life(Outcome.Succeeded));
        ExpectMsg<RunSnapshot>();
        Report(metrics, lane: 0, sample: 0, new Life(Outcome.Reset));
        Advance(TimeSpan.FromSeconds(1));
        metrics.Tell(new Complete(0, Progress));

        var last = ExpectMsg<RunSnapshot>().Sample;
        Assert.Equal((1, 2.0, 1.0), (last.Failed, last.At, last.RatePerSecond));
        Assert.Equal([0L, 1], ExpectMsg<Completed>().Samples.Select(sample => sample.Failed));
        ExpectNothingMoreFrom(metrics);
    }

    [Fact]
    public void A_last_interval_of_a_millisecond_has_no_rate_of_its_own()
    {
        var metrics = Start(lanes: 1);
        Interval(metrics, 0, [.. Enumerable.Repeat(new Life(Outcome.Succeeded), 20)]);
        ExpectMsg<RunSnapshot>();
        Advance(TimeSpan.FromMilliseconds(1));
        metrics.Tell(new Complete(1, Progress));
        Report(metrics, lane: 0, sample: 1, [.. Enumerable.Repeat(new Life(Outcome.Succeeded), 10)]);

        var last = ExpectMsg<RunSnapshot>().Sample;
        Assert.Equal((10, 30.0), (last.Succeeded, last.RatePerSecond));
        Assert.Equal((1.001, 30, 30.0), Of(Assert.Single(ExpectMsg<Completed>().Samples)));

        static (double, long, double) Of(Sample sample) => (sample.At, sample.Succeeded, sample.RatePerSecond);
    }

    [Fact]
    public void Complete_now_waits_for_no_lane()
    {
        var metrics = Start(lanes: 2);
        metrics.Tell(new Complete(0, Progress));
        Report(metrics, lane: 0, sample: 0, new Life(Outcome.Succeeded));
        ExpectNothingMoreFrom(metrics);
        metrics.Tell(CompleteNow.Instance);

        ExpectMsg<RunSnapshot>();
        Assert.Equal(1, ExpectMsg<Completed>().Totals.Connections.Succeeded);
        ExpectNothingMoreFrom(metrics);
    }

    [Fact]
    public void Connections_open_in_a_lost_lane_are_cancelled_and_the_counts_balance()
    {
        var metrics = Start(lanes: 2);
        metrics.Tell(new BeginSample(0, Progress));
        Report(metrics, lane: 0, sample: 0, new Life(null), new Life(Outcome.Succeeded));
        Report(metrics, lane: 1, sample: 0, new Life(null), new Life(null), new Life(Outcome.Reset));
        ExpectMsg<RunSnapshot>();
        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log, typeof(Akka.Event.LogEvent));
        metrics.Tell(new Complete(1, Progress));
        Report(metrics, lane: 0, sample: 1, new Life(Outcome.Succeeded));
        metrics.Tell(CompleteNow.Instance);
        Assert.Equal(3, ExpectMsg<RunSnapshot>().Sample.Cancelled);

        var completed = ExpectMsg<Completed>();
        log.Tell("the end");
        log.ExpectMsg("the end"); // and before it no complaint that the counts do not add up
        Assert.Equal(new ConnectionCounts(6, 6, 2, 1, 0, 3), completed.Totals.Connections);
        Assert.Equal((0, 3L), (completed.Totals.Open, completed.Totals.Outcomes["cancelled"]));
        Assert.Equal(3, completed.Samples.Sum(sample => sample.Cancelled));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Open_connections_count_as_cancelled_when_a_run_is_cut_off(bool allReport, bool sampleIsNew)
    {
        var metrics = Start(lanes: 2);
        metrics.Tell(new BeginSample(0, Progress));
        Report(metrics, lane: 0, sample: 0, new Life(Outcome.Succeeded), new Life(null));
        Report(metrics, lane: 1, sample: 0, new Life(null), new Life(null));
        ExpectMsg<RunSnapshot>();
        if (sampleIsNew)
        {
            metrics.Tell(new Complete(1, Progress, IsCutOff: allReport));
            Report(metrics, lane: 0, sample: 1);
        }

        if (allReport)
        {
            Report(metrics, lane: 1, sample: 1);
        }
        else
        {
            metrics.Tell(CompleteNow.Instance);
        }

        Assert.Equal(3, ExpectMsg<RunSnapshot>().Sample.Cancelled);
        var completed = ExpectMsg<Completed>();
        Assert.Equal(new ConnectionCounts(4, 4, 1, 0, 0, 3), completed.Totals.Connections);
        Assert.Equal((0, 3), (completed.Totals.Open, completed.Totals.Outcomes["cancelled"]));
        ExpectNothingMoreFrom(metrics);
    }

    [Fact]
    public void Late_reports_are_not_counted_twice_when_a_run_is_cut_off()
    {
        var metrics = Start(lanes: 1);
        Interval(metrics, 0, new Life(null), new Life(null));
        ExpectMsg<RunSnapshot>();
        metrics.Tell(new BeginSample(1, Progress));
        metrics.Tell(new Complete(2, Progress, IsCutOff: true));
        Assert.Equal(2, ExpectMsg<RunSnapshot>().Open);

        var ended = new Tally(TimeProvider.System.TimestampFrequency);
        ended.RecordEnded(Outcome.Cancelled, default);
        metrics.Tell(new TallyReported(0, 2, OfPhase(0, ended.Take()), 2));

        ExpectMsg<RunSnapshot>();
        Assert.Equal(new ConnectionCounts(2, 2, 0, 0, 0, 2), ExpectMsg<Completed>().Totals.Connections);
    }

    [Theory]
    [InlineData("planned")]
    [InlineData("opened")]
    [InlineData("attempts")]
    [InlineData("open = 0")]
    public void Counts_that_do_not_add_up_are_logged_as_an_error(string invariant)
    {
        var tally = TallyOf(invariant == "open = 0" ? [new Life(null)] : []);
        switch (invariant)
        {
            case "planned": tally.RecordPlanned(1); break;
            case "opened": tally.RecordEnded(Outcome.Succeeded, default); break;
            case "attempts": tally.RecordAttempt(isRetry: true); tally.RecordAttempt(isRetry: false); break;
        }

        var metrics = Start(lanes: 1);
        EventFilter.Error(contains: $"do not add up: {invariant}").ExpectOne(() =>
        {
            metrics.Tell(new Complete(0, Progress));
            metrics.Tell(new TallyReported(0, 0, OfPhase(0, tally.Take()), 0));
            ExpectMsg<RunSnapshot>();
            ExpectMsg<Completed>();
        });
    }
}
