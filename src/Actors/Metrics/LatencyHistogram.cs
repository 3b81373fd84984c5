using HdrHistogram;

namespace ActorLoad.Metrics;

/// <summary>Microseconds from 1 to one hour in an HDR histogram of three significant digits; values outside are clamped. Confined to
/// one thread at a time; about 190 KB.</summary>
internal sealed class LatencyHistogram() : LongHistogram(Lowest, Highest, Digits)
{
    public const long Lowest = 1;
    public const long Highest = 3_600_000_000;
    public const int Digits = 3;

    /// <summary>Length of the counts; the library knows it too, but keeps it to itself.</summary>
    public int Slots => (BucketCount + 1) * (SubBucketCount / 2);

    /// <summary>Counts one value.</summary>
    public void Record(long micros) => RecordValue(Math.Clamp(micros, Lowest, Highest));

    /// <summary>The count in a slot, without the virtual call.</summary>
    public long CountIn(int slot) => base.GetCountAtIndex(slot);

    /// <summary>Adds to the count in a slot.</summary>
    public void AddTo(int slot, long count) => base.AddToCountAtIndex(slot, count);

    /// <summary>The nine numbers of the report, null when nothing was recorded. Values are exact to three digits, percentiles and
    /// maximum the upper end of their slot, the minimum the lower end.</summary>
    public LatencySummary? Summarize() => TotalCount == 0
        ? null
        : new LatencySummary(
            TotalCount, LowestEquivalentValue(GetValueAtPercentile(0)), Math.Round(this.GetMean(), 1),
            Percentile(50), Percentile(90), Percentile(99), Percentile(99.9), Percentile(100));

    private long Percentile(double percentile) => Math.Min(GetValueAtPercentile(percentile), Highest);
}
