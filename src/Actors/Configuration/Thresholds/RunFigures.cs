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

/// <summary>Finds the counts of the parts of a run. A part that is the whole run is not counted apart.</summary>
internal static class CountsOfParts
{
    /// <summary>The counts of one endpoint, by its name or address; null if there is none.</summary>
    public static ICounts? OfEndpoint(this RunSnapshot totals, string endpoint) => totals.Endpoints.Count == 0 ? totals
        : totals.Endpoints.FirstOrDefault(counts => counts.Endpoint == endpoint || counts.Address == endpoint);

    /// <summary>The counts of one phase, of any fleet if that is null; null if it has not begun.</summary>
    public static ICounts? OfPhase(this RunSnapshot totals, string? fleet, string phase) =>
        totals.Phases.Count == 0 && totals.Progress.Phase == phase ? totals
        : totals.Phases.FirstOrDefault(counts => counts.Name == phase && (fleet is null || counts.Fleet == fleet));

    /// <summary>The counts of one fleet; null if there is none.</summary>
    public static ICounts? OfFleet(this RunSnapshot totals, string fleet) => totals.Fleets.Count == 0 ? totals
        : totals.Fleets.FirstOrDefault(counts => counts.Name == fleet);
}
