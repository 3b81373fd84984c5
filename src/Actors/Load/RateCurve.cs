using System.Collections.Immutable;

namespace ActorLoad.Load;

/// <summary>How fast connections become due over the time of a phase. Pure; times are seconds since the phase began.</summary>
public abstract record RateCurve
{
    /// <summary>How long the phase lasts.</summary>
    public abstract TimeSpan Duration { get; }

    /// <summary>Connections that become due within it: the integral of the rate.</summary>
    public abstract double Expected { get; }

    /// <summary>The highest rate, connections per second.</summary>
    public abstract double Peak { get; }

    /// <summary>Connections that became due before a time.</summary>
    public abstract double CountAt(double seconds);

    /// <summary>The inverse of <see cref="CountAt"/>: when <paramref name="count"/> connections have become due, at most
    /// <see cref="Expected"/>.</summary>
    public abstract double SecondsAt(double count);
}

/// <summary>A stretch of a <see cref="SegmentCurve"/>, in which the rate goes evenly from one value to another.</summary>
/// <param name="From">Connections per second at its begin.</param>
/// <param name="To">Connections per second at its end.</param>
/// <param name="Duration">How long it lasts.</param>
/// <param name="IsExponential">True if the rate grows by the same factor in equal times, not by the same difference. Both rates are then
/// above 0.</param>
public readonly record struct RateSegment(double From, double To, TimeSpan Duration, bool IsExponential = false)
{
    // Below it a ramp is so flat that the logarithm has no digits left.
    private const double Flat = 1e-9;

    /// <summary>Connections that become due within it.</summary>
    public double Count => CountAt(Duration.TotalSeconds);

    /// <summary>Connections before a time within it.</summary>
    public double CountAt(double seconds)
    {
        if (IsCurved)
        {
            var growth = Growth;
            return From * (Math.Exp(growth * seconds) - 1) / growth;
        }

        return (From * seconds) + (Slope * seconds * seconds / 2);
    }

    /// <summary>When so many have become due.</summary>
    public double SecondsAt(double count)
    {
        if (count <= 0)
        {
            return 0;
        }

        if (IsCurved)
        {
            var growth = Growth;
            return Math.Log(1 + (growth * count / From)) / growth;
        }

        // The root of CountAt, written so that it has all its digits for a slope of 0 too.
        return 2 * count / (From + Math.Sqrt(Math.Max(0, (From * From) + (2 * Slope * count))));
    }

    private bool IsCurved => IsExponential && Math.Abs(Math.Log(To / From)) > Flat;

    private double Growth => Math.Log(To / From) / Duration.TotalSeconds;

    private double Slope => (To - From) / Duration.TotalSeconds;
}

/// <summary>A rate that is made of stretches: constant, ramp, steps, spike, pause.</summary>
public sealed record SegmentCurve : RateCurve
{
    private readonly double[] _counts;
    private readonly double[] _seconds;

    /// <summary>The stretches, one after the other; none of them is without duration.</summary>
    public SegmentCurve(ImmutableArray<RateSegment> segments)
    {
        Segments = segments;
        (_counts, _seconds) = (new double[segments.Length + 1], new double[segments.Length + 1]);
        foreach (var (index, segment) in segments.Index())
        {
            _counts[index + 1] = _counts[index] + segment.Count;
            _seconds[index + 1] = _seconds[index] + segment.Duration.TotalSeconds;
        }
    }

    /// <summary>The stretches.</summary>
    public ImmutableArray<RateSegment> Segments { get; }

    /// <inheritdoc />
    public override TimeSpan Duration => new(Segments.Sum(segment => segment.Duration.Ticks));

    /// <inheritdoc />
    public override double Expected => _counts[^1];

    /// <inheritdoc />
    public override double Peak => Segments.Max(segment => Math.Max(segment.From, segment.To));

    /// <summary>A rate that stays the same.</summary>
    public static SegmentCurve Constant(double rate, TimeSpan duration) => new([new RateSegment(rate, rate, duration)]);

    /// <inheritdoc />
    public override double CountAt(double seconds)
    {
        var index = Find(_seconds, seconds);
        return _counts[index] + Segments[index].CountAt(Math.Min(seconds - _seconds[index], Segments[index].Duration.TotalSeconds));
    }

    /// <inheritdoc />
    public override double SecondsAt(double count)
    {
        var index = Find(_counts, count);
        return _seconds[index] + Math.Min(Segments[index].SecondsAt(count - _counts[index]), Segments[index].Duration.TotalSeconds);
    }

    /// <summary>Equal if the stretches are.</summary>
    public bool Equals(SegmentCurve? other) => other is not null && Segments.SequenceEqual(other.Segments);

    /// <inheritdoc />
    public override int GetHashCode() => Segments.Aggregate(0, (hash, segment) => HashCode.Combine(hash, segment));

    // The last stretch whose begin is not above the value; one without connections begins where the next one does.
    private static int Find(double[] begins, double value)
    {
        var index = Array.BinarySearch(begins, value);
        index = index < 0 ? ~index - 1 : index;
        while (index + 1 < begins.Length && begins[index + 1] == value)
        {
            index++;
        }

        return Math.Clamp(index, 0, begins.Length - 2);
    }
}

/// <summary>A rate that swings around its mean, as days and nights do. It begins at its lowest point.</summary>
/// <param name="Mean">Connections per second in the mean.</param>
/// <param name="Amplitude">How far the rate departs from it, at most as far as 0.</param>
/// <param name="Period">The time of one swing.</param>
/// <param name="Duration">How long the phase lasts.</param>
public sealed record SineCurve(double Mean, double Amplitude, TimeSpan Period, TimeSpan Duration) : RateCurve
{
    // Half of the bits of a double, halved again each step: a tenth of a microsecond in a period of a month.
    private const int Halvings = 50;

    /// <inheritdoc />
    public override TimeSpan Duration { get; } = Duration;

    /// <inheritdoc />
    public override double Expected => CountAt(Duration.TotalSeconds);

    /// <inheritdoc />
    public override double Peak => Mean + Amplitude;

    /// <inheritdoc />
    public override double CountAt(double seconds)
    {
        var turns = Math.Tau / Period.TotalSeconds;
        return (Mean * seconds) - (Amplitude / turns * Math.Sin(turns * seconds));
    }

    /// <inheritdoc />
    public override double SecondsAt(double count)
    {
        var inPeriod = Mean * Period.TotalSeconds;
        var periods = Math.Floor(count / inPeriod);
        var (left, low, high) = (count - (periods * inPeriod), 0.0, Period.TotalSeconds);
        for (var halving = 0; halving < Halvings; halving++)
        {
            var middle = (low + high) / 2;
            (low, high) = CountAt(middle) < left ? (middle, high) : (low, middle);
        }

        return (periods * Period.TotalSeconds) + high;
    }
}
