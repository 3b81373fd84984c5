using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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
/// <param name="SchemaVersion">3, because AUTH became the step <c>setup</c>.</param>
/// <param name="Run">The run.</param>
/// <param name="Verdict">Whether it can be believed.</param>
/// <param name="VerdictReasons">Why, in sentences; empty for a valid run.</param>
/// <param name="Target">The target.</param>
/// <param name="Transport">The transport.</param>
/// <param name="Connections">Connections by how far they came.</param>
/// <param name="Attempts">Tries to open, retries included.</param>
/// <param name="Retries">Tries after the first of a connection.</param>
/// <param name="Outcomes">How connections ended, by name; all outcomes, zeros too.</param>
/// <param name="AttemptFailures">How attempts failed, by name, including retried ones.</param>
/// <param name="Rejections">Error prefixes of rejected attempts.</param>
/// <param name="Latency">Completed steps, by name, whatever the end of their connection.</param>
/// <param name="FailedLatency">Failed connections, by step name: how far their last attempt came, and their total time.</param>
/// <param name="Bursts">Every burst.</param>
/// <param name="Samples">Every interval.</param>
/// <param name="Thresholds">Every threshold with its measured value.</param>
/// <param name="Generator">ActorLoad's own use of the machine.</param>
public sealed record RunResult(
    int SchemaVersion, RunInfo Run, Verdict Verdict, IReadOnlyList<string> VerdictReasons, TargetInfo Target, TransportInfo Transport,
    ConnectionCounts Connections, long Attempts, long Retries, IReadOnlyDictionary<string, long> Outcomes,
    IReadOnlyDictionary<string, long> AttemptFailures, IReadOnlyDictionary<string, long> Rejections,
    IReadOnlyDictionary<string, LatencySummary> Latency, IReadOnlyDictionary<string, LatencySummary> FailedLatency,
    IReadOnlyList<BurstResult> Bursts, IReadOnlyList<Sample> Samples, IReadOnlyList<ThresholdResult> Thresholds, GeneratorUsage Generator)
{
    /// <summary>Schema of <c>result.json</c>; grows when a field changes its meaning.</summary>
    public const int PresentSchema = 3;

    /// <summary>Attempts whose connection was established.</summary>
    public long Established { get; init; }

    /// <summary>Attempts that got a first reply.</summary>
    public long Answered { get; init; }

    /// <summary>Attempts that failed after they had been served. Each begins a recovery if its client is served again.</summary>
    public long Cut { get; init; }

    /// <summary>The counts of client, servers and kernel; null in a result from a journal or from an older ActorLoad.</summary>
    public Ledgers? Ledgers { get; init; }

    /// <summary>The counts of each endpoint, in the order of the target; empty in a result from an older ActorLoad.</summary>
    // The generated reader sets null if it is missing.
    public IReadOnlyList<EndpointCounts> Endpoints { get => field ?? []; init; } = [];

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
