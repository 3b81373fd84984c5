namespace ActorLoad.Hosting.Reports;

/// <summary>How far a metric may differ between two runs by chance, estimated from the intervals or bursts of both.</summary>
/// <param name="Mean">The mean difference of one interval to the same interval of the base: a difference of logarithms where
/// <see cref="IsRelative"/>, else in the metric's own unit.</param>
/// <param name="Band">Half of the 99 % interval of that mean, in the same unit.</param>
/// <param name="IsRelative">True for times, where factors count and not differences.</param>
public sealed record Noise(double Mean, double Band, bool IsRelative)
{
    /// <summary>Fewest pairs: with fewer, the spread itself is a guess.</summary>
    public const int Fewest = 6;

    // The 99.5 % quantile of the normal distribution.
    private const double Quantile = 2.5758;

    // Fewer pairs do not tell whether neighbours resemble each other.
    private const int FewestNeighbours = 20;

    // Of 20 pairs that resemble each other more closely, not even one is independent.
    private const double MostCorrelated = 0.9;

    /// <summary>The noise of two series, interval by interval; null if either has fewer than <see cref="Fewest"/>. Both are of runs with
    /// the same plan, so that a ramp in the load is in both, and cancels out.</summary>
    public static Noise? Of(Series? @base, Series? other)
    {
        if (@base is null || other is null || Math.Min(@base.Values.Count, other.Values.Count) < Fewest)
        {
            return null;
        }

        var isRelative = @base.Kind == SeriesKind.Times;
        double[] differences =
            [.. @base.Values.Zip(other.Values, (from, to) => isRelative ? Math.Log(Micros(to) / Micros(from)) : to - from)];
        var factor = @base.Kind == SeriesKind.Counts ? differences.Length : 1;
        var mean = differences.Average();
        var spread = differences.Sum(each => (each - mean) * (each - mean));
        var error = Math.Sqrt(spread / (differences.Length - 1) / differences.Length * Inflation(differences, mean, spread));
        return new Noise(mean * factor, Student(differences.Length - 1) * error * factor, isRelative);
    }

    /// <summary>True if that difference of the whole runs is more than chance: beyond the band, with the intervals on the same
    /// side.</summary>
    public bool IsExceededBy(double @base, double other)
    {
        var change = !IsRelative ? other - @base : @base > 0 && other > 0 ? Math.Log(other / @base) : 0;
        return Math.Abs(change) > Band && Math.Abs(Mean) > Band && Math.Sign(change) == Math.Sign(Mean);
    }

    /// <summary>How far a number may be above the base by chance, or below it: a fraction of the base where <see cref="IsRelative"/>, else
    /// in the metric's own unit. Never negative.</summary>
    public double Limit(bool isBelow) => !IsRelative ? Band : isBelow ? 1 - Math.Exp(-Band) : Math.Exp(Band) - 1;

    // A time below the clock's microsecond is one.
    private static double Micros(double time) => Math.Max(1, time);

    // Neighbours that resemble each other tell less than independent values: the usual correction for lag 1, if it is not chance itself.
    private static double Inflation(double[] differences, double mean, double spread)
    {
        if (differences.Length < FewestNeighbours)
        {
            return 1;
        }

        var shared = differences.Skip(1).Zip(differences, (next, each) => (next - mean) * (each - mean)).Sum();
        var correlation = spread > 0 ? Math.Min(MostCorrelated, shared / spread) : 0;
        return correlation > 2 / Math.Sqrt(differences.Length) ? (1 + correlation) / (1 - correlation) : 1;
    }

    // The 99.5 % quantile of Student's t, within 3 % from five degrees of freedom (Cornish and Fisher).
    private static double Student(int freedom)
    {
        const double Cube = Quantile * Quantile * Quantile;
        const double Fifth = Cube * Quantile * Quantile;
        return Quantile + ((Cube + Quantile) / (4 * freedom)) + (((5 * Fifth) + (16 * Cube) + (3 * Quantile)) / (96.0 * freedom * freedom));
    }
}
