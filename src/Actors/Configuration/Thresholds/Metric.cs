namespace ActorLoad.Configuration.Thresholds;

/// <summary>One number of the result.</summary>
/// <param name="Unit">What its values are.</param>
/// <param name="WhyNotMeasured">Why <paramref name="Measure"/> may return null.</param>
/// <param name="Measure">The number; null if never measured.</param>
internal sealed record Metric(MetricUnit Unit, string WhyNotMeasured, Func<RunFigures, double?> Measure)
{
    /// <summary>True for a number that each interval has, false for one that is known at the end only.</summary>
    public bool IsLive { get; init; } = true;

    /// <summary>A number that is known at the end only.</summary>
    public static Metric AtEnd(MetricUnit unit, string whyNotMeasured, Func<FinalFigures, double?> measure) =>
        new(unit, whyNotMeasured, figures => figures.Final is { } final ? measure(final) : null) { IsLive = false };
}

/// <summary>A place in the paths of thresholds: a metric, places below it, or both.</summary>
/// <param name="Metric">The metric at this path; null if only longer paths name one.</param>
/// <param name="Below">The places below it by name; made when needed, because a run may have a thousand endpoints.</param>
internal sealed record MetricPlace(Metric? Metric, IReadOnlyDictionary<string, Func<MetricPlace>> Below)
{
    private static readonly Dictionary<string, Func<MetricPlace>> Nothing = [];

    /// <summary>Why a place is missing that other runs have; null for a place of this run.</summary>
    public string? Missing { get; init; }

    /// <summary>True if there may be places with other names too, which only the resolved target knows.</summary>
    public bool IsOpen { get; init; }

    /// <summary>A place with a metric and nothing below it.</summary>
    public static MetricPlace Of(Metric metric) => new(metric, Nothing);

    /// <summary>A place that this run does not have, and why.</summary>
    public static MetricPlace Absent(string why) => new(null, Nothing) { Missing = why };

    /// <summary>The place below with a name; null if there is none.</summary>
    public MetricPlace? Find(string name) => Below.TryGetValue(name, out var make) ? make() : null;
}
