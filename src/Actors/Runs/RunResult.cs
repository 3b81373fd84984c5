using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Runs;

/// <summary>Whether the numbers can be believed.</summary>
public enum Verdict
{
    /// <summary>Yes.</summary>
    Valid,

    /// <summary>They show this machine's limits, not the target's.</summary>
    GeneratorLimited,

    /// <summary>The run was given up: breaker, escalation, or a target that was never reached.</summary>
    Aborted,

    /// <summary>The run was stopped from outside, or its process died.</summary>
    Interrupted,
}

/// <summary>The result of a run: the content of <c>result.json</c>.</summary>
public sealed record RunResult
{
    /// <summary>3, because AUTH became the step <c>setup</c>.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The run.</summary>
    public required RunInfo Run { get; init; }

    /// <summary>Whether it can be believed.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why, in sentences; empty for a valid run.</summary>
    public required IReadOnlyList<string> VerdictReasons { get; init; }

    /// <summary>The target.</summary>
    public required TargetInfo Target { get; init; }

    /// <summary>The transport.</summary>
    public required TransportInfo Transport { get; init; }

    /// <summary>Connections by how far they came.</summary>
    public required ConnectionCounts Connections { get; init; }

    /// <summary>Tries to open, retries included.</summary>
    public required long Attempts { get; init; }

    /// <summary>Tries after the first of a connection.</summary>
    public required long Retries { get; init; }

    /// <summary>How connections ended, by name; all outcomes, zeros too.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>How attempts failed, by name, including retried ones.</summary>
    public required IReadOnlyDictionary<string, long> AttemptFailures { get; init; }

    /// <summary>Error prefixes of rejected attempts.</summary>
    public required IReadOnlyDictionary<string, long> Rejections { get; init; }

    /// <summary>Completed steps, by name, whatever the end of their connection.</summary>
    public required IReadOnlyDictionary<string, LatencySummary> Latency { get; init; }

    /// <summary>Failed connections, by step name: how far their last attempt came, and their total time.</summary>
    public required IReadOnlyDictionary<string, LatencySummary> FailedLatency { get; init; }

    /// <summary>Every burst.</summary>
    public required IReadOnlyList<BurstResult> Bursts { get; init; }

    /// <summary>Every interval.</summary>
    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>Every threshold with its measured value.</summary>
    public required IReadOnlyList<ThresholdResult> Thresholds { get; init; }

    /// <summary>Whether the run may pass a build: every threshold is met, and the figures can be believed or <c>verdict.allow</c> lets
    /// them count. Null, and absent in JSON, without thresholds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Passed { get; init; }

    /// <summary>ActorLoad's own use of the machine.</summary>
    public required GeneratorUsage Generator { get; init; }

    /// <summary>Schema of <c>result.json</c>; grows when a field changes its meaning.</summary>
    public const int PresentSchema = 3;

    /// <summary>Attempts whose connection was established.</summary>
    public long Established { get; init; }

    /// <summary>Attempts that got a first reply.</summary>
    public long Answered { get; init; }

    /// <summary>Attempts that failed after they had been served. Each begins a recovery if its client is served again.</summary>
    public long Cut { get; init; }

    /// <summary>The pool of idle connections; null, and absent in JSON, without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PoolCounts? Pool { get; init; }

    /// <summary>How closes ended that wait for the server, by the names of <see cref="CloseEnd"/>, without zeros; null, and absent in JSON,
    /// if there were none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Closes { get; init; }

    /// <summary>TLS handshakes; absent in a run without TLS.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TlsCounts? Tls { get; init; }

    /// <summary>The counts of client, servers and kernel; null in a result from a journal or from an older ActorLoad.</summary>
    public Ledgers? Ledgers { get; init; }

    /// <summary>The counts of each endpoint, in the order of the target; empty in a result from an older ActorLoad.</summary>
    // The generated reader sets null if it is missing.
    public IReadOnlyList<EndpointCounts> Endpoints { get => field ?? []; init; } = [];

    /// <summary>The counts of each phase that has begun, in the order of the plan; empty in a result from an older ActorLoad.</summary>
    // The generated reader sets null if it is missing.
    public IReadOnlyList<PhaseCounts> Phases { get => field ?? []; init; } = [];

    /// <summary>The counts of each fleet; empty in a run without fleets.</summary>
    // The generated reader sets null if it is missing.
    public IReadOnlyList<FleetCounts> Fleets { get => field ?? []; init; } = [];

    /// <summary>The findings, causes before effects; empty if there was no trouble.</summary>
    // The generated reader sets null if it is missing.
    public IReadOnlyList<Finding> Findings { get => field ?? []; init; } = [];
}

/// <summary>Identity of a run.</summary>
public sealed record RunInfo(string Id, DateTimeOffset StartedAt, double DurationSeconds, JsonObject Configuration);

/// <summary>The target of a run: the endpoints as given, and their addresses, in the order of use.</summary>
public sealed record TargetInfo(IReadOnlyList<string> Endpoints, IReadOnlyList<string> Addresses)
{
    /// <summary>Names with addresses that were not stormed; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<UnusedAddresses>? Unused { get; init; }
}

/// <summary>The transport of a run, and why it was chosen.</summary>
public sealed record TransportInfo(string Kind, int Loops, string Reason)
{
    /// <summary>See <see cref="QueueCounts"/>. Null, and absent in JSON, for a transport without such queues (<c>sockets</c>), before the
    /// end of the run, and in a result from a journal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FullQueues { get; init; }

    /// <summary>As <see cref="FullQueues"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Overflows { get; init; }

    /// <summary>See <see cref="TransportChoice.IsFallback"/>.</summary>
    [JsonIgnore]
    public bool IsFallback { get; init; }
}
