using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;

namespace ActorLoad.Configuration.Thresholds;

/// <summary>The figures of a run that thresholds can name.</summary>
/// <param name="Totals">The counts so far, or of the whole run.</param>
/// <param name="Final">What is known at the end only; null while the run goes on.</param>
public sealed record RunFigures(RunSnapshot Totals, FinalFigures? Final = null);

/// <summary>The figures of an ended run beside its counts.</summary>
/// <param name="DurationSeconds">From the first burst to the end.</param>
/// <param name="Bursts">Its bursts; null if there were more than the result keeps.</param>
/// <param name="Findings">Findings by the names of their rules.</param>
/// <param name="Unexplained">What server and kernel counted beyond ActorLoad's numbers, over all quantities; null if neither
/// counted.</param>
/// <param name="TimeWaits">Sockets in TIME_WAIT towards the target after the run; null if not seen.</param>
/// <param name="Bystander">What steady connections felt; null without them.</param>
public sealed record FinalFigures(
    double DurationSeconds, IReadOnlyList<BurstResult>? Bursts, IReadOnlyDictionary<string, int> Findings, long? Unexplained,
    long? TimeWaits, BystanderLedger? Bystander);

/// <summary>Counts of the same form for the run and for each part of it.</summary>
internal sealed record PartCounts(
    ConnectionCounts Connections, long Attempts, long Retries, long Established, IReadOnlyDictionary<string, long> Outcomes,
    IReadOnlyDictionary<string, long> AttemptFailures, IReadOnlyDictionary<string, LatencySummary> Latency,
    IReadOnlyDictionary<string, LatencySummary> FailedLatency)
{
    /// <summary>The counts of the whole run.</summary>
    public static PartCounts Of(RunSnapshot totals) => new(
        totals.Connections, totals.Attempts, totals.Retries, totals.Established, totals.Outcomes, totals.AttemptFailures, totals.Latency,
        totals.FailedLatency);

    /// <summary>The counts of one endpoint. A run with one endpoint does not count it apart.</summary>
    public static PartCounts? Of(RunSnapshot totals, string endpoint) => totals.Endpoints.Count == 0 ? Of(totals)
        : totals.Endpoints.FirstOrDefault(counts => counts.Endpoint == endpoint || counts.Address == endpoint) is { } part
            ? new PartCounts(
                part.Connections, part.Attempts, part.Retries, part.Established, part.Outcomes, part.AttemptFailures, part.Latency,
                part.FailedLatency)
            : null;

    /// <summary>The counts of one phase. A run with one phase does not count it apart.</summary>
    public static PartCounts? OfPhase(RunSnapshot totals, string phase) =>
        totals.Phases.FirstOrDefault(counts => counts.Name == phase) is { } part
            ? new PartCounts(
                part.Connections, part.Attempts, part.Retries, part.Established, part.Outcomes, part.AttemptFailures, part.Latency,
                part.FailedLatency)
            : totals.Phases.Count == 0 && totals.Progress.Phase == phase ? Of(totals) : null;
}
