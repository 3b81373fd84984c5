namespace ActorLoad.Metrics;

/// <summary>Connections by their progress; <c>uses = opened + reused</c>, <c>planned = uses + dropped</c>, <c>uses = succeeded + failed +
/// cancelled + open</c>. Without a pool, uses are the opened connections.</summary>
/// <param name="Planned">Connections whose time has come.</param>
/// <param name="Opened">Opened connections.</param>
/// <param name="Succeeded">Connections that completed their session.</param>
/// <param name="Failed">Connections that ended otherwise.</param>
/// <param name="Dropped">Connections that were not started, because <c>max-open</c> was reached.</param>
/// <param name="Cancelled">Connections that were open when the run was stopped.</param>
public sealed record ConnectionCounts(long Planned, long Opened, long Succeeded, long Failed, long Dropped, long Cancelled)
{
    /// <summary>Uses of connections that an earlier burst had left idle; null, and absent in JSON, without a pool.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public long? Reused { get; init; }

    /// <summary>All that has started; absent in JSON without a pool.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Uses => Opened + (Reused ?? 0);

    /// <summary>The same for JSON: only with a pool.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("uses")]
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public long? UsesOfPool => Reused is null ? null : Uses;

    /// <summary>Connections that have started and not yet ended.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Open => Uses - Succeeded - Failed - Cancelled;

    /// <summary>The share of ended and dropped connections that succeeded, 0 to 1. Cancelled ones count neither way, and open ones have
    /// not failed. Null if no connection counts.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? SuccessRatio =>
        Succeeded + Failed + Dropped is var judged and > 0 ? (double)Succeeded / judged : null;

    /// <summary>The same, with open connections counted as cancelled.</summary>
    public ConnectionCounts Ended() => this with { Cancelled = Cancelled + Open };
}

/// <summary>What is counted of a run, and of each part of it.</summary>
public interface ICounts
{
    /// <summary>Connections by their progress.</summary>
    ConnectionCounts Connections { get; }

    /// <summary>Tries to open, retries included.</summary>
    long Attempts { get; }

    /// <summary>Tries after the first of a connection.</summary>
    long Retries { get; }

    /// <summary>Attempts whose connection was established.</summary>
    long Established { get; }

    /// <summary>How connections ended, by name.</summary>
    IReadOnlyDictionary<string, long> Outcomes { get; }

    /// <summary>How attempts failed, by name, including retried ones.</summary>
    IReadOnlyDictionary<string, long> AttemptFailures { get; }

    /// <summary>Error prefixes of rejected attempts.</summary>
    IReadOnlyDictionary<string, long> Rejections { get; }

    /// <summary>How closes ended that wait for the server, by the names of <see cref="CloseEnd"/>, without zeros; null, and absent in JSON,
    /// if there were none.</summary>
    IReadOnlyDictionary<string, long>? Closes { get; }

    /// <summary>TLS handshakes; null without TLS.</summary>
    TlsCounts? Tls { get; }

    /// <summary>The pool of idle connections; null, and absent in JSON, without one.</summary>
    PoolCounts? Pool { get; }

    /// <summary>Completed steps, by name.</summary>
    IReadOnlyDictionary<string, LatencySummary> Latency { get; }

    /// <summary>Failed connections, by step name.</summary>
    IReadOnlyDictionary<string, LatencySummary> FailedLatency { get; }
}

/// <summary>A histogram in nine numbers; all but the count in microseconds.</summary>
public sealed record LatencySummary(long Count, long Min, double Mean, long P50, long P90, long P99, long P999, long Max)
{
    /// <summary>The known bounds of two merged summaries without their histograms: count, minimum, mean and maximum are exact; each
    /// percentile is the larger of both, which it cannot exceed.</summary>
    public static LatencySummary Bound(LatencySummary a, LatencySummary b) => new(
        a.Count + b.Count,
        Math.Min(a.Min, b.Min),
        a.Count + b.Count == 0 ? 0 : ((a.Mean * a.Count) + (b.Mean * b.Count)) / (a.Count + b.Count),
        Math.Max(a.P50, b.P50),
        Math.Max(a.P90, b.P90),
        Math.Max(a.P99, b.P99),
        Math.Max(a.P999, b.P999),
        Math.Max(a.Max, b.Max));

