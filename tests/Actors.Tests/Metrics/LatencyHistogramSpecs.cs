using ActorLoad.Metrics;
using FsCheck;
using FsCheck.Xunit;
using HdrHistogram;
using HdrHistogram.Encoding;
using HdrHistogram.Utilities;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public class LatencyHistogramSpecs
{
    private const long Hour = 3_600_000_000;

    [Fact]
    public void A_histogram_without_values_has_no_numbers() => Assert.Null(new LatencyHistogram().Summarize());

    [Fact]
    public void Summary_has_the_numbers_of_the_recorded_values()
    {
        var histogram = Of(Enumerable.Range(1, 1_000).Select(value => (long)value));

        Assert.Equal(new LatencySummary(1_000, 1, 500.5, 500, 900, 990, 999, 1_000), histogram.Summarize());
    }

    [Fact]
    public void Values_outside_one_microsecond_to_one_hour_are_counted_at_the_ends()
    {
        var summary = Of([long.MinValue, -1, 0, long.MaxValue]).Summarize()!;

        Assert.Equal((4, 1, 1, Hour), (summary.Count, summary.Min, summary.P50, summary.Max));
    }

    [Fact]
    public void Reset_histogram_keeps_nothing_of_its_old_values()
    {
        var histogram = Of([3, 5_000_000]);
        histogram.Reset();
        histogram.Record(70);

        Assert.Equal(new LatencySummary(1, 70, 70, 70, 70, 70, 70, 70), histogram.Summarize());
        Assert.Equal(histogram.Summarize(), Decoded(HistogramCodec.Encode(histogram)).Summarize());
    }

    [Property]
    public bool Every_number_is_within_a_thousandth_of_the_exact_one(DoNotSize<uint>[] values)
    {
        var sorted = values.Select(value => Math.Clamp(value.Item % Hour, 1, Hour)).Order().ToArray();
        if (sorted.Length == 0)
        {
            return true;
        }

        var summary = Of(sorted).Summarize()!;
        return Near(summary.Min, sorted[0]) && Near(summary.Max, sorted[^1]) && Near(summary.Mean, sorted.Average())
            && summary.Min <= summary.P50 && summary.P50 <= summary.P90 && summary.P90 <= summary.P99
            && summary.P99 <= summary.P999 && summary.P999 <= summary.Max && summary.Count == sorted.Length;
    }

    [Property]
    public bool Its_numbers_are_those_that_the_library_finds(DoNotSize<uint>[] values)
    {
        var histogram = Of(values.Select(value => (long)value.Item).Append(1));
        var summary = histogram.Summarize()!;
        long Percentile(double percentile) => Math.Min(histogram.GetValueAtPercentile(percentile), Hour);

        return summary == new LatencySummary(
            histogram.TotalCount, histogram.LowestEquivalentValue(histogram.GetValueAtPercentile(0)), Math.Round(histogram.GetMean(), 1),
            Percentile(50), Percentile(90), Percentile(99), Percentile(99.9), Percentile(100));
    }

    [Property]
    public bool Encoded_and_decoded_it_is_the_same(DoNotSize<uint>[] values)
    {
        var histogram = Of(values.Select(value => (long)value.Item));
        return SameCounts(histogram, Decoded(HistogramCodec.Encode(histogram)));
    }

    [Property]
    public bool The_library_reads_what_the_codec_writes(DoNotSize<uint>[] values)
    {
        var histogram = Of(values.Select(value => (long)value.Item).Append(1));
        var encoded = HistogramCodec.Encode(histogram);

        var read = HistogramEncoding.DecodeFromByteBuffer(ByteBuffer.Allocate(encoded), 0);

        return read.TotalCount == histogram.TotalCount && read.GetMaxValue() == histogram.GetMaxValue()
            && Pairs(read).SequenceEqual(Pairs(histogram));
    }

    [Property]
    public bool The_codec_reads_what_the_library_writes(DoNotSize<uint>[] values)
    {
        var histogram = Of(values.Select(value => (long)value.Item).Append(1));

        return SameCounts(histogram, Decoded(EncodedByLibrary(histogram)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(8_191)]
    [InlineData(8_192)]
    [InlineData(1L << 35)]
    [InlineData(1L << 61)]
    public void Counts_of_any_size_survive_the_codec(long count)
    {
        var histogram = new LatencyHistogram();
        histogram.RecordValueWithCount(1, count);
        histogram.RecordValueWithCount(Hour, count);

        Assert.True(SameCounts(histogram, Decoded(HistogramCodec.Encode(histogram))));
    }

    [Fact]
    public void Decoding_adds_to_the_existing_counts()
    {
        var histogram = Of([10]);
        HistogramCodec.AddTo(histogram, HistogramCodec.Encode(Of([10, 2_000])));

        Assert.True(SameCounts(Of([10, 10, 2_000]), histogram));
    }

    [Property]
    public bool Bytes_that_are_no_histogram_are_refused_as_such(byte[] payload)
    {
        var header = HistogramCodec.Encode(Of([]));
        byte[] encoded = [.. header, .. payload];
        encoded[7] = (byte)payload.Length;
        try
        {
            HistogramCodec.AddTo(new LatencyHistogram(), encoded);
            return true;
        }
        catch (FormatException)
        {
            return true;
        }
    }

    [Fact]
    public void Encoded_histogram_of_another_range_or_length_is_refused()
    {
        var encoded = HistogramCodec.Encode(Of([5, 900]));
        var other = new LongHistogram(1, 1_000_000, 3);
        other.RecordValue(5);

        Assert.Throws<FormatException>(() => HistogramCodec.AddTo(new LatencyHistogram(), []));
        Assert.Throws<FormatException>(() => HistogramCodec.AddTo(new LatencyHistogram(), encoded.AsSpan(..^1)));
        Assert.Throws<FormatException>(() => HistogramCodec.AddTo(new LatencyHistogram(), [.. encoded, 2]));
        Assert.Throws<FormatException>(() => HistogramCodec.AddTo(new LatencyHistogram(), EncodedByLibrary(other)));
    }

    private static LatencyHistogram Of(IEnumerable<long> values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values)
        {
            histogram.Record(value);
        }

        return histogram;
    }

    private static LatencyHistogram Decoded(byte[] encoded)
    {
        var histogram = new LatencyHistogram();
        HistogramCodec.AddTo(histogram, encoded);
        return histogram;
    }

    private static byte[] EncodedByLibrary(HistogramBase histogram)
    {
        var buffer = ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity() + 8);
        var length = histogram.Encode(buffer, HistogramEncoderV2.Instance);
        buffer.Position = 0;
        return [.. Enumerable.Range(0, length).Select(_ => buffer.Get())];
    }

    private static bool SameCounts(LatencyHistogram one, LatencyHistogram other) =>
        one.TotalCount == other.TotalCount && Enumerable.Range(0, one.Slots).All(slot => one.CountIn(slot) == other.CountIn(slot));

    private static IEnumerable<(long Value, long Count)> Pairs(HistogramBase histogram) =>
        histogram.RecordedValues().Select(value => (value.ValueIteratedTo, value.CountAtValueIteratedTo)).ToList();

    private static bool Near(double measured, double exact) => Math.Abs(measured - exact) <= Math.Max(0.1, exact / 1_000);
}
