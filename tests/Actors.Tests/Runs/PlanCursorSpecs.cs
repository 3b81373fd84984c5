using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

public sealed class PlanCursorSpecs
{
    [Fact]
    public void First_bursts_are_listed_and_all_bursts_are_counted()
    {
        const int Bursts = PlanCursor.MostKept + 500;
        var course = Course(Pacing.AfterBurst, TimeSpan.Zero, Bursts);
        while (course.NextDue() is { } due)
        {
            course.End(Share(course.Begin(due)));
        }

        Assert.True(course.IsOver);
        Assert.Equal((PlanCursor.MostKept, 500, 3L * Bursts), (course.Ended.Count, course.Omitted, course.Opened));
    }

    [Fact]
    public void After_burst_waits_for_the_open_one_and_fixed_does_not()
    {
        var afterBurst = Course(Pacing.AfterBurst, TimeSpan.FromSeconds(1), 2);
        afterBurst.Begin(afterBurst.NextDue()!.Value);
        Assert.Null(afterBurst.NextDue());
        afterBurst.End(Share(0));
        Assert.Equal(TimeSpan.FromSeconds(6), afterBurst.NextDue());

        var isFixed = Course(Pacing.Fixed, TimeSpan.FromSeconds(1), 2);
        isFixed.Begin(isFixed.NextDue()!.Value);
        Assert.Equal(TimeSpan.FromSeconds(1), isFixed.NextDue());
    }

    [Fact]
    public void Progress_of_a_burst_grows_during_its_hold()
    {
        var plan = RunPlan.Create([new BurstSettings("storm", 3, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), 2, Pacing.AfterBurst)]);
        var course = new PlanCursor(plan, lanes: 1, hold: TimeSpan.FromSeconds(60));
        course.Begin(course.NextDue()!.Value);

        Assert.Equal([0, 0.25, 0.495], new[] { 0, 30, 70 }.Select(second => course.Progress(TimeSpan.FromSeconds(second)).Fraction));
    }

    [Fact]
    public void Burst_is_late_when_its_first_connection_starts_a_second_after_its_time()
    {
        var course = Course(Pacing.Fixed, TimeSpan.FromSeconds(1), 3);
        foreach (var start in new[] { 0.9, 2.5, 3.9 })
        {
            course.End(Share(course.Begin(course.NextDue()!.Value)) with { FirstStart = TimeSpan.FromSeconds(start), LastStart = TimeSpan.FromSeconds(start) });
        }

        Assert.Equal((2, 1_900_000), (course.LateBursts, course.WorstBurstLag));
    }

    [Fact]
    public void Busy_time_leaves_out_the_gaps_and_counts_an_overlap_once()
    {
        var apart = Course(Pacing.AfterBurst, TimeSpan.FromSeconds(10), 2);
        apart.End(Share(apart.Begin(apart.NextDue()!.Value)));
        apart.End(Share(apart.Begin(apart.NextDue()!.Value)) with { EndedAt = TimeSpan.FromSeconds(18) });
        Assert.Equal(TimeSpan.FromSeconds(5 + 3), apart.Busy);

        var together = Course(Pacing.Fixed, TimeSpan.FromSeconds(1), 2);
        together.Begin(together.NextDue()!.Value);
        together.Begin(together.NextDue()!.Value);
        together.End(Share(0));
        together.End(Share(1) with { EndedAt = TimeSpan.FromSeconds(3) });
        Assert.Equal(TimeSpan.FromSeconds(5), together.Busy);
    }

    [Fact]
    public void A_share_of_an_unknown_burst_changes_nothing()
    {
        var course = Course(Pacing.Fixed, TimeSpan.Zero, 1);
        Assert.False(course.End(Share(7)));
        Assert.Empty(course.Ended);
    }

    private static PlanCursor Course(Pacing pacing, TimeSpan gap, int count) =>
        new(RunPlan.Create([new BurstSettings("storm", 3, gap, TimeSpan.FromHours(1), count, pacing)]), lanes: 1);

    private static LaneProtocol.BurstShareEnded Share(int burst) =>
        new(0, burst, 3, 3, 3, 0, 0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(5), NeverReached: false);
}
