using System.Globalization;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration.Thresholds;

/// <summary>What the values of a metric are.</summary>
public enum MetricUnit
{
    /// <summary>A share, 0 to 1.</summary>
    Ratio,

    /// <summary>A whole number.</summary>
    Count,

    /// <summary>A duration, in microseconds.</summary>
    Micros,

    /// <summary>An amount of memory, in bytes.</summary>
    Bytes,

    /// <summary>Any other number, 0 or more.</summary>
    Number,
}

/// <summary>Reads and shows values of each <see cref="MetricUnit"/>.</summary>
public static class MetricUnits
{
    private static readonly (string Unit, double Factor)[] Durations = [("micros", 1), ("ms", 1_000), ("s", 1_000_000)];

    private static readonly (string Unit, double Factor)[] Sizes = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

    /// <summary>The values that a threshold can have, in words.</summary>
    public static string Allowed(this MetricUnit unit) => unit switch
    {
        MetricUnit.Ratio => "a number from 0 to 1",
        MetricUnit.Count => "a whole number, 0 or more",
        MetricUnit.Micros => "a duration with its unit: micros, ms or s",
        MetricUnit.Bytes => "a size with its unit: B, KiB, MiB or GiB",
        _ => "a number, 0 or more",
    };

    /// <summary>Reads a value as it is written in a threshold; numbers use a point.</summary>
    public static bool TryParse(this MetricUnit unit, string text, out double value) => unit switch
    {
        MetricUnit.Ratio => TryNumber(text, out value) && value <= 1,
        MetricUnit.Count => TryNumber(text, out value) && double.IsInteger(value),
        MetricUnit.Micros => TryAmount(text, Durations, out value),
        MetricUnit.Bytes => TryAmount(text, Sizes, out value),
        _ => TryNumber(text, out value),
    };

    /// <summary>A value with its unit: <c>71.3 ms</c>, <c>0.9967</c>, <c>1,204</c>, <c>181.0 MiB</c>.</summary>
    public static string Show(this MetricUnit unit, double value) => unit switch
    {
        MetricUnit.Ratio => value.ToString("0.######", CultureInfo.InvariantCulture),
        MetricUnit.Count => value.ToString("N0", CultureInfo.InvariantCulture),
        MetricUnit.Micros => value.Millis() + " ms",
        MetricUnit.Bytes => (value / (1 << 20)).ToString("N1", CultureInfo.InvariantCulture) + " MiB",
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private static bool TryAmount(string text, (string Unit, double Factor)[] units, out double value)
    {
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        var unit = text[digits.Length..];
        var factor = Array.Find(units, candidate => candidate.Unit == unit).Factor;
        var isRight = TryNumber(digits.TrimEnd(), out value) && factor > 0;
        value *= factor;
        return isRight && double.IsFinite(value);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
