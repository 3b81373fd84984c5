using System.Globalization;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Reports.Components;

/// <summary>The target of a run in a few words.</summary>
internal static class Targets
{
    private const int Most = 2;

    /// <summary>Such as <c>10.0.0.1:6379</c>, or <c>a:6379, b:6379 and 3 more</c>.</summary>
    public static string Of(RunResult result) => result.Target.Endpoints switch
    {
        { Count: 0 } => "an unknown target",
        { Count: <= Most } names => ForeignText.Shown(string.Join(", ", names)),
        var names => ForeignText.Shown($"{string.Join(", ", names.Take(Most))} and {names.Count - Most} more"),
    };
}

/// <summary>Verdicts in words.</summary>
internal static class VerdictWords
{
    /// <summary>Whether the figures can be believed.</summary>
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Valid => "the figures can be believed",
        Verdict.GeneratorLimited => "the figures show this machine's limits",
        Verdict.Aborted => "the run was given up",
        _ => "the run was stopped, or its process died",
    };

    /// <summary>The class that colours it.</summary>
    public static string Class(Verdict verdict) => verdict switch
    {
        Verdict.Valid => "is-good",
        Verdict.Interrupted => "is-warn",
        _ => "is-bad",
    };
}

/// <summary>Sentences that may have come without their end.</summary>
internal static class Sentences
{
    /// <summary>With a full stop, without invisible characters, and with a capital letter.</summary>
    public static string Whole(string sentence)
    {
        var text = ForeignText.Shown(sentence).TrimEnd('.');
        return text.Length == 0 ? "" : $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }
}

/// <summary>Moments in tables.</summary>
internal static class Times
{
    /// <summary>Seconds since the start: <c>12.3 s</c>; empty if not known.</summary>
    public static string Seconds(double? at) =>
        at is { } seconds ? seconds.ToString(seconds < 10 ? "0.##" : "#,0.#", CultureInfo.InvariantCulture) + " s" : "";
}

/// <summary>The parts of a report, for its list of contents.</summary>
internal static class RunSections
{
    /// <summary>The id and the name of each part.</summary>
    public static IReadOnlyList<(string Id, string Name)> All { get; } =
    [
        ("findings", "Findings"), ("time", "Over time"), ("steps", "Steps"), ("connect", "Connect times"), ("percentiles", "Spectrum"),
        ("ledgers", "The three counts"), ("server", "Server and kernel"), ("bystanders", "Bystanders"), ("parts", "Bursts and endpoints"),
        ("failures", "Failures"), ("configuration", "Configuration"),
    ];
}
