using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorLoad.Metrics;

/// <summary>The left side of a <see cref="Threshold"/>: a number of the totals, and the values that it can be compared with.</summary>
/// <param name="Name">As written.</param>
/// <param name="AllowedValues">The values for <see cref="TryParseValue"/>, in words.</param>
/// <param name="WhyNotMeasured">Why <paramref name="Measure"/> may return null.</param>
/// <param name="Measure">The number; null if never measured.</param>
internal sealed record ThresholdMetric(string Name, string AllowedValues, string WhyNotMeasured, Func<RunSnapshot, double?> Measure)
{
    private const string Ratio = "a number from 0 to 1";
    private const string Count = "a whole number, 0 or more";
    private const string Duration = "a duration with its unit: micros, ms or s";

    private static readonly (string Unit, double Micros)[] Units = [("micros", 1), ("ms", 1_000), ("s", 1_000_000)];

    private static readonly Dictionary<string, Func<LatencySummary, double>> Statistics = new()
    {
        ["min"] = summary => summary.Min,
        ["mean"] = summary => summary.Mean,
        ["p50"] = summary => summary.P50,
        ["p90"] = summary => summary.P90,
        ["p99"] = summary => summary.P99,
        ["p999"] = summary => summary.P999,
        ["max"] = summary => summary.Max,
    };

    private static readonly Dictionary<string, Func<RunSnapshot, long>> Counts = CountMetrics();

    private static readonly string Allowed =
        $"allowed are success-ratio, {string.Join(", ", Counts.Keys)}, and <step>.<statistic> with a step of "
        + $"{string.Join(", ", Steps.All.Select(Steps.Name))} and a statistic of {string.Join(", ", Statistics.Keys)}";

    /// <summary>Finds a metric by its name.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out ThresholdMetric? metric, out string problem)
    {
        metric = name == "success-ratio"
            ? new ThresholdMetric(name, Ratio, "no connection was due, or all were cancelled", SuccessRatio)
            : Counts.TryGetValue(name, out var count)
                ? new ThresholdMetric(name, Count, "", totals => count(totals))
                : Latency(name);
        problem = metric is null ? $"unknown metric \"{name}\"; {Allowed}" : "";
        return metric is not null;
    }

    /// <summary>Reads a value: a ratio, a count, or microseconds.</summary>
    public bool TryParseValue(string text, out double value)
    {
        switch (AllowedValues)
        {
            case Ratio:
                return TryParseNumber(text, out value) && value <= 1;
            case Count:
                return TryParseNumber(text, out value) && double.IsInteger(value);
            default:
                var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz");
                var unit = text[digits.Length..];
                var factor = Units.FirstOrDefault(candidate => candidate.Unit == unit).Micros;
                var known = TryParseNumber(digits.TrimEnd(), out value) && factor > 0;
                value *= factor;
                return known && double.IsFinite(value);
        }
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static double? SuccessRatio(RunSnapshot totals)
    {
        var connections = totals.Connections;
        var judged = connections.Opened + connections.Dropped - connections.Cancelled;
        return judged > 0 ? (double)connections.Succeeded / judged : null;
    }

    private static ThresholdMetric? Latency(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !Steps.TryParse(name[..dot], out var step) || !Statistics.TryGetValue(name[(dot + 1)..], out var statistic))
        {
            return null;
        }

        return new ThresholdMetric(
            name, Duration, $"no successful connection has a {step.Name()} time",
            totals => totals.Latency.TryGetValue(step.Name(), out var summary) ? statistic(summary) : null);
    }

    private static Dictionary<string, Func<RunSnapshot, long>> CountMetrics()
    {
        var counts = new Dictionary<string, Func<RunSnapshot, long>>
        {
            ["planned"] = totals => totals.Connections.Planned,
            ["opened"] = totals => totals.Connections.Opened,
            ["failed"] = totals => totals.Connections.Failed,
            ["dropped"] = totals => totals.Connections.Dropped,
            ["attempts"] = totals => totals.Attempts,
            ["retries"] = totals => totals.Retries,
        };
        foreach (var outcome in Outcomes.All)
        {
            counts.Add(outcome.Name(), totals => totals.Outcomes.GetValueOrDefault(outcome.Name()));
        }

        return counts;
    }
}
