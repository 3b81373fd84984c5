using ActorLoad.Hosting.Reports;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

public class NoiseSpecs
{
    [Fact]
    public void Runs_of_the_same_distribution_are_within_noise()
    {
        var found = Enumerable.Range(0, 400).Count(seed =>
        {
            var (@base, other) = (ComparedRuns.Around(1_000, seed), ComparedRuns.Around(1_000, seed + 1_000));
            return Times(@base, other)!.IsExceededBy(@base.Average(), other.Average());
        });

        // 99 of 100 are. The seeds are fixed, so the number is, too.
        Assert.InRange(found, 0, 8);
    }

    [Theory]
    [InlineData(1_300, true)]
    [InlineData(700, true)]
    [InlineData(1_010, false)]
    public void Clear_shift_is_more_than_noise(double middle, bool isExceeded)
    {
        var (@base, other) = (ComparedRuns.Around(1_000, 1), ComparedRuns.Around(middle, 2));
        Assert.Equal(isExceeded, Times(@base, other)!.IsExceededBy(@base.Average(), other.Average()));
    }

    [Fact]
    public void Trend_of_the_load_is_in_both_runs_and_is_no_noise()
    {
        double[] ramp = [.. Enumerable.Range(1, 30).Select(step => step * 100.0)];
        var noise = Times(ramp, [.. ramp.Select(time => time * 1.1)])!;
        Assert.Equal(Math.Log(1.1), noise.Mean, 6);
        Assert.True(noise.IsExceededBy(1_000, 1_100));
    }

    [Fact]
    public void Drift_within_one_run_widens_the_band()
    {
        double[] level = [.. ComparedRuns.Around(1_000, 1, 40).Select(time => (double)time)];
        double[] other = [.. ComparedRuns.Around(1_000, 2, 40).Select(time => (double)time)];
        double[] slower = [.. other.Select((time, index) => index < 20 ? time : time * 2)];
        double[] mixed = [.. slower.Select((_, index) => slower[((index % 2) * 20) + (index / 2)])];
        Assert.True(Times(level, slower)!.Band > 1.5 * Times(level, mixed)!.Band);
    }

    [Theory]
    [InlineData(Noise.Fewest, true)]
    [InlineData(Noise.Fewest - 1, false)]
    public void Few_intervals_give_no_estimate(int count, bool isEstimated) =>
        Assert.Equal(isEstimated, Times(ComparedRuns.Around(1_000, 1, count), ComparedRuns.Around(1_000, 2)) is not null);

    [Fact]
    public void Band_of_a_count_is_that_of_the_whole_run()
    {
        // Each burst loses 9 or 11 more: 10 on the average, with a standard error of 1 / sqrt(19), and t = 2.861.
        var noise = Noise.Of(
            new Series(SeriesKind.Counts, [.. Enumerable.Repeat(0.0, 20)]),
            new Series(SeriesKind.Counts, [.. Enumerable.Range(0, 20).Select(index => index % 2 == 0 ? 9.0 : 11.0)]))!;
        Assert.Equal((200, 2.861 * 20 / Math.Sqrt(19)), (noise.Mean, noise.Band), new Close(0.01));
        Assert.True(noise.IsExceededBy(0, 200));
    }

    [Fact]
    public void Whole_run_and_intervals_must_agree_on_the_direction()
    {
        var noise = new Noise(Mean: 0.3, Band: 0.1, IsRelative: true);
        Assert.True(noise.IsExceededBy(100, 130));
        Assert.False(noise.IsExceededBy(100, 70));
        Assert.False(noise.IsExceededBy(100, 105));
        Assert.False((noise with { Mean = 0.05 }).IsExceededBy(100, 130));
    }

    [Theory]
    [InlineData(0.7, 100, 169)]
    [InlineData(0.7, 100, 59)]
    [InlineData(0.1, 100, 110)]
    public void Difference_beyond_the_shown_limit_is_beyond_the_band(double band, double from, double to)
    {
        var noise = new Noise(Mean: to > from ? 1 : -1, band, IsRelative: true);
        foreach (var other in new[] { to - 2, to, to + 2 })
        {
            Assert.Equal(Math.Abs(other - from) / from > noise.Limit(isBelow: other < from), noise.IsExceededBy(from, other));
        }
    }

    private static Noise? Times(IEnumerable<long> @base, IEnumerable<long> other) =>
        Times(@base.Select(time => (double)time).ToArray(), [.. other.Select(time => (double)time)]);

    private static Noise? Times(double[] @base, double[] other) =>
        Noise.Of(new Series(SeriesKind.Times, @base), new Series(SeriesKind.Times, other));

    private sealed class Close(double relative) : IEqualityComparer<(double Mean, double Band)>
    {
        public bool Equals((double Mean, double Band) x, (double Mean, double Band) y) => Near(x.Mean, y.Mean) && Near(x.Band, y.Band);

        public int GetHashCode((double Mean, double Band) obj) => 0;

        private bool Near(double x, double y) => Math.Abs(x - y) <= relative * Math.Abs(x);
    }
}