    /// <summary>The values of a summary but its count, by the names that they have in paths.</summary>
    public static IReadOnlyDictionary<string, Func<LatencySummary, double>> Statistics { get; } =
        new OrderedDictionary<string, Func<LatencySummary, double>>
        {
            ["min"] = summary => summary.Min,
            ["mean"] = summary => summary.Mean,
            ["p50"] = summary => summary.P50,
            ["p90"] = summary => summary.P90,
            ["p99"] = summary => summary.P99,
            ["p999"] = summary => summary.P999,
            ["max"] = summary => summary.Max,
        };
}

/// <summary>The counts of one interval: an element of <c>samples</c>.</summary>
public sealed record Sample
{
    /// <summary>Seconds from the start of the run to the end of the interval.</summary>
    public required double At { get; init; }

    /// <summary>Open connections at its end.</summary>
    public required long Open { get; init; }

    /// <summary>Connections that fell due in it.</summary>
    public required long Planned { get; init; }

    /// <summary>Connections opened in it.</summary>
    public required long Opened { get; init; }

    /// <summary>Idle connections used again in it; null, and absent in JSON, without a pool, and if nothing was.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public long? Reused { get; init; }

    /// <summary>Connections that succeeded in it.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Connections that failed in it.</summary>
    public required long Failed { get; init; }

    /// <summary>Connections dropped in it.</summary>
    public required long Dropped { get; init; }

    /// <summary>Connections cancelled in it.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Attempts started in it.</summary>
    public required long Attempts { get; init; }

    /// <summary>Retries among them.</summary>
    public required long Retries { get; init; }

    /// <summary>Outcomes other than zero, by name.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>Ended connections per second; a much shorter interval counts together with the one before.</summary>
    public required double RatePerSecond { get; init; }

    /// <summary>Connects completed in it; null if there were none.</summary>
    public required LatencySummary? Connect { get; init; }

    /// <summary>Due to last reply of the connections that finished their script in it; null if there were none.</summary>
    public required LatencySummary? Total { get; init; }

    /// <summary>Established connections at its end.</summary>
    public long Connected { get; init; }

    /// <summary>Clients that waited for their next attempt at its end.</summary>
    public long Waiting { get; init; }

    /// <summary>Attempts whose connection was established in it.</summary>
    public long Established { get; init; }

    /// <summary>Attempts that got their first reply in it.</summary>
    public long Answered { get; init; }

    /// <summary>Attempts that failed in it, including retried ones.</summary>
    public long AttemptsFailed { get; init; }

    /// <summary>Failed attempts that had been served before.</summary>
    public long Cut { get; init; }

    /// <summary>Clients that were served again in it: from the cut to the next first reply; null if there were none.</summary>
    public LatencySummary? Recovery { get; init; }
}

/// <summary>The progress of a run.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="BurstsStarted">Bursts whose time has come, in all phases.</param>
/// <param name="BurstsPlanned">Bursts of all phases; null when a phase goes on until its duration is spent.</param>
/// <param name="Fraction">Share of the run that is done, 0 to 1.</param>
public sealed record RunProgress(string Phase, int BurstsStarted, int? BurstsPlanned, double Fraction)
{
    /// <summary>Shape of the phase, as a run file writes it.</summary>
    public string Shape { get; init; } = "bursts";
}

/// <summary>One burst in the report.</summary>
/// <param name="Index">Its number in the run, from 0: the <c>{burst}</c> of the script.</param>
/// <param name="Phase">Name of its phase.</param>
/// <param name="DueAt">When it was due, in seconds from the start of the run.</param>
/// <param name="Planned">Its connections.</param>
/// <param name="Opened">Opened connections.</param>
/// <param name="Dropped">Connections that were not started.</param>
/// <param name="Succeeded">Connections that succeeded.</param>
/// <param name="Failed">Connections that failed.</param>
/// <param name="Cancelled">Connections that the end of the run cut off.</param>
/// <param name="StartLagMicros">Due time to the first start.</param>
/// <param name="StartSkewMicros">First start to the last start.</param>
/// <param name="DurationSeconds">Due time to the end of its last connection.</param>
public sealed record BurstResult(
    int Index, string Phase, double DueAt, long Planned, long Opened, long Dropped, long Succeeded, long Failed, long Cancelled,
    long StartLagMicros, long StartSkewMicros, double DurationSeconds)
{
    /// <summary>Idle connections that it used again; absent without a pool.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public long? Reused { get; init; }

    /// <summary>The fleet of its phase; absent in a run without fleets.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Fleet { get; init; }
}

