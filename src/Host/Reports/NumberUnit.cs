using System.Globalization;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>The unit of a number in a result.</summary>
public enum NumberUnit
{
    Count,
    Ratio,
    Micros,
    Millis,
    Seconds,
    Bytes,
}

/// <summary>Units by the names of numbers, and numbers with their units.</summary>
internal static class NumberUnits
{
    /// <summary>The unit of the number with that path, such as <c>connect.p99</c>.</summary>
    public static NumberUnit Of(string path)
    {
        var name = path[(path.LastIndexOf('.') + 1)..];
        return LatencySummary.Statistics.ContainsKey(name) || name == ResultNumbers.Cpu || Has("Micros") ? NumberUnit.Micros
            : name is ResultNumbers.GcPause || Has("Millis") ? NumberUnit.Millis
            : name is ResultNumbers.BurstDuration || Has("seconds") ? NumberUnit.Seconds
            : name is ResultNumbers.PeakMemory or ResultNumbers.MemoryPerConnection || Has("bytes") ? NumberUnit.Bytes
            : name is ResultNumbers.SuccessRatio || name.EndsWith("Share", StringComparison.Ordinal) ? NumberUnit.Ratio
            : NumberUnit.Count;

        bool Has(string unit) => name.Contains(unit, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Microseconds of one of that unit; null if it is not a time.</summary>
    public static double? Micros(this NumberUnit unit) => unit switch
    {
        NumberUnit.Micros => 1,
        NumberUnit.Millis => 1_000,
        NumberUnit.Seconds => 1_000_000,
        _ => null,
    };

    /// <summary>The number with its unit: <c>4.82 ms</c>, <c>118 MiB</c>, <c>99.98 %</c>, <c>5,000</c>; a dash for none.</summary>
    public static string Shown(this NumberUnit unit, double? number) => number is not { } value ? "-"
        : unit.Micros() is { } micros ? $"{Figures.Millis(value * micros)} ms"
        : unit == NumberUnit.Bytes ? Figures.Bytes(value)
        : unit == NumberUnit.Ratio ? $"{Text(value * 100, "0.###")} %"
        : Text(value, "#,0.##");

    /// <summary>A difference with its sign: <c>+48 %</c> of the base for times and bytes, <c>-0.4 pt</c> for a ratio, <c>+12</c> for a
    /// count; a dash for none.</summary>
    public static string Difference(this NumberUnit unit, double? @base, double? other) =>
        @base is not { } from || other is not { } to ? "-"
        : from.Equals(to) ? "0"
        : unit == NumberUnit.Ratio ? $"{Signed((to - from) * 100)} pt"
        : unit == NumberUnit.Count ? Signed(to - from)
        : from == 0 ? "from 0"
        : $"{Signed((to - from) / from * 100)} %";

    /// <summary>How far a number may differ by chance on that side of the base, in the form of <see cref="Difference"/>.</summary>
    public static string Limit(this NumberUnit unit, double? limit) => limit is not { } most ? "-"
        : unit == NumberUnit.Ratio ? $"±{Short(most * 100)} pt"
        : unit == NumberUnit.Count ? $"±{Short(most)}"
        : $"±{Short(most * 100)} %";

    private static string Signed(double number) => $"{(number > 0 ? "+" : "-")}{Short(Math.Abs(number))}";

    // Two or three digits are all that a difference is good for.
    private static string Short(double number) => number switch
    {
        >= 1e6 => "> 1M",
        >= 10 => Text(number, "#,0"),
        >= 0.1 => Text(number, "0.#"),
        _ => Text(number, "0.###"),
    };

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
