using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace ActorLoad.Metrics;

/// <summary>What reports call a phase.</summary>
/// <param name="Name">Its name in the run file.</param>
/// <param name="Shape">Its shape, as a run file writes it.</param>
public sealed record PhaseName(string Name, string Shape)
{
    /// <summary>The fleet that it belongs to; null in a run without fleets.</summary>
    public string? Fleet { get; init; }
}

/// <summary>What reports call a fleet.</summary>
/// <param name="Name">Its name in the run file; empty in a run without fleets.</param>
/// <param name="FirstPhase">Number of its first phase among those of all fleets.</param>
public sealed record FleetName(string Name, int FirstPhase)
{
    /// <summary>The run's number of each of its endpoints; empty if they are those of the run.</summary>
    public IReadOnlyList<int> Endpoints { get; init; } = [];
}

/// <summary>The counts of a part of a run since its start.</summary>
public abstract record PartOfRun : ICounts
{
    /// <summary>An empty part, for the readers of JSON.</summary>
    protected PartOfRun()
    {
    }

    /// <summary>A part with these counts.</summary>
    [SetsRequiredMembers]
    protected PartOfRun(string name, ICounts counts)
    {
        (Name, Connections, Outcomes) = (name, counts.Connections, EndpointCounts.Every(counts.Outcomes));
        (Attempts, Retries, Established) = (counts.Attempts, counts.Retries, counts.Established);
        (AttemptFailures, Rejections) = (counts.AttemptFailures, counts.Rejections);
        (Latency, FailedLatency) = (counts.Latency, counts.FailedLatency);
        (Closes, Tls, Pool) = (counts.Closes, counts.Tls, counts.Pool);
    }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its connections by their progress.</summary>
    public required ConnectionCounts Connections { get; init; }

    /// <inheritdoc />
    public required long Attempts { get; init; }

    /// <inheritdoc />
    public required long Retries { get; init; }

    /// <inheritdoc />
    public required long Established { get; init; }

    /// <summary>How connections ended, by name; all outcomes, zeros too.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <inheritdoc />
    public required IReadOnlyDictionary<string, long> AttemptFailures { get; init; }

    /// <inheritdoc />
    public required IReadOnlyDictionary<string, long> Rejections { get; init; }

    /// <inheritdoc />
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PoolCounts? Pool { get; init; }

    /// <inheritdoc />
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Closes { get; init; }

    /// <inheritdoc />
    public required IReadOnlyDictionary<string, LatencySummary> Latency { get; init; }

    /// <inheritdoc />
    public required IReadOnlyDictionary<string, LatencySummary> FailedLatency { get; init; }

    /// <inheritdoc />
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TlsCounts? Tls { get; init; }
}

/// <summary>Parts of a run.</summary>
public static class PartsOfRun
{
    /// <summary>The same part, with open connections counted as cancelled.</summary>
    public static T Ended<T>(this T part)
        where T : PartOfRun => part with
        {
            Connections = part.Connections.Ended(),
            Outcomes = EndpointCounts.Cancelled(part.Outcomes, part.Connections.Open),
        };
}

/// <summary>The counts of one fleet: an element of <c>fleets</c>.</summary>
public sealed record FleetCounts : PartOfRun
{
    /// <summary>For the readers of JSON.</summary>
    public FleetCounts()
    {
    }

    /// <summary>A fleet with these counts.</summary>
    [SetsRequiredMembers]
    public FleetCounts(FleetName fleet, ICounts counts)
        : base(fleet.Name, counts)
    {
    }
}

/// <summary>The counts of one phase: an element of <c>phases</c>.</summary>
public sealed record PhaseCounts : PartOfRun
{
    /// <summary>For the readers of JSON.</summary>
    public PhaseCounts()
    {
    }

    /// <summary>A phase with these counts.</summary>
    [SetsRequiredMembers]
    public PhaseCounts(PhaseName phase, int index, ICounts counts)
        : base(phase.Name, counts)
    {
        (Index, Fleet, Shape) = (index, phase.Fleet, phase.Shape);
        Pool = counts.Pool is { } pool ? pool with { Idle = null } : null; // a later phase takes over what this one left
    }

    /// <summary>Its number in the plan, from 0; fleet by fleet.</summary>
    public int Index { get; init; }

    /// <summary>The fleet that it belongs to; absent in a run without fleets.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fleet { get; init; }

    /// <summary>Its shape, as a run file writes it.</summary>
    public required string Shape { get; init; }

    /// <summary>When it began, in seconds from the start of the run; absent before the end of the run, and if it never began.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BeganAt { get; init; }

    /// <summary>When its time was over and the last of its connections had ended; likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EndedAt { get; init; }

    /// <summary>The counts of each phase, from the totals of a run.</summary>
    /// <param name="phases">The phases of the plan.</param>
    /// <param name="totals">The totals.</param>
    public static IReadOnlyList<PhaseCounts> Of(IReadOnlyList<PhaseName> phases, RunSnapshot totals) =>
        phases.Count == 1 ? [new PhaseCounts(phases[0], 0, totals)] : totals.Phases;
}
