namespace ActorLoad.Configuration.Thresholds;

/// <summary>The parts of a run that thresholds can name, as far as its file tells.</summary>
/// <param name="endpoints">See <see cref="Endpoints"/>.</param>
/// <param name="hasNames">See <see cref="HasNames"/>.</param>
/// <param name="hasBystander">See <see cref="HasBystander"/>.</param>
/// <param name="hasLedgers">See <see cref="HasLedgers"/>.</param>
public sealed class ThresholdParts(IReadOnlyList<string> endpoints, bool hasNames, bool hasBystander, bool hasLedgers)
{
    private MetricPlace? _root;

    /// <summary>The endpoints by each name that is known.</summary>
    public IReadOnlyList<string> Endpoints => endpoints;

    /// <summary>The names of the phases, in the order of the run.</summary>
    public IReadOnlyList<string> Phases { get; init; } = [];

    /// <summary>True if an endpoint is a name, so that its addresses are known later.</summary>
    public bool HasNames => hasNames;

    /// <summary>True if a bystander watches.</summary>
    public bool HasBystander => hasBystander;

    /// <summary>True if server or kernel count too.</summary>
    public bool HasLedgers => hasLedgers;

    /// <summary>The root of all paths.</summary>
    internal MetricPlace Root => _root ??= RunPlaces.Of(this);
}
