using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Runs;

/// <summary>Makes the result of a run from its totals, with its final verdict.</summary>
internal static class RunSummary
{
    /// <summary>The result; <paramref name="verdict"/> knows how the run ended, and learns here of the limits of the generator.
    /// <paramref name="endedBy"/> names what ended the load early; null if its plan was carried out.</summary>
    public static RunResult Sum(
        RunOrder order, TransportInfo transport, RunVerdict verdict, MetricsProtocol.Completed completed,
        PlanResults plan, TimeSpan duration, Evidence evidence, IReadOnlyDictionary<string, string> givenUp,
        ThresholdWatch thresholds, string? endedBy = null)
    {
        var totals = completed.Totals;
        var endpoints = Endpoints(order.Target, totals, givenUp);
        var findings = Diagnostician.Of(evidence);
        foreach (var limit in LimitsOfGenerator(totals, findings))
        {
            verdict.Note(Verdict.GeneratorLimited, limit);
        }

        var judged = thresholds.Conclude(new RunFigures(totals, Final(evidence.Ledgers, findings, plan.Bursts, plan.Omitted, duration)));
        var isBelieved = verdict.Worst == Verdict.Valid
            || (verdict.Worst == Verdict.GeneratorLimited && order.Settings.AllowsGeneratorLimited);
        return new RunResult
        {
            SchemaVersion = RunResult.PresentSchema,
            Run = order.Describe(duration),
            Verdict = verdict.Worst,
            VerdictReasons =
            [
                .. verdict.Reasons, .. Disbelief(verdict.Worst, judged, isBelieved), .. givenUp.Values.Except(verdict.Reasons),
                .. Unused(order.Target), .. TlsRemarks(order.Settings.Fleets),
                .. Remarks(totals, endpoints, verdict.Worst, plan.Omitted, MaxOpen(order.Settings), endedBy),
            ],
            Target = order.DescribeTarget(),
            Transport = transport,
            Connections = totals.Connections,
            Attempts = totals.Attempts,
            Retries = totals.Retries,
            Outcomes = Outcomes.All.ToDictionary(outcome => outcome.Name(), outcome => totals.Outcomes.GetValueOrDefault(outcome.Name())),
            AttemptFailures = totals.AttemptFailures,
            Rejections = totals.Rejections,
            Latency = totals.Latency,
            FailedLatency = totals.FailedLatency,
            Bursts = [.. plan.Bursts.OrderBy(burst => burst.Index)],
            Samples = completed.Samples,
            Thresholds = judged,
            Passed = judged.Count == 0 ? null : isBelieved && judged.All(threshold => threshold.Met),
            Generator = totals.Generator with { Pauses = evidence.Generator.Pauses },
            Established = totals.Established,
            Answered = totals.Answered,
            Cut = totals.Cut,
            Closes = totals.Closes,
            Tls = totals.Tls?.Over(duration.TotalSeconds),
            Pool = totals.Pool,
            Endpoints = endpoints,
            Fleets = Fleets(order.Settings.FleetNames, totals),
            Phases = Phases(order.Settings.PhaseNames, totals, plan.Phases),
            Ledgers = evidence.Ledgers,
            Findings = findings,
        };
    }

    private static IEnumerable<string> LimitsOfGenerator(RunSnapshot totals, IReadOnlyList<Finding> findings)
    {
        if (totals.AttemptFailures.GetValueOrDefault(Outcome.LocalExhausted.Name()) is var exhausted and > 0)
        {
            yield return $"{exhausted} {(exhausted == 1 ? "attempt" : "attempts")} failed because this machine "
                + "ran out of descriptors, ports or buffers (local-exhausted)";
        }

        foreach (var finding in findings.Where(finding => finding.Rule == Diagnostician.GeneratorLimited))
        {
            yield return finding.Sentence;
        }
    }

    private static FinalFigures Final(
        Ledgers ledgers, IReadOnlyList<Finding> findings, IReadOnlyList<BurstResult> bursts, int omitted, TimeSpan duration) => new(
        duration.TotalSeconds, omitted > 0 ? null : bursts,
        findings.GroupBy(finding => finding.Rule).ToDictionary(rule => rule.Key, rule => rule.Count()),
        ledgers.Reconciliation.Count == 0 ? null : ledgers.Reconciliation.Sum(row => row.Unexplained), ledgers.TimeWait.After,
        ledgers.Bystander);

