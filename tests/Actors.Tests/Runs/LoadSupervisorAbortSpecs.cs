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

public class LoadSupervisorAbortSpecs() : TestKit(VirtualScheduler.Configuration)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly RunSettings TwoBursts = Of(AfterBurst(10, 5 * Second, count: 2));

    [Fact]
    public void Stopped_run_aborts_its_lanes_and_reports_the_finished_part_of_the_burst()
    {
        var run = new SupervisedRun(this, TwoBursts);
        run.Pass(Second);
        Assert.Empty(run.Told<LaneProtocol.Abort>(0));

        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGINT"));
        Assert.All([0, 1], lane => Assert.Single(run.Told<LaneProtocol.Abort>(lane)));
        Assert.False(run.IsFinishing);
        run.End(0, share => share with { Succeeded = 3, Cancelled = 2 });
        Assert.True(run.IsFinishing);
        var result = run.Complete(RunTotals.Of(new ConnectionCounts(10, 10, 6, 0, 0, 4)));

        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.Equal(["SIGINT"], result.VerdictReasons);
        var burst = Assert.Single(result.Bursts);
        Assert.Equal((10, 6, 0, 4), (burst.Planned, burst.Succeeded, burst.Failed, burst.Cancelled));
    }

    [Fact]
    public void A_run_that_is_stopped_between_bursts_ends_without_waiting()
    {
        var run = new SupervisedRun(this, TwoBursts);
        run.End(0);

        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGINT"));

        Assert.True(run.IsFinishing);
        Assert.Single(run.Complete(RunTotals.Succeeded(10)).Bursts);
    }

    [Fact]
    public void Scheduled_burst_stopped_before_it_was_due_is_not_reported()
    {
        var run = new SupervisedRun(this, Of(Fixed(10, Second, count: 2)));
        run.Pass(TimeSpan.FromMilliseconds(950));
        Assert.Equal(2, run.Bursts.Count);

        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGINT"));
        run.End(0);
        run.End(1, share => share with { Planned = 0, Opened = 0, Succeeded = 0, FirstStart = null, LastStart = null });

        Assert.Equal([0], run.Complete(RunTotals.Succeeded(10)).Bursts.Select(burst => burst.Index));
    }

    [Fact]
    public void Stop_before_any_connection_is_established_does_not_blame_the_target()
    {
        var run = new SupervisedRun(this, TwoBursts);

        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGINT"));
        run.End(0, share => share with { Succeeded = 0, Cancelled = share.Opened, NeverReached = true });

        Assert.Equal(["SIGINT"], run.Complete(RunTotals.Of(new ConnectionCounts(10, 10, 0, 0, 0, 10))).VerdictReasons);
    }

    [Fact]
    public void Lane_that_ignores_an_abort_does_not_hang_the_run()
    {
        var run = new SupervisedRun(this, TwoBursts);
        run.EndShare(0, lane: 0);
        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGTERM"));
        Assert.False(run.IsFinishing);

        run.Pass(5 * Second); // the time that a daemon has
        Assert.True(run.IsFinishing);
        Assert.Single(run.ToldMetrics<MetricsProtocol.CompleteNow>());
        var result = run.Complete(RunTotals.Succeeded(5));

        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.Contains(result.VerdictReasons, reason => reason.StartsWith("1 burst had not ended", StringComparison.Ordinal));
    }

    [Fact]
    public void Lane_that_withholds_its_last_tally_does_not_hang_the_run_and_is_reported()
    {
        var run = new SupervisedRun(this, Of(Fixed(10, Second, count: 1)));
        run.End(0);
        Assert.Empty(run.ToldMetrics<MetricsProtocol.CompleteNow>());
        Assert.False(run.Parts.IsGivenUp);

        run.Pass(5 * Second);
        Assert.Single(run.ToldMetrics<MetricsProtocol.CompleteNow>());
        Assert.True(run.Parts.IsGivenUp); // something may block its loop: it is for no other run
        var result = run.Complete(RunTotals.Succeeded(10));

        Assert.Equal(Verdict.GeneratorLimited, result.Verdict);
        Assert.Contains("counts", Assert.Single(result.VerdictReasons), StringComparison.Ordinal);
    }

    [Fact]
    public void A_share_that_ends_after_the_last_wait_changes_nothing()
    {
        var run = new SupervisedRun(this, TwoBursts);
        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGTERM"));
        run.Pass(5 * Second);

        run.End(0);

        Assert.Single(run.ToldMetrics<MetricsProtocol.Complete>());
        Assert.Equal(Verdict.Interrupted, run.Complete(RunTotals.Succeeded(10)).Verdict);
    }

    [Fact]
    public void A_tripped_breaker_aborts_the_run_with_its_reason()
    {
        var run = new SupervisedRun(this, TwoBursts);

        run.Supervisor.Tell(new LaneProtocol.BreakerTripped(0, "breaker: 20 of 20 attempts failed"));
        run.Supervisor.Tell(new LaneProtocol.BreakerTripped(1, "breaker: 20 of 20 attempts failed"));
        Assert.All([0, 1], lane => Assert.Single(run.Told<LaneProtocol.Abort>(lane)));
        run.End(0);
        var result = run.Complete(RunTotals.Succeeded(10));

        Assert.Equal(Verdict.Aborted, result.Verdict);
        Assert.Equal(["breaker: 20 of 20 attempts failed"], result.VerdictReasons);
    }

    [Fact]
    public void Stop_after_an_abort_is_reported_beside_its_reason()
    {
        var run = new SupervisedRun(this, TwoBursts);
        run.Supervisor.Tell(new LaneProtocol.BreakerTripped(0, "breaker"));
        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGINT"));
        run.End(0);
        var result = run.Complete(RunTotals.Succeeded(10));

        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.Equal(["breaker", "SIGINT"], result.VerdictReasons);
        Assert.Single(run.Told<LaneProtocol.Abort>(0));
    }

    [Fact]
    public void Escalated_failure_aborts_the_run_and_its_lane_keeps_its_counts()
    {
        var run = new SupervisedRun(this, TwoBursts);

        run.Parts.Lanes[0].Tell(ConnectionFailedException.For(new ConnectionRecord(Connections.Given.Share(), 0, 0), Outcome.Refused));

        Assert.Equal(2, run.Parts.LanesBorn);
        Assert.All([0, 1], lane => Assert.Single(run.Told<LaneProtocol.Abort>(lane)));
        run.End(0);
        var result = run.Complete(RunTotals.Succeeded(10));
        Assert.Equal(Verdict.Aborted, result.Verdict);
        Assert.StartsWith("supervision.refused: ", Assert.Single(result.VerdictReasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Bug_in_a_lane_aborts_the_run_and_is_logged_but_the_lane_goes_on()
    {
        var run = new SupervisedRun(this, TwoBursts);

        EventFilter.Exception<DivideByZeroException>("lane-1 failed").ExpectOne(() =>
            run.Parts.Lanes[1].Tell(new DivideByZeroException("twice")));

        Assert.Equal(2, run.Parts.LanesBorn);
        Assert.All([0, 1], lane => Assert.Single(run.Told<LaneProtocol.Abort>(lane)));
        run.End(0);
        var result = run.Complete(RunTotals.Succeeded(10));
        Assert.Equal(Verdict.Aborted, result.Verdict);
        Assert.Equal("a bug in ActorLoad: lane-1 failed with DivideByZeroException: twice", Assert.Single(result.VerdictReasons));
    }

    [Fact]
    public void Lane_that_cannot_be_created_ends_the_run_without_a_retry()
    {
        SupervisedRun? made = null;
        EventFilter.Exception<ActorInitializationException>("lane-0 failed").ExpectOne(() =>
            made = new SupervisedRun(this, TwoBursts, lanes: 1, laneBirthFailure: new InvalidOperationException("no loop")));
        var run = made!;

        Assert.Equal(1, run.Parts.LanesBorn);
        run.Pass(5 * Second);
        var result = run.Complete(RunTotals.Succeeded(0));

        Assert.Equal(Verdict.Aborted, result.Verdict);
        Assert.Contains("lane-0", result.VerdictReasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Unreached_target_ends_the_run_after_its_first_burst()
    {
        var run = new SupervisedRun(this, TwoBursts);

        run.End(0, share => share with { Succeeded = 0, Failed = share.Opened, NeverReached = true });
        var result = run.Complete(RunTotals.Of(new ConnectionCounts(10, 10, 0, 10, 0, 0)));

        Assert.Equal(Verdict.Aborted, result.Verdict);
        Assert.Equal("the target was never reached: of 10 connections to 127.0.0.1:6379 not one was established", Assert.Single(result.VerdictReasons));
        Assert.Single(run.Bursts);
    }

    [Fact]
    public void Run_continues_while_an_endpoint_is_untried()
    {
        var run = new SupervisedRun(this, TwoBursts);

        run.End(0, share => share with { Succeeded = 0, Failed = share.Opened, NeverReached = true, HasUntriedEndpoint = true });
        run.Pass(5 * Second);

        Assert.Equal(2, run.Bursts.Count);
        run.End(1, share => share with { Succeeded = 0, Failed = share.Opened, NeverReached = true });
        Assert.Equal(Verdict.Aborted, run.Complete(RunTotals.Of(new ConnectionCounts(20, 20, 0, 20, 0, 0))).Verdict);
    }

    [Fact]
    public void Endpoint_given_up_is_reported_and_the_run_continues()
    {
        var run = new SupervisedRun(this, TwoBursts);

        run.Supervisor.Tell(new LaneProtocol.EndpointGivenUp(0, "127.0.0.1:6379", "breaker: 127.0.0.1:6379 was given up"));
        Assert.Empty(run.Told<LaneProtocol.Abort>(0));
        run.End(0);
        run.Pass(6 * Second);
        run.End(1);
        var result = run.Complete(RunTotals.Succeeded(20));

        Assert.Equal((Verdict.Valid, "breaker: 127.0.0.1:6379 was given up"), (result.Verdict, Assert.Single(result.VerdictReasons)));
        Assert.Equal("breaker: 127.0.0.1:6379 was given up", Assert.Single(result.Endpoints).GivenUp);
    }

    [Fact]
    public void Target_reached_by_one_lane_is_stormed_again()
    {
        var run = new SupervisedRun(this, TwoBursts);

        run.End(0, share => share with { Succeeded = 0, Failed = share.Opened, NeverReached = share.Lane == 0 });
        run.Pass(5 * Second);

        Assert.Equal(2, run.Bursts.Count);
        Assert.Empty(run.Told<LaneProtocol.Abort>(0));
    }

    [Fact]
    public void Unreached_target_is_stormed_to_the_end_without_a_breaker()
    {
        var run = new SupervisedRun(this, TwoBursts.WithBreaker(enabled: false));
        run.End(0, share => share with { Succeeded = 0, Failed = share.Opened, NeverReached = true });
        run.Pass(5 * Second);
        run.End(1, share => share with { Succeeded = 0, Failed = share.Opened, NeverReached = true });
        var result = run.Complete(RunTotals.Of(new ConnectionCounts(20, 20, 0, 20, 0, 0)));

        Assert.Equal(Verdict.Aborted, result.Verdict);
        Assert.Equal(2, result.Bursts.Count);
    }
}
