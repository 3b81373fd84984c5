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
        while (course.NextDue() is var (fleet, due))
        {
            course.End(Share(course.Begin(fleet, due)));
        }

        Assert.True(course.IsOver);
        Assert.Equal((PlanCursor.MostKept, 500, 3L * Bursts), (course.Ended.Count, course.Omitted, course.Opened));
    }

    [Fact]
    public void After_burst_waits_for_the_open_one_and_fixed_does_not()
    {
        var afterBurst = Course(Pacing.AfterBurst, TimeSpan.FromSeconds(1), 2);
        Begin(afterBurst);
        Assert.Null(afterBurst.NextDue());
        afterBurst.End(Share(0));
        Assert.Equal(TimeSpan.FromSeconds(6), afterBurst.NextDue()?.Due);

        var isFixed = Course(Pacing.Fixed, TimeSpan.FromSeconds(1), 2);
        Begin(isFixed);
        Assert.Equal(TimeSpan.FromSeconds(1), isFixed.NextDue()?.Due);
    }

    [Fact]
    public void Progress_of_a_burst_grows_during_its_hold()
    {
        var plan = RunPlan.Create([new BurstSettings("storm", 3, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), 2, Pacing.AfterBurst)]);
        var course = new PlanCursor(plan, lanes: 1, hold: TimeSpan.FromSeconds(60));
        Begin(course);

        Assert.Equal([0, 0.25, 0.495], new[] { 0, 30, 70 }.Select(second => course.Progress(TimeSpan.FromSeconds(second)).Fraction));
    }

    [Fact]
    public void Burst_is_late_when_its_first_connection_starts_a_second_after_its_time()
    {
        var course = Course(Pacing.Fixed, TimeSpan.FromSeconds(1), 3);
        foreach (var start in new[] { 0.9, 2.5, 3.9 })
        {
            course.End(Share(Begin(course)) with { FirstStart = TimeSpan.FromSeconds(start), LastStart = TimeSpan.FromSeconds(start) });
        }

        Assert.Equal((2, 1_900_000), (course.LateBursts, course.WorstBurstLag));
    }

    [Fact]
    public void Busy_time_leaves_out_the_gaps_and_counts_an_overlap_once()
    {
        var apart = Course(Pacing.AfterBurst, TimeSpan.FromSeconds(10), 2);
        apart.End(Share(Begin(apart)));
        apart.End(Share(Begin(apart)) with { EndedAt = TimeSpan.FromSeconds(18) });
        Assert.Equal(TimeSpan.FromSeconds(5 + 3), apart.Busy);

        var together = Course(Pacing.Fixed, TimeSpan.FromSeconds(1), 2);
        Begin(together);
        Begin(together);
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

    [Fact]
    public void Fleets_follow_their_own_plans_side_by_side()
    {
        var course = new PlanCursor(
            [
                new FleetPlan("web", RunPlan.Create([Bursts(Pacing.AfterBurst, TimeSpan.FromSeconds(1), 2)]), TimeSpan.Zero),
                new FleetPlan("jobs", RunPlan.Create([Bursts(Pacing.Fixed, TimeSpan.FromSeconds(2), 2)]), TimeSpan.Zero),
            ],
            lanes: 1);

        Assert.Equal(["web 0", "jobs 0", "jobs 2"], [Next(), Next(), Next()]);
        Assert.Null(course.NextDue()); // web waits for its burst
        course.End(Share(0));
        course.End(Share(1));
        course.End(Share(2));
        Assert.Equal("web 6", Next());
        Assert.False(course.IsOver);
        course.End(Share(3) with { EndedAt = TimeSpan.FromSeconds(9) });

        Assert.Null(course.NextDue());
        Assert.True(course.IsOver);
        Assert.Equal([(0, "web"), (1, "jobs"), (2, "jobs"), (3, "web")], course.Ended.Select(burst => (burst.Index, burst.Fleet)).Order());
        Assert.Equal([9, 5], course.Results.Phases.Select(phase => phase!.EndedAt!.Value.TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(5 + 3), course.Busy);

        string Next()
        {
            var (fleet, due) = course.NextDue()!.Value;
            course.Begin(fleet, due);
            return $"{fleet.Name} {due.TotalSeconds}";
        }
    }

    [Fact]
    public void Target_was_never_reached_only_if_no_fleet_reached_it()
    {
        var plan = RunPlan.Create([Bursts(Pacing.Fixed, TimeSpan.Zero, 1)]);
        var course = new PlanCursor([new FleetPlan("web", plan, TimeSpan.Zero), new FleetPlan("jobs", plan, TimeSpan.Zero)], lanes: 1);
        Begin(course);
        Begin(course);

        course.End(Share(0) with { Succeeded = 0, Failed = 3, NeverReached = true });
        Assert.False(course.NeverReached); // the other one still tries
        course.End(Share(1));
        Assert.False(course.NeverReached);
    }

    private static int Begin(PlanCursor course)
    {
        var (fleet, due) = course.NextDue()!.Value;
        return course.Begin(fleet, due);
    }

    private static PlanCursor Course(Pacing pacing, TimeSpan gap, int count) =>
        new(RunPlan.Create([Bursts(pacing, gap, count)]), lanes: 1);

    private static BurstSettings Bursts(Pacing pacing, TimeSpan gap, int count) => new("storm", 3, gap, TimeSpan.FromHours(1), count, pacing);

    private static LaneProtocol.BurstShareEnded Share(int burst) =>
        new(0, burst, 3, 3, 3, 0, 0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(5), NeverReached: false);
}