/// <summary>The generator's own use of the machine.</summary>
/// <param name="CpuMicrosPerConnection">Own user and system CPU from first start to last close, divided by opened connections.</param>
/// <param name="PeakRssBytes">Largest resident memory of this process.</param>
/// <param name="BytesPerOpenConnection">(Peak RSS - RSS before the first connection) / most open at once; null if so few were open that
/// the process itself would dominate it.</param>
/// <param name="GcPauseMillis">Garbage collection pauses during the run.</param>
/// <param name="PeakOpen">Most sockets open at once, from the start of an attempt to its end. A client between two attempts has
/// none.</param>
public sealed record GeneratorUsage(
    double CpuMicrosPerConnection, long PeakRssBytes, long? BytesPerOpenConnection, double GcPauseMillis, long PeakOpen)
{
    /// <summary>When a loop of ours stood still; absent in JSON before the end of the run.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LoopPause>? Pauses { get; init; }
}

/// <summary>All counts so far: sent to subscribers each interval, and a line of the journal.</summary>
public sealed record RunSnapshot : ICounts
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Since its start.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>How far it is.</summary>
    public required RunProgress Progress { get; init; }

    /// <summary>Since its start.</summary>
    public required ConnectionCounts Connections { get; init; }

    /// <summary>Now.</summary>
    public required long Open { get; init; }

    /// <summary>Since its start.</summary>
    public required long Attempts { get; init; }

    /// <summary>Since its start.</summary>
    public required long Retries { get; init; }

    /// <summary>Outcomes other than zero, by name.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>How attempts failed, by name, including retried ones.</summary>
    public required IReadOnlyDictionary<string, long> AttemptFailures { get; init; }

    /// <summary>Error prefixes of rejected attempts.</summary>
    public required IReadOnlyDictionary<string, long> Rejections { get; init; }

    /// <summary>Completed steps, by name.</summary>
    public required IReadOnlyDictionary<string, LatencySummary> Latency { get; init; }

    /// <summary>Failed connections, by step name.</summary>
    public required IReadOnlyDictionary<string, LatencySummary> FailedLatency { get; init; }

    /// <summary>ActorLoad's own use so far.</summary>
    public required GeneratorUsage Generator { get; init; }

    /// <summary>The interval that ended.</summary>
    public required Sample Sample { get; init; }

    /// <summary>The histograms of that interval; null if no subscriber wants them. Never in JSON.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IntervalTimes? Times { get; init; }

    /// <inheritdoc />
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public PoolCounts? Pool { get; init; }

    /// <inheritdoc />
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Closes { get; init; }

    /// <summary>Established connections now.</summary>
    public long Connected { get; init; }

    /// <summary>Clients that wait for their next attempt now.</summary>
    public long Waiting { get; init; }

    /// <summary>Attempts whose connection was established, since the start.</summary>
    public long Established { get; init; }

    /// <summary>Attempts that got a first reply, since the start.</summary>
    public long Answered { get; init; }

    /// <summary>Attempts that failed after they had been served, since the start.</summary>
    public long Cut { get; init; }

    /// <summary>TLS handshakes since the start; absent without TLS.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public TlsCounts? Tls { get; init; }

    /// <summary>The same counts for each endpoint, in the order of the target, if there are several.</summary>
    // The generated reader sets null if it is missing.
    public IReadOnlyList<EndpointCounts> Endpoints { get => field ?? []; init; } = [];

    /// <summary>The same counts for each phase that has begun, in the order of the plan, if there are several; before the end only the
    /// latest.</summary>
    // The generated reader sets null if it is missing.
    public IReadOnlyList<PhaseCounts> Phases { get => field ?? []; init; } = [];

    /// <summary>The same counts for each fleet, if there are several.</summary>
    // The generated reader sets null if it is missing.
    public IReadOnlyList<FleetCounts> Fleets { get => field ?? []; init; } = [];
}
