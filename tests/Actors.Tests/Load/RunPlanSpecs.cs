using ActorLoad.Load;
using FsCheck;
using FsCheck.Xunit;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;

namespace ActorLoad.Actors.Tests.Load;

public class RunPlanSpecs
{
    private static readonly TimeSpan PhaseStart = TimeSpan.FromSeconds(100);

    [Theory]
    [InlineData(Pacing.AfterBurst, 5, 60, null, 12)] // the ancestor's defaults
    [InlineData(Pacing.AfterBurst, 5, 20, null, 4)]
    [InlineData(Pacing.AfterBurst, 7, 20, null, 2)] // whole gaps only
    [InlineData(Pacing.AfterBurst, 30, 20, null, 1)]
    [InlineData(Pacing.AfterBurst, 0, 20, null, null)] // until the duration is spent
    [InlineData(Pacing.AfterBurst, 0, 20, 3, 3)]
    [InlineData(Pacing.AfterBurst, 5, 60, 3, 3)]
    [InlineData(Pacing.AfterBurst, 5, 5, 100, 100)] // a count wins, whatever the duration
    [InlineData(Pacing.Fixed, 5, 20, null, 4)]
    [InlineData(Pacing.Fixed, 7, 20, null, 3)] // at 0, 7 and 14
    [InlineData(Pacing.Fixed, 30, 20, null, 1)]
    [InlineData(Pacing.Fixed, 0, 20, null, 1)]
    [InlineData(Pacing.Fixed, 0, 20, 7, 7)]
    [InlineData(Pacing.Fixed, 5, 20, 9, 9)]
    public void The_count_of_bursts_follows_from_pacing_gap_duration_and_count(
        Pacing pacing, int gap, int duration, int? count, int? expected)
    {
        var phase = new BurstSettings("storm", 10, TimeSpan.FromSeconds(gap), TimeSpan.FromSeconds(duration), count, pacing);

        Assert.Equal(expected, BurstPhase.Create(phase).Count);
        Assert.Equal(expected, RunPlan.Create([phase]).Bursts);
    }

    [Theory]
    [InlineData(Pacing.AfterBurst, 5, 60, null, 0, 55)] // 12 bursts, 11 gaps
    [InlineData(Pacing.AfterBurst, 5, 60, 3, 7, 31)] // each is held for 7 s
    [InlineData(Pacing.AfterBurst, 0, 60, null, 7, 60)]
    [InlineData(Pacing.AfterBurst, 0, 60, null, 90, 90)]
    [InlineData(Pacing.AfterBurst, 5, 60, 1, 0, 0)]
    [InlineData(Pacing.Fixed, 5, 60, null, 7, 62)] // the last one is held
    [InlineData(Pacing.Fixed, 0, 60, 7, 7, 7)]
    public void The_shortest_time_of_a_plan_follows_from_gaps_and_holds(
        Pacing pacing, int gap, int duration, int? count, int hold, int expected)
    {
        var phase = new BurstSettings("storm", 10, TimeSpan.FromSeconds(gap), TimeSpan.FromSeconds(duration), count, pacing);

        Assert.Equal(TimeSpan.FromSeconds(expected), RunPlan.Create([phase]).Shortest(TimeSpan.FromSeconds(hold)));
        Assert.Equal(TimeSpan.FromSeconds(2 * expected), RunPlan.Create([phase, phase]).Shortest(TimeSpan.FromSeconds(hold)));
    }

    [Fact]
    public void Longest_possible_plan_has_a_shortest_time()
    {
        var longest = new BurstSettings("storm", 1, TimeSpan.FromDays(1), TimeSpan.FromDays(30), 1_000_000, Pacing.AfterBurst);

        Assert.True(RunPlan.Create([.. Enumerable.Repeat(longest, 1000)]).Shortest(TimeSpan.FromDays(1)) > TimeSpan.FromDays(365));
    }

    [Fact]
    public void Bursts_of_several_phases_add_up_unless_a_phase_ends_by_its_duration()
    {
        var warmUp = AfterBurst(5, TimeSpan.FromSeconds(5), count: 2, name: "warm-up");
        var storm = Fixed(8_000, TimeSpan.FromSeconds(5), duration: TimeSpan.FromSeconds(20));
        var open = AfterBurst(5, TimeSpan.Zero, duration: TimeSpan.FromSeconds(20));

        var plan = RunPlan.Create([warmUp, storm]);

        Assert.Equal(["warm-up", "storm"], plan.Phases.Select(phase => phase.Name));
        Assert.Equal([5, 8_000], plan.Phases.Cast<BurstPhase>().Select(phase => phase.Connections));
        Assert.Equal(6, plan.Bursts);
        Assert.Null(RunPlan.Create([warmUp, open, storm]).Bursts);
    }

    [Fact]
    public void More_bursts_than_an_integer_holds_are_no_error()
    {
        var endless = Fixed(1, TimeSpan.FromTicks(1), duration: TimeSpan.FromDays(30));

        Assert.Equal(int.MaxValue, RunPlan.Create([endless, endless]).Bursts);
    }

