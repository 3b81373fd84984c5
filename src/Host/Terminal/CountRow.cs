using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A part of a run with counts of its own, as <see cref="CountSection"/> and <see cref="CountTable"/> show it.</summary>
/// <param name="Short">Its name on the short page.</param>
/// <param name="Name">Its name in the table.</param>
/// <param name="Counts">Its connections.</param>
/// <param name="Retries">Tries after the first of a connection.</param>
/// <param name="Total">Its <c>total</c> times; null if there are none.</param>
/// <param name="Failures">How attempts failed, by name.</param>
internal sealed record CountRow(
    string Short, string Name, ConnectionCounts Counts, long Retries, LatencySummary? Total, IReadOnlyDictionary<string, long> Failures)
{
    /// <summary>True if the breaker gave it up.</summary>
    public bool IsGivenUp { get; init; }

    /// <summary>True if some of its connections failed or were dropped.</summary>
    public bool HasTrouble => Counts.Failed + Counts.Dropped > 0;

    /// <summary>The rows of a run's endpoints.</summary>
    public static IReadOnlyList<CountRow> Of(IReadOnlyList<EndpointCounts> endpoints) =>
    [
        .. endpoints.Select(endpoint => new CountRow(
            endpoint.Address, endpoint.Endpoint == endpoint.Address ? endpoint.Address : $"{endpoint.Address} ({endpoint.Endpoint})",
            endpoint.Connections, endpoint.Retries, endpoint.Latency.GetValueOrDefault("total"), endpoint.AttemptFailures)
        { IsGivenUp = endpoint.GivenUp is not null }),
    ];

    /// <summary>The rows of a run's fleets.</summary>
    public static IReadOnlyList<CountRow> Of(IReadOnlyList<FleetCounts> fleets) =>
    [
        .. fleets.Select(fleet => new CountRow(
            fleet.Name, fleet.Name, fleet.Connections, fleet.Retries, fleet.Latency.GetValueOrDefault("total"), fleet.AttemptFailures)),
    ];

    private static string InFleet(PhaseCounts phase) => phase.Fleet is null ? phase.Name : $"{phase.Fleet}: {phase.Name}";

    /// <summary>The rows of a run's phases; a pause has none.</summary>
    public static IReadOnlyList<CountRow> Of(IReadOnlyList<PhaseCounts> phases) =>
    [
        .. phases.Where(phase => phase.Shape != "pause").Select(phase => new CountRow(
            InFleet(phase), phase.Name == phase.Shape ? InFleet(phase) : $"{InFleet(phase)} ({phase.Shape})", phase.Connections,
            phase.Retries, phase.Latency.GetValueOrDefault("total"), phase.AttemptFailures)),
    ];
}
