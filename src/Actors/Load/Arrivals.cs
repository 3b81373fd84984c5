using System.Collections.Immutable;

namespace ActorLoad.Load;

/// <summary>When each connection of a phase is due, by its index. Pure: the same for each lane and node that asks.</summary>
public abstract record Arrivals
{
    /// <summary>How long the phase lasts; no connection is due later.</summary>
    public abstract TimeSpan Duration { get; }

    /// <summary>Number of connections; of random ones, the expected number.</summary>
    public abstract double Expected { get; }

    /// <summary>Due times of connections <paramref name="first"/>, <paramref name="first"/> + <paramref name="step"/> ... They never
    /// decrease, and end before <see cref="Duration"/>.</summary>
    public abstract IEnumerable<TimeSpan> DueTimes(int first = 0, int step = 1);

    /// <summary>Connections that are due before a time, by the plan; of random ones, the expected number.</summary>
    public abstract double CountAt(TimeSpan time);

    /// <summary>The highest planned rate, connections per second.</summary>
    public abstract double Peak { get; }
}

/// <summary>Connections that follow a rate.</summary>
public abstract record RateArrivals(RateCurve Curve) : Arrivals
{
    /// <inheritdoc />
    public override TimeSpan Duration => Curve.Duration;

    /// <inheritdoc />
    public override double Peak => Curve.Peak;

    /// <inheritdoc />
    public override double CountAt(TimeSpan time) => Curve.CountAt(time.TotalSeconds);
}

/// <summary>Connections that follow a rate as evenly as they can: the first is due at once, the next when the integral of the rate has
/// grown by one.</summary>
public sealed record EvenArrivals(RateCurve Curve) : RateArrivals(Curve)
{
    // The integral has rounding errors, and one connection too many would be due at the very end.
    private const double Rounding = 1e-6;

    /// <inheritdoc />
    public override double Expected => Count;

    /// <summary>Number of connections.</summary>
    public long Count => Curve.Expected > 0 ? Math.Max(1, (long)Math.Ceiling(Curve.Expected - Rounding)) : 0;

    /// <summary>When connection <paramref name="index"/> is due, from 0.</summary>
    public TimeSpan DueAt(long index) => TimeSpan.FromTicks((long)(Curve.SecondsAt(index) * TimeSpan.TicksPerSecond));

    /// <inheritdoc />
    public override IEnumerable<TimeSpan> DueTimes(int first = 0, int step = 1)
    {
        var count = Count;
        for (long index = first; index < count; index += step)
        {
            yield return DueAt(index);
        }
    }
}

/// <summary>Connections that follow a rate at random, each independent of all others: a Poisson process. Unit steps of an exponential
/// distribution, counted from the first connection, are stretched by the rate.</summary>
/// <param name="Curve">The rate.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Stream">Place of the phase in the run: its number, and its repetition.</param>
public sealed record PoissonArrivals(RateCurve Curve, int Seed, (int Phase, int Repetition) Stream) : RateArrivals(Curve)
{
    /// <inheritdoc />
    public override double Expected => Curve.Expected;

    /// <inheritdoc />
    public override IEnumerable<TimeSpan> DueTimes(int first = 0, int step = 1)
    {
        var (random, last, next) = (RandomStreams.For(Seed, Stream.Phase, Stream.Repetition), Curve.Expected, first);
        var count = Gap();
        for (var index = 0; count < last; index++, count += Gap())
        {
            if (index == next)
            {
                next += step;
                yield return TimeSpan.FromTicks((long)(Curve.SecondsAt(count) * TimeSpan.TicksPerSecond));
            }
        }

        double Gap() => -Math.Log(1 - random.NextDouble());
    }
}

/// <summary>Connections that come when a file says so.</summary>
/// <param name="File">The file, for reports.</param>
/// <param name="Ticks">Due times in units of 100 ns, sorted; at least one.</param>
public sealed record ReplayArrivals(string File, ImmutableArray<long> Ticks) : Arrivals
{
    /// <inheritdoc />
    public override TimeSpan Duration => new(Math.Max(Ticks[^1] + 1, TimeSpan.TicksPerMillisecond));

    /// <inheritdoc />
    public override double Expected => Ticks.Length;

    /// <inheritdoc />
    public override double Peak
    {
        get
        {
            var (most, first) = (0, 0);
            for (var last = 0; last < Ticks.Length; last++)
            {
                while (Ticks[last] - Ticks[first] >= TimeSpan.TicksPerSecond)
                {
                    first++;
                }

                most = Math.Max(most, last - first + 1);
            }

            return most;
        }
    }

    /// <inheritdoc />
    public override double CountAt(TimeSpan time)
    {
        var (low, high) = (0, Ticks.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Ticks[middle] < time.Ticks ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <inheritdoc />
    public override IEnumerable<TimeSpan> DueTimes(int first = 0, int step = 1)
    {
        for (long index = first; index < Ticks.Length; index += step)
        {
            yield return new TimeSpan(Ticks[(int)index]);
        }
    }

    /// <summary>Equal if the due times are.</summary>
    public bool Equals(ReplayArrivals? other) => other is not null && Ticks.SequenceEqual(other.Ticks);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Ticks.Length, Ticks[0], Ticks[^1]);
}
