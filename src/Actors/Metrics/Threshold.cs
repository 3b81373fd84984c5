using System.Diagnostics.CodeAnalysis;

namespace ActorLoad.Metrics;

/// <summary>A condition on a number of the result, such as <c>success-ratio &gt;= 0.999</c> or <c>total.p99 &lt; 250ms</c>.</summary>
public sealed class Threshold
{
    private static readonly string[] Operators = ["<=", ">=", "==", "<", ">"];

    private readonly ThresholdMetric _metric;
    private readonly string _operator;
    private readonly double _value;

    private Threshold(ThresholdMetric metric, string @operator, double value, string valueText)
    {
        _metric = metric;
        _operator = @operator;
        _value = value;
        Expression = $"{metric.Name} {@operator} {valueText}";
    }

    /// <summary>The threshold as text, with single spaces; parses to the same threshold.</summary>
    public string Expression { get; }

    /// <summary>Reads <c>&lt;metric&gt; &lt;op&gt; &lt;value&gt;</c>; spaces are free, numbers use a point.</summary>
    /// <param name="text">The text in the run file.</param>
    /// <param name="threshold">The threshold; null if the text is not one.</param>
    /// <param name="problem">What is wrong with the text and what is allowed; empty if it is right.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Threshold? threshold, out string problem)
    {
        threshold = null;
        text ??= "";
        var at = text.AsSpan().IndexOfAny("<>=");
        var @operator = at < 0 ? null : Array.Find(Operators, candidate => text.AsSpan(at).StartsWith(candidate, StringComparison.Ordinal));
        if (@operator is null)
        {
            problem = "a threshold is <metric> <op> <value>, such as success-ratio >= 0.999; <op> is one of < <= > >= ==";
            return false;
        }

        if (!ThresholdMetric.TryParse(text[..at].Trim(), out var metric, out problem))
        {
            return false;
        }

        var valueText = text[(at + @operator.Length)..].Trim();
        if (!metric.TryParseValue(valueText, out var value))
        {
            problem = $"\"{valueText}\" is not a value for {metric.Name}: it takes {metric.AllowedValues}";
            return false;
        }

        threshold = new Threshold(metric, @operator, value, valueText);
        return true;
    }

    /// <summary>Compares the threshold with the totals of a run. A number that was never measured does not meet it.</summary>
    public ThresholdResult Judge(RunSnapshot totals)
    {
        var measured = _metric.Measure(totals);
        return measured is { } number
            ? new ThresholdResult(Expression, number, Holds(number), null)
            : new ThresholdResult(Expression, null, false, _metric.WhyNotMeasured);
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
/// <param name="Measured">A ratio from 0 to 1, a count, or microseconds; null if never measured.</param>
/// <param name="Met">True if the measured value meets it.</param>
/// <param name="Note">Why nothing was measured; else null.</param>
public sealed record ThresholdResult(string Expression, double? Measured, bool Met, string? Note);
