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
public abstract record PartOfRun
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its connections by their progress.</summary>
    public required ConnectionCounts Connections { get; init; }

    /// <summary>Tries to open, retries included.</summary>
    public required long Attempts { get; init; }

    /// <summary>Tries after the first of a connection.</summary>
    public required long Retries { get; init; }

    /// <summary>Attempts whose connection was established.</summary>
    public required long Established { get; init; }

    /// <summary>How connections ended, by name; all outcomes, zeros too.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>How attempts failed, by name, including retried ones.</summary>
    public required IReadOnlyDictionary<string, long> AttemptFailures { get; init; }

    /// <summary>Error prefixes of rejected attempts.</summary>
    public required IReadOnlyDictionary<string, long> Rejections { get; init; }

    /// <summary>Completed steps, by name.</summary>
    public required IReadOnlyDictionary<string, LatencySummary> Latency { get; init; }

    /// <summary>Failed connections, by step name.</summary>
    public required IReadOnlyDictionary<string, LatencySummary> FailedLatency { get; init; }
}

/// <summary>The counts of one fleet: an element of <c>fleets</c>.</summary>
public sealed record FleetCounts : PartOfRun
{
    /// <summary>The counts of a tally.</summary>
    internal static FleetCounts Of(string name, Tally tally) => new()
    {
        Name = name,
        Connections = tally.Connections,
        Attempts = tally.Attempts,
        Retries = tally.Retries,
        Established = tally.Established,
        Outcomes = EndpointCounts.Every(tally.OutcomesByName()),
        AttemptFailures = tally.AttemptFailuresByName(),
        Rejections = tally.Rejections(),
        Latency = tally.Latency(succeeded: true),
        FailedLatency = tally.Latency(succeeded: false),
    };

    /// <summary>The same, with open connections counted as cancelled.</summary>
    public FleetCounts Cancelled() => this with
    {
        Connections = Connections with { Cancelled = Connections.Cancelled + Connections.Open },
        Outcomes = EndpointCounts.Cancelled(Outcomes, Connections.Open),
    };
}

/// <summary>The counts of one phase: an element of <c>phases</c>.</summary>
public sealed record PhaseCounts : PartOfRun
{
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

    /// <summary>The counts of a tally.</summary>
    internal static PhaseCounts Of(PhaseName phase, int index, Tally tally) => new()
    {
        Index = index,
        Fleet = phase.Fleet,
        Name = phase.Name,
        Shape = phase.Shape,
        Connections = tally.Connections,
        Attempts = tally.Attempts,
        Retries = tally.Retries,
        Established = tally.Established,
        Outcomes = EndpointCounts.Every(tally.OutcomesByName()),
        AttemptFailures = tally.AttemptFailuresByName(),
        Rejections = tally.Rejections(),
        Latency = tally.Latency(succeeded: true),
        FailedLatency = tally.Latency(succeeded: false),
    };

    /// <summary>The counts of a run with one phase, from its totals.</summary>
    public static PhaseCounts Of(PhaseName phase, RunSnapshot totals) => new()
    {
        Name = phase.Name,
        Shape = phase.Shape,
        Connections = totals.Connections,
        Attempts = totals.Attempts,
        Retries = totals.Retries,
        Established = totals.Established,
        Outcomes = EndpointCounts.Every(totals.Outcomes),
        AttemptFailures = totals.AttemptFailures,
        Rejections = totals.Rejections,
        Latency = totals.Latency,
        FailedLatency = totals.FailedLatency,
    };

    /// <summary>The counts of each phase, from the totals of a run.</summary>
    /// <param name="phases">The phases of the plan.</param>
    /// <param name="totals">The totals.</param>
    public static IReadOnlyList<PhaseCounts> Of(IReadOnlyList<PhaseName> phases, RunSnapshot totals) =>
        phases.Count == 1 ? [Of(phases[0], totals)] : totals.Phases;

    /// <summary>The same, with open connections counted as cancelled.</summary>
    public PhaseCounts Cancelled() => this with
    {
        Connections = Connections with { Cancelled = Connections.Cancelled + Connections.Open },
        Outcomes = EndpointCounts.Cancelled(Outcomes, Connections.Open),
    };
}
