using HdrHistogram;

namespace ActorLoad.Metrics;

/// <summary>Microseconds from 1 to one hour in an HDR histogram with three significant digits; values outside are clamped. One thread at
/// a time; about 190 KB.</summary>
public sealed class LatencyHistogram() : LongHistogram(Lowest, Highest, Digits)
{
    /// <summary>Least value, in microseconds.</summary>
    public const long Lowest = 1;

    /// <summary>Largest value, in microseconds.</summary>
    public const long Highest = 3_600_000_000;

    /// <summary>Significant digits of a value.</summary>
    public const int Digits = 3;

    /// <summary>Length of the counts, which the library does not publish.</summary>
    internal int Slots => (BucketCount + 1) * (SubBucketCount / 2);

    /// <summary>Counts one value.</summary>
    public void Record(long micros) => RecordValue(Math.Clamp(micros, Lowest, Highest));

    /// <summary>The count in a slot, without the virtual call.</summary>
    internal long CountIn(int slot) => base.GetCountAtIndex(slot);

    /// <summary>Adds to the count in a slot.</summary>
    internal void AddTo(int slot, long count) => base.AddToCountAtIndex(slot, count);

    /// <summary>The nine numbers of the report; null when nothing was recorded. Values are exact to three digits. Percentiles and maximum
    /// are the upper end of their slot, the minimum the lower end; the mean uses the slots' middles.</summary>
    /// <remarks>One pass over the counts. The library's functions need one pass for each number, and 30 times as long.</remarks>
    public LatencySummary? Summarize()
    {
        var ranks = (P50: Rank(50), P90: Rank(90), P99: Rank(99), P999: Rank(99.9));
        var (min, p50, p90, p99, p999, max) = (0L, 0L, 0L, 0L, 0L, 0L);
        var sum = 0.0;
        var seen = 0L;
        for (var slot = 0; seen < TotalCount; slot++)
        {
            var count = CountIn(slot);
            if (count == 0)
            {
                continue;
            }

            var (low, high) = Range(slot);
            min = seen == 0 ? low : min;
            var before = seen;
            seen += count;
            sum += (low + ((high - low + 1) / 2)) * (double)count;
            max = Math.Min(high, Highest);
            p50 = Holds(ranks.P50) ? max : p50;
            p90 = Holds(ranks.P90) ? max : p90;
            p99 = Holds(ranks.P99) ? max : p99;
            p999 = Holds(ranks.P999) ? max : p999;

            bool Holds(long rank) => before < rank && rank <= seen;
        }

        return seen == 0 ? null : new LatencySummary(seen, min, Math.Round(sum / seen, 1), p50, p90, p99, p999, max);
    }

    /// <summary>Calls <paramref name="see"/> with the lowest value and the count of each non-empty slot, from the lowest up.</summary>
    public void ForEach(Action<long, long> see)
    {
        var seen = 0L;
        for (var slot = 0; seen < TotalCount; slot++)
        {
            if (CountIn(slot) is var count and > 0)
            {
                seen += count;
                see(Range(slot).Low, count);
            }
        }
    }

    /// <summary>The rank of a percentile, counted from the smallest value as 1; rounded to the nearest, as in the library.</summary>
    private long Rank(double percentile) => Math.Max(1, (long)((percentile / 100 * TotalCount) + 0.5));

    /// <summary>The number of values in a slot: one at first, then twice as many in each half of the sub-buckets.</summary>
    private (long Low, long High) Range(int slot)
    {
        var half = SubBucketCount / 2;
        var shift = Math.Max(0, (slot / half) - 1);
        var low = (long)(slot - (shift * half)) << shift;
        return (low, low + (1L << shift) - 1);
    }
}
