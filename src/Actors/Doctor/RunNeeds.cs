using System.Text.Json.Serialization;
using ActorLoad.Metrics;

namespace ActorLoad.Doctor;

/// <summary>The needs of a run, as far as its settings tell in advance.</summary>
public sealed record RunNeeds
{
    /// <summary>Connections due at once.</summary>
    public required long Due { get; init; }

    /// <summary>connection.max-open, the limit of open ones.</summary>
    public required long MaxOpen { get; init; }

    /// <summary>Connections open at once.</summary>
    public required long Open { get; init; }

    /// <summary>The same for each address and port of the target, and each set of source addresses.</summary>
    public required IReadOnlyList<TargetShare> Shares { get; init; }

    /// <summary>Connections of the largest burst to one address and port.</summary>
    public required long BurstForEach { get; init; }

    /// <summary>Different addresses and ports.</summary>
    public required int Targets { get; init; }

    /// <summary>The most connections begun within 60 s, the length of TIME_WAIT; null if bursts follow each other at once,
    /// which has no known number.</summary>
    public required long? StartedInMinute { get; init; }

    /// <summary>The most connections in a firewall at once, open or recently closed; null as above.</summary>
    public required long? Tracked { get; init; }

    /// <summary>Observers' connections to each server.</summary>
    public required int Observers { get; init; }

    /// <summary>connection.close lets us close first, so that TIME_WAIT is ours.</summary>
    public required bool IsGraceful { get; init; }

    /// <summary>connection.close, as a run file writes it.</summary>
    public string Close { get; init; } = "graceful";

    /// <summary>connection.ports = kernel.</summary>
    public required bool KernelPorts { get; init; }

    /// <summary>Each target is reached over loopback.</summary>
    public required bool IsLoopback { get; init; }

    /// <summary>Connections speak TLS, those of some fleet at least.</summary>
    public bool SpeaksTls { get; init; }

    /// <summary>The run brings its own server.</summary>
    public required bool IsEmbedded { get; init; }

    /// <summary>The phase with the largest bursts, as <c>--set</c> names it; null if connections of no phase are due together.</summary>
    public string? LargestBursts { get; init; } = "load.0";

    /// <summary>Each target is a Unix socket: no ports, no handshakes, no TIME_WAIT.</summary>
    [JsonIgnore]
    public bool IsUnix => Shares.All(share => Endpoint.IsUnix(share.Target));

    /// <summary>The largest share.</summary>
    public long OpenForEach => Shares.GroupBy(share => share.Target).Max(same => same.Sum(share => share.Open));
}

/// <summary>The share of a run that goes to one address and port of the target.</summary>
/// <param name="Target">Address and port, or <see cref="Embedded"/>.</param>
/// <param name="Open">Connections open to it at once.</param>
public sealed record TargetShare(string Target, long Open)
{
    /// <summary>connection.source-addresses of these connections; absent if the route has one address.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>Number of addresses that they come from.</summary>
    public int Sources { get; init; } = 1;

    /// <summary>The embedded server, which chooses its port when it starts.</summary>
    public const string Embedded = "the embedded server";
}
