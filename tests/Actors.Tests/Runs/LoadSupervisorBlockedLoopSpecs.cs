using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>What a run does when one of its loops does not answer any more.</summary>
public class LoadSupervisorBlockedLoopSpecs() : TestKit(VirtualScheduler.Configuration)
{
    private const string Reason =
        "loop actorload-uring-1 (lane 1) did not answer for 5 s: something blocks it. What its lane had not reported by then is missing";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly RunSettings TwoBursts = Of(AfterBurst(10, 5 * Second, count: 2));

    [Fact]
    public void Run_ends_without_the_lane_whose_loop_is_blocked_and_names_the_loop()
    {
        var run = new SupervisedRun(this, TwoBursts);
        run.EndShare(0, lane: 0);
        run.Pass(60 * Second);
        Assert.Empty(run.Told<LaneProtocol.Abort>(0));

        EventFilter.Error(Reason).ExpectOne(() => Block(run, 1));
        Assert.Single(run.Told<LaneProtocol.Abort>(0));
        Assert.True(run.IsFinishing);
        Assert.Empty(run.ToldMetrics<MetricsProtocol.CompleteNow>()); // the other lane has last counts
        run.Pass(2 * Second);
        Assert.Single(run.ToldMetrics<MetricsProtocol.CompleteNow>());
        var result = run.Complete(RunTotals.Succeeded(5));

        Assert.Equal(Verdict.Aborted, result.Verdict);
        Assert.Equal(Reason, result.VerdictReasons[0]);
        Assert.Equal(5, Assert.Single(result.Bursts).Succeeded);
        Assert.Null(run.Parts.Blocked); // nobody looks any more
    }

    [Fact]
    public void Lane_that_answers_still_ends_its_open_connections()
    {
        var run = new SupervisedRun(this, TwoBursts);
        Block(run, 1);
        Assert.False(run.IsFinishing);

        run.EndShare(0, lane: 0, share => share with { Succeeded = 3, Cancelled = 2 });

        Assert.True(run.IsFinishing);
        Assert.Equal((3, 2), run.Complete(RunTotals.Succeeded(3)).Bursts is [var burst] ? (burst.Succeeded, burst.Cancelled) : default);
    }

    [Fact]
    public void Run_whose_only_loop_is_blocked_waits_for_no_lane()
    {
        var run = new SupervisedRun(this, TwoBursts, lanes: 1);
        Block(run, 0);

        Assert.True(run.IsFinishing);
        Assert.Single(run.ToldMetrics<MetricsProtocol.CompleteNow>());
        Assert.Equal(Verdict.Aborted, run.Complete(RunTotals.Succeeded(0)).Verdict);
    }

    [Fact]
    public void Loop_that_blocks_while_the_run_is_stopped_is_named_beside_the_stop()
    {
        var run = new SupervisedRun(this, TwoBursts);
        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGTERM"), ActorRefs.NoSender);
        run.EndShare(0, lane: 0);
        Block(run, 1);

        Assert.True(run.IsFinishing);
        var result = run.Complete(RunTotals.Succeeded(5));
        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.Equal(["SIGTERM", Reason], result.VerdictReasons);
    }

    [Fact]
    public void Blocked_loop_that_answers_later_changes_nothing()
    {
        var run = new SupervisedRun(this, TwoBursts);
        run.EndShare(0, lane: 0);
        Block(run, 1);
        run.EndShare(0, lane: 1);

        Assert.Single(run.ToldMetrics<MetricsProtocol.Complete>());
        Assert.Equal(5, Assert.Single(run.Complete(RunTotals.Succeeded(5)).Bursts).Succeeded);
    }

    [Fact]
    public void Loop_that_blocks_before_the_first_burst_ends_the_run()
    {
        var run = new SupervisedRun(this, TwoBursts, observers: CreateTestProbe("observers"));
        Block(run, 1);

        Assert.True(run.IsFinishing);
        Assert.Empty(run.Bursts);
    }

    [Theory]
    [InlineData("a stop")]
    [InlineData("a breaker")]
    [InlineData("a blocked loop")]
    [InlineData("the deadline")]
    public void Ending_run_waits_less_for_a_blocked_loop(string end)
    {
        var run = new SupervisedRun(this, TwoBursts with { Deadline = Second });
        Assert.False(run.Parts.IsHurried);
        switch (end)
        {
            case "a stop": run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGTERM"), ActorRefs.NoSender); break;
            case "a breaker": run.Supervisor.Tell(new LaneProtocol.BreakerTripped(0, "all refused"), ActorRefs.NoSender); break;
            case "a blocked loop": Block(run, 1); break;
            default: run.Pass(2 * Second); break;
        }

        Assert.Single(run.Told<LaneProtocol.Abort>(0)); // by now it has heard of its end
        Assert.True(run.Parts.IsHurried);
    }

    private static void Block(SupervisedRun run, int lane) => run.Parts.Blocked!(new BlockedLoop(lane, $"actorload-uring-{lane}", 5 * Second));
}
