using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>Thresholds that end a run, in virtual time.</summary>
public class LoadSupervisorThresholdSpecs() : TestKit(VirtualScheduler.Configuration)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly RunSettings LongRun = Of(Fixed(10, 100 * Second, count: 2))
        .WithThresholds("failed == 0", "retries == 0").AbortingOnFail(10 * Second);

    [Fact]
    public void Failed_threshold_ends_the_load_and_keeps_the_verdict()
    {
        var run = new SupervisedRun(this, LongRun);
        run.Pass(Second);
        run.Supervisor.Tell(Interval(12, failed: 3));

        Assert.All([0, 1], lane => Assert.Single(run.Told<LaneProtocol.Abort>(lane)));
        run.End(0);
        Assert.True(run.IsFinishing);
        var result = run.Complete(RunTotals.Of(new ConnectionCounts(10, 10, 7, 0, 0, 3)));

        Assert.Equal((Verdict.Valid, false), (result.Verdict, result.Passed));
        Assert.Equal(
            ["threshold failed == 0 failed after 12 s: 3; the load was ended there, and what was open then is counted as cancelled"],
            result.VerdictReasons);
        Assert.Equal([(3.0, false, 12.0), (0.0, true, null)], result.Thresholds.Select(threshold => (threshold.Measured, threshold.Met, threshold.EndedRunAt)));
    }

    [Theory]
    [InlineData(9.999, 3)] // before its time
    [InlineData(12, 0)] // met
    public void Interval_that_is_too_early_or_good_does_not_end_the_load(double at, long failed)
    {
        var run = new SupervisedRun(this, LongRun);
        run.Pass(Second);
        run.Supervisor.Tell(Interval(at, failed));

        Assert.Empty(run.Told<LaneProtocol.Abort>(0));
    }

    [Fact]
    public void Number_that_is_not_measured_yet_does_not_end_the_load()
    {
        var run = new SupervisedRun(this, Of(Fixed(10, 100 * Second, count: 2)).WithThresholds("connect.p99 < 1ms").AbortingOnFail(TimeSpan.Zero));
        run.Pass(Second);
        run.Supervisor.Tell(Interval(12, failed: 0));

        Assert.Empty(run.Told<LaneProtocol.Abort>(0));
    }

    [Fact]
    public void Supervisor_gets_intervals_only_if_a_threshold_can_end_the_run()
    {
        var with = new SupervisedRun(this, LongRun);
        Assert.Equal([with.Listener, with.Supervisor], with.ToldMetrics<MetricsProtocol.Subscribe>().Select(each => each.Subscriber));
    }

    [Fact]
    public void Run_without_such_a_threshold_is_not_judged_during_the_load()
    {
        var run = new SupervisedRun(this, Of(Fixed(10, 100 * Second, count: 2)).WithThresholds("failed == 0"));
        run.Pass(Second);
        run.Supervisor.Tell(Interval(12, failed: 3));

        Assert.Equal([run.Listener], run.ToldMetrics<MetricsProtocol.Subscribe>().Select(each => each.Subscriber));
        Assert.Empty(run.Told<LaneProtocol.Abort>(0));
    }

    [Fact]
    public void Interval_after_the_end_of_the_load_is_ignored()
    {
        var run = new SupervisedRun(this, Of(Fixed(10, Second, count: 1)).WithThresholds("failed == 0").AbortingOnFail(TimeSpan.Zero));
        run.Pass(Second);
        run.End(0);
        Assert.True(run.IsFinishing);
        run.Supervisor.Tell(Interval(2, failed: 3));
        var result = run.Complete(RunTotals.Succeeded(10));

        Assert.True(result.Passed);
        Assert.Empty(result.VerdictReasons);
    }

    private static RunSnapshot Interval(double at, long failed) =>
        RunTotals.Of(new ConnectionCounts(10, 10, 5, failed, 0, 0)) with { ElapsedSeconds = at };
}
