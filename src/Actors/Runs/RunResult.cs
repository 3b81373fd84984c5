using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Runs;

/// <summary>May the numbers be believed?</summary>
public enum Verdict
{
    /// <summary>Yes.</summary>
    Valid,

    /// <summary>They tell of this machine's limits, not of the target's.</summary>
    GeneratorLimited,

    /// <summary>The run was given up: breaker, escalation, or a target that was never reached.</summary>
    Aborted,

    /// <summary>The run was stopped from outside, or its process died.</summary>
    Interrupted,
}

/// <summary>What a run came to: the content of <c>result.json</c>.</summary>
/// <param name="SchemaVersion">3: since then AUTH is the step <c>setup</c>.</param>
/// <param name="Run">Which run.</param>
/// <param name="Verdict">May it be believed.</param>
/// <param name="VerdictReasons">Why, in sentences; empty for a valid run.</param>
/// <param name="Target">Whom it stormed.</param>
/// <param name="Transport">How.</param>
/// <param name="Connections">Connections by how far they came.</param>
/// <param name="Attempts">Tries to open, retries included.</param>
/// <param name="Retries">Tries after the first of a connection.</param>
/// <param name="Outcomes">How connections ended, by name; all outcomes, zeros too.</param>
/// <param name="AttemptFailures">How attempts failed, by name, those that were retried included.</param>
/// <param name="Rejections">Error prefixes of rejected attempts.</param>
/// <param name="Latency">Steps that were completed, by name, whatever became of their connection.</param>
/// <param name="FailedLatency">Connections that failed, by step name: how far their last attempt came, and how long it took in all.</param>
/// <param name="Bursts">Every burst.</param>
/// <param name="Samples">Every interval.</param>
/// <param name="Thresholds">Every threshold with what was measured.</param>
/// <param name="Generator">What ActorLoad itself used.</param>
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

    /// <summary>Attempts that failed after they had been served: each begins a recovery if its client is served again.</summary>
    public long Cut { get; init; }

    /// <summary>What client, servers and kernel counted; null in a result that was put together from a journal, or that an older ActorLoad wrote.</summary>
    public Ledgers? Ledgers { get; init; }

    /// <summary>The counts of each endpoint, in the order of the target; empty in a result that an older ActorLoad wrote.</summary>
    // Where it is missing, the generated reader sets null.
    public IReadOnlyList<EndpointCounts> Endpoints { get => field ?? []; init; } = [];

    /// <summary>What the run has shown, the cause before its effects; empty if there was no trouble.</summary>
    // Where it is missing, the generated reader sets null.
    public IReadOnlyList<Finding> Findings { get => field ?? []; init; } = [];
}

/// <summary>Identity of a run.</summary>
public sealed record RunInfo(string Id, DateTimeOffset StartedAt, double DurationSeconds, JsonObject Configuration);

/// <summary>Whom a run stormed: the endpoints as given, and the addresses that they resolved to, in the order of use.</summary>
public sealed record TargetInfo(IReadOnlyList<string> Endpoints, IReadOnlyList<string> Addresses)
{
    /// <summary>Names with addresses that were not stormed; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<UnusedAddresses>? Unused { get; init; }
}

/// <summary>How socket operations were carried out, and why not otherwise.</summary>
public sealed record TransportInfo(string Kind, int Loops, string Reason)
{
    /// <summary>See <see cref="QueueCounts"/>. Null, and absent in JSON, for a transport without such queues (<c>sockets</c>), before the run has
    /// ended, and in a result that was put together from a journal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FullQueues { get; init; }

    /// <summary>As <see cref="FullQueues"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Overflows { get; init; }

    /// <summary>See <see cref="TransportChoice.IsFallback"/>.</summary>
    [JsonIgnore]
    public bool IsFallback { get; init; }
}