    private static IEnumerable<string> Disbelief(Verdict verdict, IReadOnlyList<ThresholdResult> judged, bool isBelieved) =>
        verdict == Verdict.GeneratorLimited && !isBelieved && judged.Count > 0
            ? ["thresholds do not pass in a generator-limited run (exit code 3), unless verdict.allow = [\"generator-limited\"]"]
            : [];

    // Worth knowing, but no reason to doubt the figures of opened connections.
    private static IEnumerable<string> Remarks(
        RunSnapshot totals, IReadOnlyList<EndpointCounts> endpoints, Verdict verdict, int omitted, string maxOpen, string? endedBy)
    {
        foreach (var endpoint in endpoints.Where(endpoint => endpoint.Avoided > 0))
        {
            yield return $"{Connections(endpoint.Avoided)} not started, because {endpoint.Address} had been given up";
        }

        if (totals.Connections.Dropped - endpoints.Sum(endpoint => endpoint.Avoided) is var dropped and > 0)
        {
            yield return verdict is Verdict.Aborted or Verdict.Interrupted
                ? $"{Connections(dropped)} due but not started when the run was given up"
                : endedBy is not null
                    ? $"{Connections(dropped)} due but not started: {endedBy} came first, or {maxOpen} was reached"
                : $"{Connections(dropped)} due but not started, because {maxOpen} was reached: new connections come "
                    + "due faster than open ones end, or max-open is too small for this load";
        }

        if (omitted > 0)
        {
            yield return $"bursts lists the first {PlanCursor.MostKept}; {omitted} more are in the totals only";
        }
    }

    private static IEnumerable<string> TlsRemarks(IReadOnlyList<FleetSettings> fleets)
    {
        TlsSettings[] each = [.. fleets.Select(fleet => fleet.Target.Credentials.Tls).OfType<TlsSettings>()];
        if (each.Any(tls => !tls.Verifies))
        {
            yield return "no certificate of the server was verified (target.tls.verify = off)";
        }

        if (fleets.Any(fleet => fleet.Target.Credentials.Tls is { Resumes: true, ServerName: "" }
            && fleet.Target.Endpoints.All(endpoint => IPEndPoint.TryParse(endpoint, out _))))
        {
            yield return "no TLS session was resumed, because the server is known by its address only (target.tls.server-name)";
        }
    }

    private static string MaxOpen(RunSettings settings) => settings.Fleets.Length == 1
        ? $"connection.max-open = {settings.Connection.MaxOpen}" : "connection.max-open of a fleet";

    private static string Connections(long count) => count == 1 ? "1 connection was" : $"{count} connections were";

    // A single fleet is the run.
    private static IReadOnlyList<FleetCounts> Fleets(IReadOnlyList<FleetName> names, RunSnapshot totals) =>
        names is [{ Name.Length: > 0 } only] ? [new FleetCounts(only, totals)] : totals.Fleets;

    private static List<PhaseCounts> Phases(IReadOnlyList<PhaseName> names, RunSnapshot totals, IReadOnlyList<PhaseTimes?> times) =>
    [
        .. PhaseCounts.Of(names, totals).Select(phase => phase with
        {
            BeganAt = times.ElementAtOrDefault(phase.Index)?.BeganAt.TotalSeconds,
            EndedAt = times.ElementAtOrDefault(phase.Index)?.EndedAt?.TotalSeconds,
        }),
    ];

    private static List<EndpointCounts> Endpoints(ResolvedTarget target, RunSnapshot totals, IReadOnlyDictionary<string, string> givenUp) =>
        [.. target.Counts(totals).Select(endpoint => endpoint with { GivenUp = givenUp.GetValueOrDefault(endpoint.Address) })];

    // A name with several addresses is stormed at one of them, and readers of the figures must know.
    private static IEnumerable<string> Unused(ResolvedTarget target) =>
        target.Unused.Select(name => $"{name}. target.addresses = all storms each");
}
