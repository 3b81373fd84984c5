using ActorLoad.Metrics;
using ActorLoad.Observers;

namespace ActorLoad.Runs;

/// <summary>Makes the result of a run from its totals, and says whether it may be believed.</summary>
internal static class RunSummary
{
    /// <summary>The result; <paramref name="verdict"/> and <paramref name="reasons"/> are what is known from how the run ended.</summary>
    public static RunResult Sum(
        RunOrder order, TransportInfo transport, Verdict verdict, IReadOnlyList<string> reasons, MetricsProtocol.Completed completed,
        IReadOnlyList<BurstResult> bursts, int omitted, TimeSpan duration, Evidence evidence)
    {
        var totals = completed.Totals;
        var findings = Diagnosis.Of(evidence);
        var limits = LimitsOfGenerator(totals, findings).ToArray();
        return new RunResult(
            RunResult.PresentSchema,
            order.Describe(duration),
            verdict == Verdict.Valid && limits.Length > 0 ? Verdict.GeneratorLimited : verdict,
            [.. reasons, .. limits, .. Remarks(totals, verdict, omitted, order.Settings.Connection.MaxOpen)],
            order.DescribeTarget(),
            transport,
            totals.Connections,
            totals.Attempts,
            totals.Retries,
            Outcomes.All.ToDictionary(outcome => outcome.Name(), outcome => totals.Outcomes.GetValueOrDefault(outcome.Name())),
            totals.AttemptFailures,
            totals.Rejections,
            totals.Latency,
            totals.FailedLatency,
            [.. bursts.OrderBy(burst => burst.Index)],
            completed.Samples,
            [.. order.Settings.Thresholds.Select(threshold => threshold.Judge(totals))],
            totals.Generator)
        {
            Established = totals.Established,
            Answered = totals.Answered,
            Cut = totals.Cut,
            Ledgers = evidence.Ledgers,
            Findings = findings,
        };
    }

    private static IEnumerable<string> LimitsOfGenerator(RunSnapshot totals, IReadOnlyList<Finding> findings)
    {
        if (totals.AttemptFailures.GetValueOrDefault(Outcome.LocalExhausted.Name()) is var exhausted and > 0)
        {
            yield return $"{exhausted} attempts failed for want of descriptors, ports or buffers on this machine (local-exhausted)";
        }

        foreach (var finding in findings.Where(finding => finding.Rule == Diagnosis.GeneratorLimited))
        {
            yield return finding.Sentence;
        }
    }

    // Worth knowing, and no reason to doubt the numbers of what was opened.
    private static IEnumerable<string> Remarks(RunSnapshot totals, Verdict verdict, int omitted, int maxOpen)
    {
        if (totals.Connections.Dropped is var dropped and > 0)
        {
            yield return verdict is Verdict.Aborted or Verdict.Interrupted
                ? $"{dropped} connections were due and not started when the run was given up"
                : $"{dropped} connections were due and not started, because connection.max-open = {maxOpen} were open: the target lets go of them "
                    + "more slowly than they come, or max-open is too small for this load";
        }

        if (omitted > 0)
        {
            yield return $"bursts lists the first {RunCourse.MostKept}; {omitted} more are in the totals only";
        }
    }
}