    [Fact]
    public void After_burst_waits_the_gap_from_the_end_of_the_burst_before()
    {
        var phase = BurstPhase.Create(AfterBurst(5, TimeSpan.FromSeconds(5), count: 3));

        Assert.Equal(PhaseStart, phase.DueAt(0, PhaseStart, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromSeconds(117), phase.DueAt(1, PhaseStart, TimeSpan.FromSeconds(112)));
        Assert.Null(phase.DueAt(3, PhaseStart, TimeSpan.FromSeconds(112)));
    }

    [Fact]
    public void Bursts_without_gap_and_count_are_due_until_the_duration_ends()
    {
        var phase = BurstPhase.Create(AfterBurst(5, TimeSpan.Zero, duration: TimeSpan.FromSeconds(20)));
        var almost = TimeSpan.FromSeconds(120) - TimeSpan.FromTicks(1);

        Assert.Equal(almost, phase.DueAt(1_000_000, PhaseStart, almost));
        Assert.Null(phase.DueAt(1_000_000, PhaseStart, TimeSpan.FromSeconds(120)));
    }

    [Property]
    public bool Fixed_due_times_never_drift(NonNegativeInt start, PositiveInt gap, NonNegativeInt index, NonNegativeInt lastEnd)
    {
        var phase = BurstPhase.Create(Fixed(1, TimeSpan.FromTicks(gap.Get), count: int.MaxValue));
        var due = phase.DueAt(index.Get, TimeSpan.FromTicks(start.Get), TimeSpan.FromTicks(lastEnd.Get));

        return due!.Value.Ticks == start.Get + ((long)index.Get * gap.Get);
    }

    [Property]
    public bool Fixed_bursts_fill_the_duration_and_none_begins_after_it(PositiveInt gap, PositiveInt duration)
    {
        var phase = BurstPhase.Create(Fixed(1, TimeSpan.FromTicks(gap.Get), duration: TimeSpan.FromTicks(duration.Get)));
        var count = (long)phase.Count!.Value;

        return (count - 1) * gap.Get < duration.Get && count * gap.Get >= duration.Get
            && phase.DueAt((int)count - 1, PhaseStart, PhaseStart) < PhaseStart + phase.Duration
            && phase.DueAt((int)count, PhaseStart, PhaseStart) is null;
    }

    [Property]
    public bool After_burst_makes_as_many_bursts_as_whole_gaps_fit_and_at_least_one(PositiveInt gap, PositiveInt duration)
    {
        var count = (long)BurstPhase.Create(AfterBurst(1, TimeSpan.FromTicks(gap.Get), duration: TimeSpan.FromTicks(duration.Get))).Count!.Value;

        return (count * gap.Get <= duration.Get && (count + 1) * gap.Get > duration.Get) || (count == 1 && gap.Get > duration.Get);
    }

    [Fact]
    public void Plan_until_a_deadline_has_the_bursts_that_can_begin_before_it()
    {
        var second = TimeSpan.FromSeconds(1);
        var plan = RunPlan.Create([Fixed(1, second, count: 4), AfterBurst(2, TimeSpan.Zero, count: 7), Fixed(3, second, count: 1)]);

        Assert.Same(plan, plan.Until(TimeSpan.Zero));
        Assert.Equal([2], Counts(plan.Until(2 * second)));
        Assert.Equal([3], Counts(plan.Until(2.5 * second)));
        Assert.Equal([3], Counts(plan.Until(3 * second)));
        Assert.Equal([4, 7, 1], Counts(plan.Until(3.1 * second)));
        Assert.Equal([4, 7, 1], Counts(plan.Until(TimeSpan.FromDays(365))));
        var endless = RunPlan.Create([AfterBurst(1, TimeSpan.Zero, duration: 60 * second), Fixed(3, second, count: 1)]);
        Assert.Equal([null], Counts(endless.Until(9 * second)));
        Assert.Equal(9 * second, ((BurstPhase)endless.Until(9 * second).Phases[0]).Duration);
    }

    private static IEnumerable<int?> Counts(RunPlan plan) => plan.Phases.Cast<BurstPhase>().Select(phase => phase.Count);

    [Property]
    public bool Due_times_grow(bool isFixed, PositiveInt gap, PositiveInt[] lengths)
    {
        var pacing = isFixed ? Pacing.Fixed : Pacing.AfterBurst;
        var phase = BurstPhase.Create(new BurstSettings("storm", 1, TimeSpan.FromTicks(gap.Get), TimeSpan.FromTicks(1), lengths.Length + 1, pacing));
        var (last, lastEnd) = (phase.DueAt(0, PhaseStart, TimeSpan.Zero)!.Value, PhaseStart);
        for (var index = 0; index < lengths.Length; index++)
        {
            lastEnd = last + TimeSpan.FromTicks(lengths[index].Get);
            var due = phase.DueAt(index + 1, PhaseStart, lastEnd)!.Value;
            if (due <= last || (!isFixed && due - lastEnd != phase.Gap))
            {
                return false;
            }

            last = due;
        }

        return phase.DueAt(lengths.Length + 1, PhaseStart, lastEnd) is null;
    }
}
