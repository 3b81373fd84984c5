namespace ActorLoad.Metrics;

/// <summary>The parts of a run that are counted apart.</summary>
/// <param name="Endpoints">The different endpoints of the target.</param>
/// <param name="Phases">The phases, fleet by fleet.</param>
/// <param name="Fleets">The fleets, at least one.</param>
public sealed record MeasuredParts(
    IReadOnlyList<EndpointName> Endpoints, IReadOnlyList<PhaseName> Phases, IReadOnlyList<FleetName> Fleets);
