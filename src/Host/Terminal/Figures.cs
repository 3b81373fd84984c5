using System.Globalization;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Numbers as an operator reads them.</summary>
internal static class Figures
{
    /// <summary><c>12,345</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Microseconds as milliseconds with three significant digits: <c>0.084</c>, <c>1.25</c>, <c>84.1</c>, <c>1,204</c>.</summary>
    public static string Millis(double micros) => NumberWords.Millis(micros);

    /// <summary><c>98.4 %</c>, <c>46 %</c>; never rounded up to 100 nor down to 0.</summary>
    public static string Percent(long part, long whole)
    {
        if (whole == 0)
        {
            return "-";
        }

        var percent = 100.0 * part / whole;
        return percent switch
        {
            100 => "100 %",
            >= 99.95 when part < whole => "> 99.9 %",
            < 0.05 when part > 0 => "< 0.1 %",
            _ => percent.ToString("0.#", CultureInfo.InvariantCulture) + " %",
        };
    }

    /// <summary><c>181 MiB</c>, <c>8.9 KiB</c>.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        >= 1 << 30 => (bytes / (1 << 30)).ToString("0.0", CultureInfo.InvariantCulture) + " GiB",
        >= 1 << 20 => (bytes / (1 << 20)).ToString("0", CultureInfo.InvariantCulture) + " MiB",
        >= 1 << 10 => (bytes / (1 << 10)).ToString("0.0", CultureInfo.InvariantCulture) + " KiB",
        _ => bytes.ToString("0", CultureInfo.InvariantCulture) + " B",
    };

    /// <summary><c>5 s</c>, <c>250 ms</c>, <c>2 min 5 s</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => span.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture) + " ms",
        { TotalSeconds: < 120 } => span.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture) + " s",
        { TotalHours: < 1, Seconds: 0 } => $"{(int)span.TotalMinutes} min",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min {span.Seconds} s",
        _ => $"{(int)span.TotalHours} h {span.Minutes} min",
    };

    /// <summary>Seconds with one digit.</summary>
    public static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";

    /// <summary>One digit after the point, grouped.</summary>
    public static string Tenths(double value) => value.ToString("N1", CultureInfo.InvariantCulture);
}
