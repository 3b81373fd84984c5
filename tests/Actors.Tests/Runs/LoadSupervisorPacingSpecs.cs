using ActorLoad.Connections;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Actors.Tests.Runs;

public class LoadSupervisorPacingSpecs() : TestKit(VirtualScheduler.Configuration)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(10, 3)]
    [InlineData(8_000, 1)]
    [InlineData(2, 4)]
    public void Shares_add_up_to_the_burst_and_do_not_overlap(int connections, int lanes)
    {
        var run = new SupervisedRun(this, Of(Fixed(connections, Second, count: 1)), lanes);

        var shares = Enumerable.Range(0, lanes).Select(lane => Assert.Single(run.Told<LaneProtocol.OpenBurst>(lane))).ToArray();

        Assert.Equal(Enumerable.Range(0, connections), shares.SelectMany(share => Enumerable.Range(share.First, share.Count)).Order());
        Assert.InRange(shares.Max(share => share.Count) - shares.Min(share => share.Count), 0, 1);
        Assert.All(shares, share => Assert.Equal((0, TimeSpan.Zero), (share.Burst, share.DueAt)));
    }

    [Fact]
    public void Fixed_bursts_do_not_drift_in_minutes_and_lanes_are_told_in_time()
    {
        var gap = TimeSpan.FromMilliseconds(700);
        var run = new SupervisedRun(this, Of(Fixed(10, gap, duration: TimeSpan.FromMinutes(10))));
        var told = 1;
        run.End(0);

        run.Pass(TimeSpan.FromMinutes(10), () =>
        {
            foreach (var burst in run.Bursts.Skip(told))
            {
                told++;
                Assert.Equal(gap.Ticks * burst.Burst, burst.DueAt.Ticks);
                Assert.True(burst.DueAt >= run.Elapsed, $"burst {burst.Burst} is due at {burst.DueAt} and was told at {run.Elapsed}");
                Assert.InRange(burst.DueAt - run.Elapsed, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
                run.End(burst.Burst);
            }
        });

        Assert.Equal(858, run.Bursts.Count);
        Assert.Equal(Enumerable.Range(0, 858), run.Bursts.Select(burst => burst.Burst));
        Assert.True(run.IsFinishing);
    }

    [Fact]
    public void Fixed_bursts_overlap_when_earlier_bursts_have_not_ended()
    {
        var run = new SupervisedRun(this, Of(Fixed(10, Second, count: 3)));
        run.Pass(3 * Second);
        Assert.Equal([0, 1, 2], run.Bursts.Select(burst => burst.Burst));

        run.End(2);
        run.End(0);
        Assert.False(run.IsFinishing);
        run.End(1);
        Assert.True(run.IsFinishing);

        Assert.Equal([0, 1, 2], run.Complete(RunTotals.Succeeded(30)).Bursts.Select(burst => burst.Index));
    }

    [Fact]
    public void Fixed_bursts_without_a_gap_are_all_due_at_once()
    {
        var run = new SupervisedRun(this, Of(Fixed(1, TimeSpan.Zero, count: 50_000)), lanes: 1);

        Assert.Equal(50_000, run.Bursts.Count);
        Assert.All(run.Bursts, burst => Assert.Equal(TimeSpan.Zero, burst.DueAt));
    }

    [Fact]
    public void Targets_are_used_in_turn_over_all_bursts_and_phases()
    {
        var run = new SupervisedRun(this, Of(AfterBurst(3, TimeSpan.Zero, count: 2), AfterBurst(10, TimeSpan.Zero, count: 2)));
        for (var burst = 0; burst < 3; burst++)
        {
            run.End(burst);
            run.Pass(Second);
        }

        Assert.Equal([0, 3, 6, 16], run.Bursts.Select(burst => burst.Turn));
        Assert.Equal([0, 3, 6, 16], run.Told<LaneProtocol.OpenBurst>(1).Select(burst => burst.Turn));
    }

    [Fact]
    public void Burst_with_a_late_alarm_is_opened_once()
    {
        var run = new SupervisedRun(this, Of(Fixed(10, Second, count: 2)));
        run.Pass(Second / 2);
        Sys.Scheduler.ScheduleTellOnce(Second / 4, run.Supervisor, run.Share(0, lane: 0), TestActor);
        Sys.Scheduler.ScheduleTellOnce(Second / 4, run.Supervisor, run.Share(0, lane: 1), TestActor);

        run.Jump(Second); // the burst before ends when the alarm of the next is overdue already
        run.Pass(Second);

        Assert.Equal([0, 1], run.Bursts.Select(burst => burst.Burst));
        run.End(1);
        Assert.True(run.IsFinishing);
    }

    [Fact]
    public void After_burst_waits_for_every_lane_and_then_the_gap()
    {
        var run = new SupervisedRun(this, Of(AfterBurst(10, 5 * Second, count: 2)));
        run.Pass(7 * Second);
        run.EndShare(0, lane: 0);
        run.Pass(20 * Second);
        Assert.Single(run.Bursts);

        run.EndShare(0, lane: 1);
        var end = run.Elapsed;
        run.Pass((5 * Second) - TimeSpan.FromMilliseconds(110));
        Assert.Single(run.Bursts);
        run.Pass(TimeSpan.FromMilliseconds(10));

        Assert.Equal(end + (5 * Second), run.Bursts[1].DueAt);
        run.End(1);
        Assert.True(run.IsFinishing);
    }

    [Fact]
    public void After_burst_pacing_counts_the_gap_from_the_end_that_the_lanes_report()
    {
        var run = new SupervisedRun(this, Of(AfterBurst(10, Second, count: 2)));
        run.Pass(3 * Second);

        run.EndShare(0, lane: 0, share => share with { EndedAt = TimeSpan.FromSeconds(2.75) });
        run.EndShare(0, lane: 1, share => share with { EndedAt = TimeSpan.FromSeconds(2.25) });
        run.Pass(Second);

        Assert.Equal(TimeSpan.FromSeconds(3.75), run.Bursts[1].DueAt);
    }

    [Fact]
    public void Burst_without_a_gap_is_due_when_the_previous_burst_has_ended()
    {
        var run = new SupervisedRun(this, Of(AfterBurst(10, TimeSpan.Zero, count: 3)));
        run.Pass(2 * Second);
        run.End(0);
        Assert.Equal([TimeSpan.Zero, 2 * Second], run.Bursts.Select(burst => burst.DueAt));
        run.End(1);
        run.End(2);

        Assert.Equal(3, run.Bursts.Count);
        Assert.True(run.IsFinishing);
    }

    [Fact]
    public void Bursts_without_gap_and_count_continue_until_the_duration_ends()
    {
        var run = new SupervisedRun(this, Of(AfterBurst(10, TimeSpan.Zero, duration: 10 * Second)));

        for (var burst = 0; burst < 4; burst++)
        {
            Assert.False(run.IsFinishing);
            run.Pass(3 * Second);
            run.End(burst);
        }

        Assert.Equal([0, 3, 6, 9], run.Bursts.Select(burst => burst.DueAt.TotalSeconds));
        Assert.True(run.IsFinishing);
    }

    [Fact]
    public void Next_phase_begins_when_the_last_burst_of_the_previous_phase_has_ended()
    {
        var run = new SupervisedRun(this, Of(
            Fixed(10, Second, count: 2, name: "first"), AfterBurst(7, 2 * Second, count: 2, name: "second"), Fixed(3, Second, count: 1, name: "third")));
        run.Pass(4 * Second);
        run.End(1);
        Assert.Equal(2, run.Bursts.Count);
        run.End(0);
        run.Pass(3 * Second);
        run.End(2);
        run.Pass(3 * Second);
        run.End(3);
        run.End(4);

        Assert.Equal([0, 1, 4, 9, 10], run.Bursts.Select(burst => burst.DueAt.TotalSeconds));
        var result = run.Complete(RunTotals.Succeeded(37));
        Assert.Equal(["first", "first", "second", "second", "third"], result.Bursts.Select(burst => burst.Phase));
        Assert.Equal([10, 10, 7, 7, 3], result.Bursts.Select(burst => burst.Planned));
    }

    [Fact]
    public void Stopped_run_opens_no_further_burst()
    {
        var run = new SupervisedRun(this, Of(Fixed(10, Second, count: 100)));
        run.Pass(2 * Second);
        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "enough"));
        var told = run.Bursts.Count;

        run.Pass(10 * Second);

        Assert.Equal(told, run.Bursts.Count);
    }
}
