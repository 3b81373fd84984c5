using ActorLoad.Diagnosis;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>Makes the result of a run from its totals, and says whether it may be believed.</summary>
internal static class RunSummary
{
    /// <summary>The result; <paramref name="verdict"/> and <paramref name="reasons"/> are what is known from how the run ended.</summary>
    public static RunResult Sum(
        RunOrder order, TransportInfo transport, Verdict verdict, IReadOnlyList<string> reasons, MetricsProtocol.Completed completed,
        IReadOnlyList<BurstResult> bursts, int omitted, TimeSpan duration, Evidence evidence,
        IReadOnlyDictionary<string, string> givenUp, bool isAtDeadline = false)
    {
        var totals = completed.Totals;
        var endpoints = Endpoints(order.Target, totals, givenUp);
        var findings = Diagnostician.Of(evidence);
        var limits = LimitsOfGenerator(totals, findings).ToArray();
        return new RunResult(
            RunResult.PresentSchema,
            order.Describe(duration),
            verdict == Verdict.Valid && limits.Length > 0 ? Verdict.GeneratorLimited : verdict,
            [
                .. reasons, .. limits, .. givenUp.Values.Except(reasons), .. Unused(order.Target),
                .. Remarks(totals, endpoints, verdict, omitted, order.Settings.Connection.MaxOpen, isAtDeadline),
            ],
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
            totals.Generator with { Pauses = evidence.Generator.Pauses })
        {
            Established = totals.Established,
            Answered = totals.Answered,
            Cut = totals.Cut,
            Endpoints = endpoints,
            Ledgers = evidence.Ledgers,
            Findings = findings,
        };
    }

    private static IEnumerable<string> LimitsOfGenerator(RunSnapshot totals, IReadOnlyList<Finding> findings)
    {
        if (totals.AttemptFailures.GetValueOrDefault(Outcome.LocalExhausted.Name()) is var exhausted and > 0)
        {
            yield return $"{exhausted} {(exhausted == 1 ? "attempt" : "attempts")} failed for want of descriptors, ports or buffers on this machine (local-exhausted)";
        }

        foreach (var finding in findings.Where(finding => finding.Rule == Diagnostician.GeneratorLimited))
        {
            yield return finding.Sentence;
        }
    }

    // Worth knowing, and no reason to doubt the numbers of what was opened.
    private static IEnumerable<string> Remarks(
        RunSnapshot totals, IReadOnlyList<EndpointCounts> endpoints, Verdict verdict, int omitted, int maxOpen, bool isAtDeadline)
    {
        foreach (var endpoint in endpoints.Where(endpoint => endpoint.Avoided > 0))
        {
            yield return $"{Connections(endpoint.Avoided)} due to {endpoint.Address} after it was given up, and {(endpoint.Avoided == 1 ? "was" : "were")} not started";
        }

        if (totals.Connections.Dropped - endpoints.Sum(endpoint => endpoint.Avoided) is var dropped and > 0)
        {
            yield return verdict is Verdict.Aborted or Verdict.Interrupted
                ? $"{Connections(dropped)} due and not started when the run was given up"
                : isAtDeadline ? $"{Connections(dropped)} due and not started: run.deadline came first, or connection.max-open = {maxOpen} were open"
                : $"{Connections(dropped)} due and not started, because connection.max-open = {maxOpen} were open: the target lets go of them "
                    + "more slowly than they come, or max-open is too small for this load";
        }

        if (omitted > 0)
        {
            yield return $"bursts lists the first {PlanCursor.MostKept}; {omitted} more are in the totals only";
        }
    }

    private static string Connections(long count) => count == 1 ? "1 connection was" : $"{count} connections were";

    private static List<EndpointCounts> Endpoints(ResolvedTarget target, RunSnapshot totals, IReadOnlyDictionary<string, string> givenUp) =>
        [.. target.Counts(totals).Select(endpoint => endpoint with { GivenUp = givenUp.GetValueOrDefault(endpoint.Address) })];

    // A name that stands for several servers is stormed at one of them: whoever reads the numbers must know.
    private static IEnumerable<string> Unused(ResolvedTarget target) =>
        target.Unused.Select(name => $"{name}. target.addresses = all storms each");
}
