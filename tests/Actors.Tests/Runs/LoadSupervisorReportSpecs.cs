using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Actors.Tests.Runs;

public class LoadSupervisorReportSpecs() : TestKit(VirtualScheduler.Configuration)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly RunSettings OneBurst = Of(Fixed(10, Second, count: 1));

    [Fact]
    public void Listener_is_subscribed_and_meter_started_before_the_first_connection()
    {
        var run = new SupervisedRun(this, OneBurst);

        Assert.Equal(run.Listener, Assert.Single(run.ToldMetrics<MetricsProtocol.Subscribe>()).Subscriber);
        Assert.Equal((1, 0), (run.Parts.MeterDouble.Starts, run.Parts.MeterDouble.Stops));
    }

    [Fact]
    public void Each_interval_takes_a_sample_from_every_lane()
    {
        var run = new SupervisedRun(this, OneBurst);
        Assert.Empty(run.ToldMetrics<MetricsProtocol.BeginSample>());

        run.Pass(5 * Second);

        Assert.Equal(Enumerable.Range(0, 5), run.ToldMetrics<MetricsProtocol.BeginSample>().Select(begin => begin.Sample));
        Assert.All([0, 1], lane =>
            Assert.Equal(Enumerable.Range(0, 5), run.Told<LaneProtocol.ReportTally>(lane).Select(report => report.Sample)));
    }

    [Fact]
    public void Run_end_collects_the_last_tallies_and_totals_and_stops_the_supervisor()
    {
        var run = new SupervisedRun(this, OneBurst);
        run.Pass(Second);
        Watch(run.Supervisor);

        run.End(0);
        Assert.Equal(1, run.ToldMetrics<MetricsProtocol.Complete>().Single().Sample);
        Assert.All([0, 1], lane => Assert.Equal([0, 1], run.Told<LaneProtocol.ReportTally>(lane).Select(report => report.Sample)));
        Assert.Equal(1, run.Parts.MeterDouble.Stops);
        var totals = RunTotals.Succeeded(10);
        var result = run.Complete(totals);

        Assert.Equal(Verdict.Valid, result.Verdict);
        Assert.Equal(totals.Connections, result.Connections);
        Assert.Equal([totals.Sample], result.Samples);
        Assert.Equal(1.0, result.Run.DurationSeconds);
        Assert.Equal(10, Assert.Single(result.Bursts).Succeeded);
        ExpectTerminated(run.Supervisor);
    }

    [Fact]
    public void Finishing_run_begins_no_sample()
    {
        var run = new SupervisedRun(this, OneBurst);
        run.End(0);

        run.Pass(TimeSpan.FromSeconds(1.5));

        Assert.Empty(run.ToldMetrics<MetricsProtocol.BeginSample>());
    }

    [Fact]
    public void Dropped_connections_are_reported_beside_the_verdict()
    {
        var run = new SupervisedRun(this, OneBurst);
        run.End(0, share => share with { Opened = 3, Succeeded = 3 });
        var result = run.Complete(RunTotals.Of(new ConnectionCounts(10, 6, 6, 0, 4, 0)));

        Assert.Equal(Verdict.Valid, result.Verdict);
        Assert.Contains("max-open", Assert.Single(result.VerdictReasons), StringComparison.Ordinal);
        Assert.Equal(4, Assert.Single(result.Bursts).Dropped);
    }

    [Fact]
    public void Lack_of_descriptors_makes_the_run_generator_limited_and_not_aborted()
    {
        var run = new SupervisedRun(this, OneBurst);
        run.End(0, share => share with { Succeeded = 0, Failed = share.Opened });
        var result = run.Complete(RunTotals.Of(
            new ConnectionCounts(10, 10, 0, 10, 0, 0), new Dictionary<string, long> { ["local-exhausted"] = 10 }));

        Assert.Equal(Verdict.GeneratorLimited, result.Verdict);
    }

    [Fact]
    public void Thresholds_are_judged_by_the_totals()
    {
        var run = new SupervisedRun(this, OneBurst.WithThresholds("success-ratio >= 0.95", "failed <= 1"));
        run.End(0);
        var result = run.Complete(RunTotals.Of(new ConnectionCounts(10, 10, 9, 1, 0, 0)));

        Assert.Equal([false, true], result.Thresholds.Select(threshold => threshold.Met));
    }

    [Fact]
    public void Progress_grows_from_0_to_1_for_any_phases()
    {
        var run = new SupervisedRun(this, Of(
            Fixed(10, Second, count: 5, name: "fixed"),
            AfterBurst(10, Second, count: 3, name: "after"),
            AfterBurst(10, TimeSpan.Zero, duration: 4 * Second, name: "open")));
        var ended = new HashSet<int>();

        run.Pass(30 * Second, () =>
        {
            foreach (var burst in run.Bursts.Where(burst => burst.DueAt + (Second / 2) <= run.Elapsed && ended.Add(burst.Burst)).ToArray())
            {
                run.End(burst.Burst);
            }
        });

        var progress = run.ToldMetrics<MetricsProtocol.BeginSample>().Select(begin => begin.Progress)
            .Append(run.ToldMetrics<MetricsProtocol.Complete>().Single().Progress).ToArray();
        Assert.Equal(progress.Select(each => each.Fraction).Order(), progress.Select(each => each.Fraction));
        Assert.All(progress, each => Assert.InRange(each.Fraction, 0, 1));
        Assert.True(progress.DistinctBy(each => each.Fraction).Count() > 8, "it moves");
        Assert.Equal(["fixed", "after", "open"], progress.Select(each => each.Phase).Distinct());
        Assert.Equal((1.0, run.Bursts.Count), (progress[^1].Fraction, progress[^1].BurstsStarted));
        Assert.All(progress, each => Assert.Null(each.BurstsPlanned));
    }

    [Fact]
    public void Progress_of_a_stopped_run_does_not_change()
    {
        var run = new SupervisedRun(this, Of(AfterBurst(10, Second, count: 4)));
        run.End(0);
        run.Pass(Second);
        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGINT"));
        run.End(1);

        var progress = run.ToldMetrics<MetricsProtocol.Complete>().Single().Progress;
        Assert.Equal(new RunProgress("storm", 2, 4, 0.5), progress);
    }
}
