using System.Text.Json.Serialization;

namespace ActorLoad.Observers.Server;

/// <summary>What one server counted during a run, read with INFO over a connection that was opened before it.</summary>
public sealed record ServerLedger
{
    /// <summary>Address and port.</summary>
    public required string Endpoint { get; init; }

    /// <summary><c>redis</c>, <c>valkey</c>, <c>keydb</c>, <c>kvrocks</c>, <c>garnet</c>, <c>dragonfly</c> or <c>unknown</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>As the server says.</summary>
    public required string Version { get; init; }

    /// <summary>From the first reading of the run to the last.</summary>
    public required double Seconds { get; init; }

    /// <summary>total_connections_received, without the observers' own.</summary>
    public required long? ConnectionsReceived { get; init; }

    /// <summary>rejected_connections (maxclients and protected mode).</summary>
    public required long? ConnectionsRejected { get; init; }

    /// <summary>total_commands_processed, the observers' included.</summary>
    public required long? CommandsProcessed { get; init; }

    /// <summary>total_error_replies.</summary>
    public required long? ErrorReplies { get; init; }

    /// <summary>evicted_clients.</summary>
    public required long? EvictedClients { get; init; }

    /// <summary>connected_clients, without the observers' own.</summary>
    public required WatchedLevel? ConnectedClients { get; init; }

    /// <summary>used_memory, bytes; of Garnet the resident memory of its process.</summary>
    public required WatchedLevel? UsedMemory { get; init; }

    /// <summary>CPU of its main thread; null if it does not tell.</summary>
    public required double? MainThreadCpuSeconds { get; init; }

    /// <summary>Largest share of one core that the main thread took in one interval.</summary>
    public required double? PeakMainThreadShare { get; init; }

    /// <summary>The limit as the server applies it.</summary>
    public required long? MaxClients { get; init; }

    /// <summary>By CONFIG GET; null where that is refused.</summary>
    public required long? TcpBacklog { get; init; }

    /// <summary>Descriptors that its process may have, if its /proc can be read.</summary>
    public required long? OpenFilesLimit { get; init; }

    /// <summary>vm.overcommit_memory, if the server is on this machine.</summary>
    public required string? OvercommitMemory { get; init; }

    /// <summary>When it was another process than before, in seconds from the start of the run.</summary>
    public required IReadOnlyList<double> Restarts { get; init; }

    /// <summary>When it did not answer the observer.</summary>
    public required IReadOnlyList<ObserverLoss> Losses { get; init; }

    /// <summary>Counters that this kind of server shows but does not count.</summary>
    public required IReadOnlyList<string> Meaningless { get; init; }

    /// <summary>When its counters were set back without a restart (CONFIG RESETSTAT), in seconds from the start of the run.</summary>
    public IReadOnlyList<double> Resets { get; init; } = [];

    /// <summary>Its process, if that is on this machine and can be told from others.</summary>
    public int? ProcessId { get; init; }

    /// <summary>To what <see cref="OpenFilesLimit"/> may be raised without a privilege.</summary>
    public long? OpenFilesHard { get; init; }

    /// <summary>Why the listener at <see cref="Endpoint"/> is not the server's own, as the end of a sentence that begins with the server: a
    /// proxy or a mapped port stands before it. The server then counts the connections of the proxy. Null if the listener is its own, or if
    /// nothing tells.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Proxy { get; init; }

    /// <summary>Its answers during the run, in the order of time; null, and absent in JSON, in a result of an older ActorLoad.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ServerMoment>? Course { get; init; }

    /// <summary>True if its process was seen to hold the listener at <see cref="Endpoint"/>.</summary>
    [JsonIgnore]
    public bool HoldsListener { get; init; }

    /// <summary>When it first answered, in seconds from the start of the run; null if that was before the run.</summary>
    [JsonIgnore]
    public double? FirstAnswerAt { get; init; }

    /// <summary>Connections that it had counted until its first answer. Among them are those of the run that are in no ledger.</summary>
    [JsonIgnore]
    public long? ReceivedBefore { get; init; }

    /// <summary>The longest wait of its observer for an answer during the run; null if there was no answer.</summary>
    [JsonIgnore]
    public ObserverWait? LongestWait { get; init; }

    /// <summary>The longest time between two answers during the run, in seconds: it was never silent for longer. Null if there were not
    /// two.</summary>
    [JsonIgnore]
    public double? LongestGap { get; init; }

    /// <summary>True if its process is older than the run and answered at the end: it listened all the time.</summary>
    internal bool RanThroughout { get; init; }

    /// <summary>The same without the connections that the run's bystander opened to it during the storm.</summary>
    public ServerLedger WithoutConnections(int others) =>
        this with { ConnectionsReceived = ConnectionsReceived is { } received ? Math.Max(0, received - others) : null };
}

/// <summary>A wait of an observer for an answer.</summary>
/// <param name="At">When it asked, in seconds from the start of the run.</param>
/// <param name="Seconds">How long.</param>
public sealed record ObserverWait(double At, double Seconds);

/// <summary>A time in which a server did not answer its observer.</summary>
/// <param name="At">Seconds from the start of the run.</param>
/// <param name="Seconds">How long; null if it was still lost at the end.</param>
/// <param name="Reason">What the connection said.</param>
public sealed record ObserverLoss(double At, double? Seconds, string Reason)
{
    /// <summary>What was missed.</summary>
    internal LossKind Kind { get; init; }

    /// <summary>How often the kernel sent the question again. If only the server process hangs, its kernel acknowledges the question at
    /// once.</summary>
    internal long Resent { get; init; }

    /// <summary>True if the server did answer, with an error.</summary>
    internal bool IsRefusal
    {
        get => Kind == LossKind.Refusal;
        init => Kind = value ? LossKind.Refusal : Kind;
    }
}
