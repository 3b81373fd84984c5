using ActorLoad.Metrics;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public class SampleLogSpecs
{
    [Fact]
    public void Samples_are_kept_unchanged_while_there_is_room()
    {
        var log = new SampleLog(4);
        for (var second = 1; second <= 4; second++)
        {
            Add(log, second, 100);
        }

        Assert.Equal([1.0, 2, 3, 4], log.Samples.Select(sample => sample.At));
    }

    [Fact]
    public void A_full_log_merges_neighbours_and_goes_on_with_longer_samples()
    {
        var log = new SampleLog(4);
        for (var second = 1; second <= 9; second++)
        {
            Add(log, second, 100);
        }

        // 4 of one second -> 2 of two, then two of two more -> 2 of four and the ninth alone.
        Assert.Equal([4.0, 8, 9], log.Samples.Select(sample => sample.At));
        Assert.Equal([4L, 4, 1], log.Samples.Select(sample => sample.Succeeded));
        Assert.Equal([1.0, 1, 1], log.Samples.Select(sample => sample.RatePerSecond));
    }

    [Fact]
    public void Percentiles_of_a_merged_sample_come_from_all_its_values()
    {
        var log = new SampleLog(2);
        foreach (var (second, micros) in new[] { (1, 100), (2, 1_000), (3, 0) })
        {
            Add(log, second, micros);
        }

        Assert.Equal(new LatencySummary(2, 100, 550, 100, 1_000, 1_000, 1_000, 1_000), log.Samples[0].Connect);
        Assert.Equal(log.Samples[0].Connect, log.Samples[0].Total);
        Assert.Null(log.Samples[1].Connect);
    }

    [Fact]
    public void Percentiles_of_a_merged_sample_without_histograms_are_the_largest_ones()
    {
        var log = new SampleLog(2);
        log.Add(Snapshots.Sample with { At = 1, Connect = new LatencySummary(3, 10, 20, 20, 30, 40, 50, 60), Total = null }, Nothing);
        log.Add(Snapshots.Sample with { At = 2, Connect = new LatencySummary(1, 25, 40, 25, 25, 55, 55, 55), Total = new LatencySummary(1, 1, 1, 1, 1, 1, 1, 1) }, Nothing);
        log.Add(Snapshots.Sample with { At = 3 }, Nothing);

        Assert.Equal(new LatencySummary(4, 10, 25, 25, 30, 55, 55, 60), log.Samples[0].Connect);
        Assert.Equal(new LatencySummary(1, 1, 1, 1, 1, 1, 1, 1), log.Samples[0].Total);
        Assert.Equal(2, log.IntervalsInEach);
    }

    [Fact]
    public void Counts_of_a_merged_sample_are_sums_except_the_open_connections()
    {
        var log = new SampleLog(2);
        log.Add(Snapshots.Sample with { At = 1, Open = 5, Connected = 4, Cut = 2 }, Nothing);
        var outcomes = new Dictionary<string, long> { ["refused"] = 4, ["reset"] = 1 };
        log.Add(Snapshots.Sample with { At = 2, Open = 9, Outcomes = outcomes, Connected = 7, Cut = 3 }, Nothing);
        log.Add(Snapshots.Sample with { At = 3 }, Nothing);

        var merged = log.Samples[0];
        Assert.Equal(
            (16_000, 15_990, 15_940, 20, 10, 6, 16_020, 30),
            (merged.Planned, merged.Opened, merged.Succeeded, merged.Failed, merged.Dropped, merged.Cancelled, merged.Attempts,
             merged.Retries));
        Assert.Equal((9, 2.0, 7, 5), (merged.Open, merged.At, merged.Connected, merged.Cut));
        Assert.Equal(new Dictionary<string, long> { ["succeeded"] = 7_970, ["reset"] = 11, ["refused"] = 4 }, merged.Outcomes);
        Assert.Equal((7_970 + 11 + 4) / 2.0, merged.RatePerSecond);
    }

    [Fact]
    public void Interval_shorter_than_a_tenth_of_the_others_joins_the_previous_one()
    {
        var log = new SampleLog(4);
        Add(log, 1, 100);
        Add(log, 2, 100);
        var (sample, times) = Second(2.001, 300);
        Assert.Equal(Math.Round(2 / 1.001, 1), log.Add(sample, times));

        Assert.Equal([1.0, 2.001], log.Samples.Select(kept => kept.At));
        Assert.Equal([1L, 2], log.Samples.Select(kept => kept.Succeeded));
        Assert.Equal(300, log.Samples[1].Connect!.Max);
        Assert.InRange(log.Samples[1].RatePerSecond, 1.9, 2.1);

        Add(log, 3, 100);
        Assert.Equal([1.0, 2.001, 3], log.Samples.Select(kept => kept.At));
    }

    [Property(MaxTest = 30)]
    public bool However_long_it_never_holds_more_than_its_capacity_and_loses_nothing(byte half, ushort length)
    {
        var capacity = 2 + (half % 10);
        var log = new SampleLog(capacity);
        var seconds = length % 300;
        for (var second = 1; second <= seconds; second++)
        {
            Add(log, second, 100);
        }

        return log.Samples.Count <= capacity && log.Samples.Sum(sample => sample.Succeeded) == seconds
            && log.Samples.Sum(sample => sample.Connect?.Count ?? 0) == seconds
            && log.Samples.All(sample => sample.RatePerSecond.Equals(1.0))
            && (seconds == 0 || log.Samples[^1].At.Equals(seconds));
    }

    private static readonly SampleTimes Nothing = new(null, null, null);

    private static void Add(SampleLog log, int second, int micros)
    {
        var (sample, times) = Second(second, micros);
        log.Add(sample, times);
    }

    // An interval in which one connection succeeded, or none if it took no time.
    private static (Sample Sample, SampleTimes Times) Second(double at, int micros)
    {
        var histogram = new LatencyHistogram();
        if (micros > 0)
        {
            histogram.Record(micros);
        }

        var encoded = micros > 0 ? HistogramCodec.Encode(histogram) : null;
        var (counts, summary) = (new Dictionary<string, long> { ["succeeded"] = 1 }, histogram.Summarize());
        return (new Sample
        {
            At = at,
            Open = 0,
            Planned = 1,
            Opened = 1,
            Succeeded = 1,
            Failed = 0,
            Dropped = 0,
            Cancelled = 0,
            Attempts = 1,
            Retries = 0,
            Outcomes = counts,
            RatePerSecond = 1,
            Connect = summary,
            Total = summary,
        }, new SampleTimes(encoded, encoded, null));
    }
}
