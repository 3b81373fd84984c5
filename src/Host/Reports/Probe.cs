using ActorLoad.Configuration.Thresholds;
using ActorLoad.Diagnosis;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Reports;

/// <summary>One run of a search.</summary>
/// <param name="Number">Its place, from 1; 0 is the warm-up.</param>
/// <param name="Value">The value with which it ran.</param>
/// <param name="Purpose">Why it was carried out.</param>
/// <param name="Result">Its result.</param>
/// <param name="Doubt">Why it cannot be believed; null if it can.</param>
internal sealed record Probe(int Number, int Value, ProbePurpose Purpose, RunResult Result, string? Doubt)
{
    /// <summary>A run that has ended by itself, with thresholds.</summary>
    /// <param name="number">Its place.</param>
    /// <param name="value">Its value.</param>
    /// <param name="purpose">Its purpose.</param>
    /// <param name="result">Its result.</param>
    /// <param name="allowsLimited">True if a <c>generator-limited</c> run may pass.</param>
    public static Probe Of(int number, int value, ProbePurpose purpose, RunResult result, bool allowsLimited) =>
        new(number, value, purpose, result, DoubtIn(result, allowsLimited));

    /// <summary>What it says of its value.</summary>
    public ProbeAnswer Answer => Doubt is not null ? ProbeAnswer.Unbelieved
        : Result.Passed == true ? ProbeAnswer.Passed : ProbeAnswer.Failed;

    /// <summary>The answer in words.</summary>
    public string Word => Answer switch
    {
        ProbeAnswer.Passed => "passed",
        ProbeAnswer.Failed => "FAILED",
        _ => "not believed",
    };

    /// <summary>The thresholds that are not met: the one that ended the run first, then in the order of the run file.</summary>
    public IReadOnlyList<ThresholdResult> Broken => Answer != ProbeAnswer.Failed ? []
        : [.. Result.Thresholds.Where(threshold => !threshold.Met).OrderBy(threshold => threshold.EndedRunAt ?? double.MaxValue)];

    /// <summary>The finding that explains it: the first that the value found has not, else the first; null if it passed, or without
    /// one.</summary>
    /// <param name="found">The highest probe that passed.</param>
    public Finding? Explanation(Probe? found)
    {
        if (Answer == ProbeAnswer.Passed)
        {
            return null;
        }

        Finding[] causes =
        [
            .. Result.Findings.Where(finding => finding.Severity > Severity.Info
                && (Doubt is not null || finding.Rule != Diagnostician.GeneratorLimited)),
        ];
        return Array.Find(causes, cause => found?.Result.Findings.Any(other => other.Rule == cause.Rule) != true)
            ?? causes.FirstOrDefault();
    }

    private static string? DoubtIn(RunResult result, bool allowsLimited)
    {
        if (result.Verdict == Verdict.GeneratorLimited && !allowsLimited)
        {
            return result.VerdictReasons is [var reason, ..] ? reason : Diagnostician.GeneratorLimited;
        }

        // Whoever was not started was no load, so thresholds that are met say nothing of this value.
        var missing = result.Connections.Dropped - result.Endpoints.Sum(endpoint => endpoint.Avoided);
        return result.Passed == true && missing > 0
            ? $"{missing} of its connections were not started: connection.max-open or run.deadline is too small for it" : null;
    }
}
