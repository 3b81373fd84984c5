using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorLoad.Hosting.Reports;

/// <summary>A change that fails a comparison, such as <c>connect.p99 &gt; +10%</c>, <c>failed &gt; 0</c> or
/// <c>total.p50 &gt;= +2ms</c>.</summary>
internal sealed class FailIf
{
    public const string Option = "--fail-if";

    private const string Form =
        "write it as <metric> <op> <change>, such as \"connect.p99 > +10%\" or \"failed > 0\"; <op> is one of > >= < <=";

    private static readonly string[] Operators = [">=", "<=", ">", "<"];
    private static readonly (string Unit, double Micros)[] Times = [("micros", 1), ("ms", 1_000), ("s", 1_000_000)];
    private static readonly (string Unit, double Bytes)[] Sizes = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

    private readonly string _operator;
    private readonly double _amount;
    private readonly bool _isPercent;

    private FailIf(string metric, string @operator, string text, double amount, bool isPercent)
    {
        (Metric, _operator, _amount, _isPercent) = (metric, @operator, amount, isPercent);
        Expression = $"{metric} {@operator} {text}";
    }

    /// <summary>The path of its metric.</summary>
    public string Metric { get; }

    /// <summary>The condition as text, with single spaces.</summary>
    public string Expression { get; }

    /// <summary>Reads a condition. Whether a result has its metric, <see cref="ResultNumbers.IsKnown"/> says.</summary>
    /// <param name="text">The text.</param>
    /// <param name="condition">The condition; null if the text is not one.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="allowed">What is allowed.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out FailIf? condition, out string problem, out string allowed)
    {
        (condition, problem, allowed) = (null, $"\"{text}\" is not a condition", Form);
        var at = text.AsSpan().IndexOfAny('<', '>');
        var @operator = at < 0 ? null : Array.Find(Operators, each => text.AsSpan(at).StartsWith(each, StringComparison.Ordinal));
        if (@operator is null || string.IsNullOrWhiteSpace(text[..at]))
        {
            return false;
        }

        var (metric, change) = (text[..at].Trim(), text[(at + @operator.Length)..].Trim());
        var unit = NumberUnits.Of(metric);
        if (Amount(change, unit) is not { } amount)
        {
            (problem, allowed) = ($"\"{change}\" is not a change of {metric}", $"it takes {Allowed(unit)}");
            return false;
        }

        condition = new FailIf(metric, @operator, change, amount, change.EndsWith('%'));
        (problem, allowed) = ("", "");
        return true;
    }

    /// <summary>Judges a comparison. A number that was not measured fails, and so does one of runs that cannot be compared: what nobody can
    /// believe may not pass a build.</summary>
    public FailIfResult Judge(Comparison comparison)
    {
        var (from, to) = (comparison.Base.Numbers.Find(Metric), comparison.Other.Numbers.Find(Metric));
        var note = !comparison.Comparability.IsComparable ? "the runs are not comparable"
            : from is null ? $"not measured in {comparison.Base.Source}"
            : to is null ? $"not measured in {comparison.Other.Source}"
            : null;
        return new FailIfResult(this, comparison.Other.Source, from, to, note ?? "", note is not null || Holds(from!.Value, to!.Value));
    }

    private bool Holds(double from, double to)
    {
        var change = to.Equals(from) ? 0 : _isPercent ? (to - from) / Math.Abs(from) * 100 : to - from; // from 0, any growth is infinite
        return _operator switch
        {
            ">" => change > _amount,
            ">=" => change >= _amount,
            "<" => change < _amount,
            _ => change <= _amount,
        };
    }

    private static double? Amount(string text, NumberUnit unit)
    {
        var digits = text.AsSpan().TrimEnd("%abcdefghijklmnopqrstuvwxyzBKMG").TrimEnd().ToString();
        var suffix = text[digits.Length..].Trim();
        double? factor = suffix == "%" ? 1
            : unit.Micros() is { } micros ? Array.Find(Times, time => time.Unit == suffix).Micros / micros
            : unit == NumberUnit.Bytes ? Array.Find(Sizes, size => size.Unit == suffix).Bytes
            : suffix.Length == 0 ? 1 : 0;
        const NumberStyles Signed = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return factor > 0 && double.TryParse(digits, Signed, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number * factor : null;
    }

    private static string Allowed(NumberUnit unit) => "a change in percent such as +10%, or " + (
        unit.Micros() is not null ? "a time with micros, ms or s, such as +2ms"
        : unit == NumberUnit.Bytes ? "a size with B, KiB, MiB or GiB, such as +8MiB"
        : unit == NumberUnit.Ratio ? "a number such as -0.01"
        : "a number such as +5");
}

/// <summary>A condition, judged.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Run">The run that was compared with the base.</param>
/// <param name="Base">The metric in the base; null if not measured.</param>
/// <param name="Other">The metric in that run; null if not measured.</param>
/// <param name="Note">Why it fails without a look at the numbers; else empty.</param>
/// <param name="Fails">True if it fails the comparison.</param>
internal sealed record FailIfResult(FailIf Condition, string Run, double? Base, double? Other, string Note, bool Fails)
{
    /// <summary>The change of the metric with its sign, or the note.</summary>
    public string Found => Note.Length > 0 ? Note : NumberUnits.Of(Condition.Metric).Difference(Base, Other);
}
