using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace ActorLoad.Configuration.Thresholds;

/// <summary>A condition on a number of the result, such as <c>success-ratio &gt;= 0.999</c> or <c>total.p99 &lt; 250ms</c>.</summary>
public sealed class Threshold
{
    private static readonly string[] Operators = ["<=", ">=", "==", "<", ">"];

    private readonly Metric _metric;
    private readonly MetricPath _path;
    private readonly string _operator;
    private readonly double _value;

    private Threshold(MetricPath path, Metric metric, string @operator, double value, string valueText)
    {
        (_path, _metric, _operator, _value) = (path, metric, @operator, value);
        Name = path.ToString();
        Limit = $"{@operator} {valueText}";
    }

    /// <summary>The path of its metric.</summary>
    public string Name { get; }

    /// <summary>Operator and value as written, with a single space.</summary>
    public string Limit { get; }

    /// <summary>The threshold as text, with single spaces; parses to the same threshold.</summary>
    public string Expression => $"{Name} {Limit}";

    /// <summary>True if the run ends when it fails (<c>abort-on-fail</c>); else it is judged at the end.</summary>
    public bool AbortOnFail { get; init; }

    /// <summary>With <see cref="AbortOnFail"/>: not judged before this time of the run.</summary>
    public TimeSpan After { get; init; }

    /// <summary>True if each interval has its number, false if only the end has.</summary>
    public bool IsLive => _metric.IsLive;

    /// <summary>The endpoint that it names; null for none.</summary>
    internal string? Endpoint => _path.Names is ["endpoints", var name, ..] ? name : null;

    /// <summary>True for a time of an endpoint.</summary>
    internal bool IsTimeOfEndpoint => _path.Names is ["endpoints", _, not CountPlaces.AttemptFailures, _, ..];

    /// <summary>Reads <c>&lt;metric&gt; &lt;op&gt; &lt;value&gt;</c>; spaces are free, numbers use a point.</summary>
    /// <param name="text">The text in the run file.</param>
    /// <param name="parts">What the run has.</param>
    /// <param name="threshold">The threshold; null if the text is not one.</param>
    /// <param name="problem">What is wrong with the text and what is allowed; empty if it is right.</param>
    public static bool TryParse(string? text, ThresholdParts parts, [NotNullWhen(true)] out Threshold? threshold, out string problem)
    {
        threshold = null;
        text ??= "";
        if (!MetricPath.TryRead(text, out var path, out var at))
        {
            problem = "a quote in the path of the metric is not closed; <metric> <op> <value>, where <op> is one of < <= > >= ==";
            return false;
        }

        var @operator = Array.Find(Operators, candidate => text.AsSpan(at).StartsWith(candidate, StringComparison.Ordinal));
        if (@operator is null)
        {
            problem = "a threshold is <metric> <op> <value>, such as success-ratio >= 0.999; <op> is one of < <= > >= ==";
            return false;
        }

        if (!path.TryFind(parts.Root, out var metric, out problem))
        {
            problem = $"unknown metric {ShownText.Quote(text[..at].Trim())}; {problem}";
            return false;
        }

        var valueText = text[(at + @operator.Length)..].Trim();
        if (!metric.Unit.TryParse(valueText, out var value))
        {
            problem = $"{ShownText.Quote(valueText)} is not a value for {path}: it takes {metric.Unit.Allowed()}";
            return false;
        }

        threshold = new Threshold(path, metric, @operator, value, valueText);
        return true;
    }

    /// <summary>The same threshold, which ends the run when it fails.</summary>
    internal Threshold Aborting(TimeSpan after) => new(_path, _metric, _operator, _value, Limit[(_operator.Length + 1)..])
    {
        AbortOnFail = true,
        After = after,
    };

    /// <summary>Compares the threshold with the figures of a run. A number that was never measured does not meet it.</summary>
    public ThresholdResult Judge(RunFigures figures)
    {
        var measured = _metric.Measure(figures);
        return new ThresholdResult(
            Expression, measured, measured is { } number && Holds(number), measured is null ? _metric.WhyNotMeasured : null)
        {
            Metric = Name,
            Limit = Limit,
            Unit = _metric.Unit,
        };
    }

    /// <summary>The expression.</summary>
    public override string ToString() => Expression;

    private bool Holds(double measured) => _operator switch
    {
        "<" => measured < _value,
        "<=" => measured <= _value,
        ">" => measured > _value,
        ">=" => measured >= _value,
        _ => measured.Equals(_value),
    };
}

/// <summary>The result of a threshold.</summary>
/// <param name="Expression">The threshold.</param>
/// <param name="Measured">A ratio from 0 to 1, a count, microseconds or bytes, as <see cref="Unit"/> says; null if never
/// measured.</param>
/// <param name="Met">True if the measured value meets it.</param>
/// <param name="Note">Why nothing was measured, or when it ended the run; else null.</param>
public sealed record ThresholdResult(string Expression, double? Measured, bool Met, string? Note)
{
    /// <summary>The path of its metric; null in a result of an older ActorLoad.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Metric { get; init; }

    /// <summary>Operator and value as written; null likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Limit { get; init; }

    /// <summary>What <see cref="Measured"/> is; null likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MetricUnit? Unit { get; init; }

    /// <summary>Seconds from the start of the run to the interval in which it failed and ended the run; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EndedRunAt { get; init; }

    /// <summary>The measured value with its unit; <c>-</c> if nothing was measured.</summary>
    [JsonIgnore]
    public string Value => Measured is not { } number ? "-"
        : Unit is { } unit ? unit.Show(number) : number.ToString("0.###", CultureInfo.InvariantCulture);
}
