using ActorLoad.Hosting.Reports.Charts;
using ActorLoad.Hosting.Tests.Journal;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports.Charts;

/// <summary>Charts with more points than anybody can see.</summary>
public sealed class ThinningSpecs
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(54_321)]
    [InlineData(99_999)]
    public void Lone_peak_among_100_000_points_survives(int at)
    {
        var values = new double?[100_000];
        Array.Fill(values, 10);
        values[at] = 11;
        Assert.Contains(at, Thinning.Indices([values], 600));
    }

    [Fact]
    public void Lone_gap_among_100_000_points_survives_too()
    {
        var values = new double?[100_000];
        Array.Fill(values, 10);
        values[70_001] = 9;
        Assert.Contains(70_001, Thinning.Indices([values], 600));
    }

    [Property(MaxTest = 200)]
    public void Each_column_keeps_its_extremes_and_points_stay_few(int seed)
    {
        var random = new Random(seed);
        var (count, columns, most) = (random.Next(2, 5_000), random.Next(1, 6), random.Next(20, 800));
        var values = Enumerable.Range(0, columns)
            .Select(_ => Enumerable.Range(0, count).Select(_ => random.Next(9) == 0 ? (double?)null : random.Next(1_000)).ToArray()).ToArray();
        var kept = Thinning.Indices(values, most);
        Assert.Equal(kept.Order().Distinct(), kept);
        Assert.Equal((0, count - 1), (kept[0], kept[^1]));
        Assert.True(kept.Length <= most, $"{kept.Length} of {count}, at most {most}");
        Assert.All(values, column => Assert.Equal((column.Min(), column.Max()), (kept.Min(index => column[index]), kept.Max(index => column[index]))));
    }

    [Fact]
    public void Rate_of_a_short_interval_is_drawn_and_not_averaged()
    {
        var samples = Enumerable.Range(1, 50_000)
            .Select(second => Results.Snapshot(second).Sample with { Planned = second == 31_234 ? 8_000 : 5 }).ToList();
        var chart = new SampleChart(samples, 600).Of(
            "starts", new ChartAxis("connections per second", "perSecond"), [SampleColumn.Rate("due", "first", "planned", sample => sample.Planned)]);
        Assert.Equal(8_000, chart.Traces[0].Y.Max());
        Assert.Equal(31_234, chart.At[Array.IndexOf(chart.Traces[0].Y, 8_000.0)]);
        Assert.InRange(chart.At.Length, 2, 601);
    }
}
