using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace ActorLoad.Hosting.Exporters;

/// <summary>The buckets of exported histograms. All boundaries are powers of two in seconds, and roots of them, so both forms
/// agree.</summary>
internal static class HistogramViews
{
    /// <summary>Boundaries for each doubling: neighbours differ by 9 %, so a percentile is at most that far off.</summary>
    public const int PerDoubling = 8;

    // 7.6 us to 256 s.
    private const int LowestPower = -17;
    private const int HighestPower = 8;

    // Enough for 20 doublings with twice as many boundaries as above; over a wider range the library halves them.
    private const int MostBuckets = 320;
    private const int FinestScale = 6;

    /// <summary>Upper ends of classic buckets, seconds.</summary>
    public static IReadOnlyList<double> Boundaries { get; } =
        [.. Enumerable.Range(0, ((HighestPower - LowestPower) * PerDoubling) + 1)
            .Select(index => Math.Pow(2, LowestPower + ((double)index / PerDoubling)))];

    /// <summary>Classic buckets: Prometheus' text has no others.</summary>
    public static MetricStreamConfiguration? Classic(Instrument instrument) => instrument is Histogram<double>
        ? new ExplicitBucketHistogramConfiguration { Boundaries = [.. Boundaries], RecordMinMax = false } : null;

    /// <summary>Exponential buckets, for OTLP.</summary>
    public static MetricStreamConfiguration? Exponential(Instrument instrument) => instrument is Histogram<double>
        ? new Base2ExponentialBucketHistogramConfiguration { MaxSize = MostBuckets, MaxScale = FinestScale } : null;
}
