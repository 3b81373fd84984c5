using ActorLoad.Load;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Load;

public sealed class ArrivalsSpecs
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    public static TheoryData<string, RateCurve, double> Curves { get; } = new()
    {
        { "rate", SegmentCurve.Constant(500, _minute), 30_000 },
        { "slow rate", SegmentCurve.Constant(1.0 / 60, TimeSpan.FromHours(10)), 600 },
        { "ramp", Ramp(100, 5_000), 153_000 },
        { "falling ramp", Ramp(5_000, 100), 153_000 },
        { "ramp from nothing", Ramp(0, 1_000), 30_000 },
        { "ramp to nothing", Ramp(1_000, 0), 30_000 },
        { "exponential ramp", Ramp(10, 1_000, isExponential: true), (1_000 - 10) / Math.Log(100) * 60 },
        { "steps", Steps(100, 200, 300), 60 * (100 + 200 + 300) },
        { "step through nothing", Steps(50, 0, 50), 60 * 100 },
        { "spike", new SegmentCurve([new(100, 900, _minute), new(900, 900, _minute), new(900, 100, _minute)]), 60 * (500 + 900 + 500) },
        { "sine", new SineCurve(500, 400, _minute, 10 * _minute), 300_000 },
        { "a third of a sine", new SineCurve(500, 500, _minute, _minute / 3), (500 * 20) - (500 * 60 / Math.Tau * Math.Sin(Math.Tau / 3)) },
        { "pause", SegmentCurve.Constant(0, _minute), 0 },
    };

    [Theory]
    [MemberData(nameof(Curves))]
    public void Number_of_arrivals_is_the_integral_of_the_rate(string name, RateCurve curve, double integral)
    {
        var arrivals = new EvenArrivals(curve);

        Assert.Equal(integral, curve.Expected, integral * 1e-9);
        Assert.Equal((long)Math.Ceiling(integral - 1e-6), arrivals.Count);
        Assert.True(arrivals.Count == arrivals.DueTimes().LongCount(), name);
    }

    [Theory]
    [MemberData(nameof(Curves))]
    public void Arrivals_never_go_back_and_none_is_early_or_late(string name, RateCurve curve, double integral)
    {
        var (last, index) = (TimeSpan.Zero, 0L);
        foreach (var due in new EvenArrivals(curve).DueTimes())
        {
            Assert.True(due >= last && due < curve.Duration, $"{name}: {index} is due at {due} after {last}");
            // The integral up to the due time is the index: nobody is due before its turn. A tick is 100 ns.
            Assert.True(curve.CountAt(due.TotalSeconds) <= index + 1e-6, $"{name}: {index} is early");
            Assert.True(curve.CountAt(due.TotalSeconds + 2e-7) >= index - 1e-6, $"{name}: {index} is late");
            (last, index) = (due, index + 1);
        }

        Assert.InRange(index, integral - 1, integral + 1);
    }

    [Fact]
    public void Ten_hours_of_a_rate_do_not_drift()
    {
        var arrivals = new EvenArrivals(SegmentCurve.Constant(1_000, TimeSpan.FromHours(10)));

        Assert.Equal(36_000_000, arrivals.Count);
        Assert.Equal(TimeSpan.FromHours(10) - TimeSpan.FromMilliseconds(1), arrivals.DueAt(arrivals.Count - 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_million_arrivals_take_no_memory(bool isRandom)
    {
        var curve = SegmentCurve.Constant(10_000, TimeSpan.FromSeconds(200));
        Arrivals arrivals = isRandom ? new PoissonArrivals(curve, 1, (0, 0)) : new EvenArrivals(curve);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.InRange(arrivals.DueTimes().LongCount(), 1_995_000, 2_005_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Property]
    public void Shares_of_n_lanes_are_disjoint_and_complete(PositiveInt lanes, bool isRandom, byte seed)
    {
        var curve = Ramp(5, 50);
        Arrivals arrivals = isRandom ? new PoissonArrivals(curve, seed, (1, 0)) : new EvenArrivals(curve);
        var count = 1 + (lanes.Get % 9);

        var shares = Enumerable.Range(0, count).SelectMany(lane => arrivals.DueTimes(lane, count)
            .Select((due, place) => (Index: lane + (place * count), due)));

        Assert.Equal(arrivals.DueTimes(), shares.OrderBy(share => share.Index).Select(share => share.due));
        Assert.Equal(arrivals.DueTimes().Count(), shares.Select(share => share.Index).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_127)]
    public void Random_gaps_are_exponential(int seed)
    {
        var arrivals = new PoissonArrivals(SegmentCurve.Constant(100, TimeSpan.FromMinutes(10)), seed, (0, 0));
        double[] gaps = [.. Gaps(arrivals).Order()];

        // Kolmogorov-Smirnov: the largest distance of the sample from the distribution, against the bound of 1 %.
        var distance = gaps.Select((gap, index) =>
        {
            var expected = 1 - Math.Exp(-gap * 100);
            return Math.Max(Math.Abs(expected - ((double)index / gaps.Length)), Math.Abs(expected - ((index + 1.0) / gaps.Length)));
        }).Max();

        Assert.InRange(gaps.Length, 59_000, 61_000);
        Assert.True(distance < 1.63 / Math.Sqrt(gaps.Length), $"{distance}");
    }

    [Fact]
    public void Random_arrivals_follow_the_rate()
    {
        var due = new PoissonArrivals(Ramp(0, 1_000), 7, (0, 0)).DueTimes().ToArray();

        // Of 30,000 the first half of the time has a quarter; three standard deviations of that are 225.
        Assert.InRange(due.Count(at => at < _minute / 2), 7_500 - 260, 7_500 + 260);
        Assert.InRange(due.Length, 30_000 - 520, 30_000 + 520);
    }

    [Fact]
    public void Random_arrivals_are_the_same_for_a_seed_and_differ_by_phase_and_repetition()
    {
        var plan = new PacedPhase("storm", LoadShape.Rate, new PoissonArrivals(SegmentCurve.Constant(10, _minute), 3, (0, 0)), Repeat: 2);

        Assert.Equal(plan.ArrivalsOf(0).DueTimes(), plan.ArrivalsOf(0).DueTimes());
        Assert.NotEqual(plan.ArrivalsOf(0).DueTimes(), plan.ArrivalsOf(1).DueTimes());
        Assert.NotEqual(
            plan.ArrivalsOf(0).DueTimes(), new PoissonArrivals(SegmentCurve.Constant(10, _minute), 3, (1, 0)).DueTimes());
    }

    [Fact]
    public void Replayed_arrivals_come_when_the_file_says_so()
    {
        var arrivals = new ReplayArrivals("log.csv", [0, 5_000_000, 5_000_000, 30_000_000]);

        Assert.Equal([0, 0.5, 0.5, 3], arrivals.DueTimes().Select(due => due.TotalSeconds));
        Assert.Equal([0.5, 3], arrivals.DueTimes(1, 2).Select(due => due.TotalSeconds));
        Assert.Equal((3, 3, 4), (arrivals.Peak, arrivals.CountAt(TimeSpan.FromSeconds(1)), arrivals.Expected));
    }

    private static SegmentCurve Ramp(double from, double to, bool isExponential = false) => new([new(from, to, _minute, isExponential)]);

    private static SegmentCurve Steps(params double[] rates) => new([.. rates.Select(rate => new RateSegment(rate, rate, _minute))]);

    private static IEnumerable<double> Gaps(Arrivals arrivals)
    {
        var last = 0.0;
        foreach (var due in arrivals.DueTimes())
        {
            yield return due.TotalSeconds - last;
            last = due.TotalSeconds;
        }
    }
}
