using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>Makes the result of a run from its totals, and says whether it may be believed.</summary>
internal static class RunSummary
{
    /// <summary>Schema of <c>result.json</c>; grows when a field changes its meaning.</summary>
    public const int SchemaVersion = 1;

    /// <summary>The result; <paramref name="verdict"/> and <paramref name="reasons"/> are what is known from how the run ended.</summary>
    public static RunResult Sum(
        RunOrder order, TransportInfo transport, Verdict verdict, IReadOnlyList<string> reasons, MetricsProtocol.Completed completed,
        IEnumerable<BurstResult> bursts, TimeSpan duration)
    {
        var totals = completed.Totals;
        var limits = LimitsOfGenerator(totals).ToArray();
        return new RunResult(
            SchemaVersion,
            order.Describe(duration),
            verdict == Verdict.Valid && limits.Length > 0 ? Verdict.GeneratorLimited : verdict,
            [.. reasons, .. limits],
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
            totals.Generator);
    }

    private static IEnumerable<string> LimitsOfGenerator(RunSnapshot totals)
    {
        if (totals.AttemptFailures.GetValueOrDefault(Outcome.LocalExhausted.Name()) is var exhausted and > 0)
        {
            yield return $"{exhausted} attempts failed for want of descriptors, ports or buffers on this machine (local-exhausted)";
        }

        if (totals.Connections.Dropped is var dropped and > 0)
        {
            yield return $"{dropped} connections were due and not started: connection.max-open was reached, or the run was stopped first";
        }
    }
}
