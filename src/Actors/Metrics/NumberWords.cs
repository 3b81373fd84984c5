using System.Globalization;

namespace ActorLoad.Metrics;

/// <summary>Numbers in sentences.</summary>
public static class NumberWords
{
    /// <summary>A number in a sentence: <c>12,345</c>.</summary>
    public static string Text(this long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number and its noun: <c>1 time</c>, <c>12,345 times</c>.</summary>
    public static string Of(this long number, string noun) => $"{number.Text()} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>A number and a word with an irregular plural: <c>1 was</c>, <c>2 were</c>.</summary>
    public static string Of(this long number, string one, string many) => $"{number.Text()} {(number == 1 ? one : many)}";

    /// <summary>Microseconds in a sentence: <c>120 ms</c>, <c>2.4 s</c>; never 0.</summary>
    public static string Span(this long micros) => micros switch
    {
        < 50 => "less than 0.1 ms",
        < 999_950 => string.Create(CultureInfo.InvariantCulture, $"{micros / 1000.0:0.#} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{micros / 1e6:0.#} s"),
    };

    /// <summary>Microseconds as milliseconds with three significant digits: <c>0.084</c>, <c>1.25</c>, <c>84.1</c>, <c>1,204</c>.</summary>
    public static string Millis(this double micros) => (micros / 1000).ToString(
        micros switch { < 1_000 => "0.000", < 10_000 => "0.00", < 100_000 => "0.0", _ => "N0" }, CultureInfo.InvariantCulture);

    /// <summary>A share in a sentence: <c>97 %</c>. Two clocks may measure slightly more than all; that is shown as all.</summary>
    public static string Percent(this double share) => share switch
    {
        > 0 and < 0.005 => "less than 1 %",
        > 0.995 and < 1 => "99 %",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(share, 0, 1) * 100:0} %"),
    };

    /// <summary>A moment in a sentence: seconds since the start of the run.</summary>
    public static string Seconds(this double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s");

    /// <summary>A length of time in a sentence: <c>40 ms</c>, <c>2.4 s</c>; never 0.</summary>
    public static string Lasting(this double seconds) => ((long)Math.Round(seconds * 1e6)).Span();
}
