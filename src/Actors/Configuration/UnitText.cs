using System.Globalization;
using System.Text.RegularExpressions;

namespace ActorLoad.Configuration;

/// <summary>Reads numbers with units. A number without a unit is refused, because its meaning is unclear.</summary>
public static partial class UnitText
{
    private const string DurationUnits = "a number with one of the units ns, micros, ms, s, m, h, d, such as 10s";
    private const string SizeUnits = "a whole number with one of the units B, KiB, MiB, GiB, such as 64KiB";

    // Times the ticks of a day it still fits a decimal.
    private const decimal LongestNumber = 1_000_000_000_000_000m;

    // Beyond it a double skips whole numbers.
    private const double MostWholeDouble = 1L << 53;

    /// <summary>A duration such as <c>1.5s</c>, in steps of 100 ns; otherwise the problem and what is allowed.</summary>
    public static bool TryDuration(string text, out TimeSpan duration, out string problem, out string allowed)
    {
        (duration, allowed) = (default, DurationUnits);
        if (!TrySplit(text, out var number, out var unit, out problem))
            return false;
        var ticks = unit switch
        {
            "ns" => 0.01m,
            "micros" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => 0m,
        };
        if (ticks == 0)
        {
            problem = UnknownUnit(unit, unit.ToLowerInvariant() switch
            {
                "us" or "µs" or "μs" or "usec" or "microsecond" or "microseconds" => "micros",
                "msec" or "millis" or "millisecond" or "milliseconds" => "ms",
                "sec" or "secs" or "second" or "seconds" => "s",
                "min" or "mins" or "minute" or "minutes" => "m",
                "hour" or "hours" => "h",
                "day" or "days" => "d",
                "nanos" or "nanosecond" or "nanoseconds" => "ns",
                _ => null,
            });
            return false;
        }

        if (number > LongestNumber)
        {
            problem = $"{ShownText.Quote(text)} is too long";
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(Math.Min(number * ticks, long.MaxValue / 2)));
        if (number == 0 || duration > TimeSpan.Zero)
            return true;
        problem = $"{ShownText.Quote(text)} is too short for a clock that counts in 100ns";
        return false;
    }

    /// <summary>The highest rate: more connections per second than any machine opens.</summary>
    public const double HighestRate = 1_000_000;

    /// <summary>How a rate is written.</summary>
    public const string RateUnits = "a number and one of the units /ms, /s, /m, /h, such as 500/s";

    /// <summary>A rate such as <c>500/s</c>, in connections per second; otherwise the problem.</summary>
    public static bool TryRate(string text, out double rate, out string problem)
    {
        rate = 0;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            problem = $"{ShownText.Quote(text)} has no unit of time";
            return false;
        }

        double? seconds = text[(slash + 1)..].Trim() switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, _ => null };
        if (seconds is null)
        {
            problem = $"{ShownText.Quote(text[slash..])} is not a unit";
            return false;
        }

        problem = $"{ShownText.Quote(text[..slash])} is not a number";
        var isNumber = double.TryParse(text[..slash].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        rate = number / seconds.Value;
        return isNumber && double.IsFinite(rate);
    }

    /// <summary>A duration in the form of a run file, to two decimals: <c>1.5h</c>.</summary>
    public static string Show(TimeSpan duration)
    {
        (string Unit, long Ticks)[] units =
        [
            ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
            ("ms", TimeSpan.TicksPerMillisecond),
        ];
        foreach (var (unit, ticks) in units)
        {
            if (duration.Ticks >= ticks)
                return ((double)duration.Ticks / ticks).ToString("0.##", CultureInfo.InvariantCulture) + unit;
        }

        return ((double)duration.Ticks / TimeSpan.TicksPerMicrosecond).ToString("0.##", CultureInfo.InvariantCulture) + "micros";
    }

    /// <summary>A number of bytes such as <c>64KiB</c>; otherwise the problem and what is allowed.</summary>
    public static bool TrySize(string text, out long bytes, out string problem, out string allowed)
    {
        (bytes, allowed) = (0, SizeUnits);
        if (!TrySplit(text, out var number, out var unit, out problem))
            return false;
        var factor = unit switch { "B" => 1L, "KiB" => 1L << 10, "MiB" => 1L << 20, "GiB" => 1L << 30, _ => 0L };
        if (factor == 0)
        {
            problem = UnknownUnit(unit, unit.ToLowerInvariant() switch
            {
                "b" or "byte" or "bytes" => "B",
                "k" or "kb" or "kib" => "KiB",
                "m" or "mb" or "mib" => "MiB",
                "g" or "gb" or "gib" => "GiB",
                _ => null,
            });
            return false;
        }

        if (number != Math.Truncate(number) || number > int.MaxValue)
        {
            problem = $"{ShownText.Quote(text)} is not a whole number of bytes in range";
            return false;
        }

        bytes = (long)number * factor;
        return true;
    }

    /// <summary>A whole number in any form of JSON: <c>1000</c>, <c>1e3</c>, <c>1000.0</c>.</summary>
    internal static bool TryWhole(string text, out Int128 number)
    {
        if (Int128.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out number))
            return true;
        var isWhole = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
            && parsed == Math.Truncate(parsed) && Math.Abs(parsed) < MostWholeDouble;
        number = isWhole ? (Int128)parsed : 0;
        return isWhole;
    }

    private static bool TrySplit(string text, out decimal number, out string unit, out string problem)
    {
        text = text.Trim();
        var digits = Number().Match(text).Length;
        unit = text[digits..].Trim();
        var isNumber = decimal.TryParse(text.AsSpan(0, digits), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        problem = !isNumber ? $"{ShownText.Quote(text)} is not a number with a unit"
            : unit.Length == 0 ? $"{ShownText.Quote(text)} has no unit" : "";
        return problem.Length == 0;
    }

    private static string UnknownUnit(string unit, string? meant) =>
        $"unknown unit {ShownText.Quote(unit)}{(meant is null ? "" : $" (write \"{meant}\")")}";

    // An exponent needs digits behind it, so that a unit that begins with "e" is not lost.
    [GeneratedRegex(@"\A[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![.0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
