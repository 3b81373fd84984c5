using System.Text.Json.Serialization;
using ActorLoad.Observers.Server;

namespace ActorLoad.Observers.Kernel;

/// <summary>What this machine's kernel counted during a run.</summary>
/// <param name="Seconds">From the first reading of the run to the last.</param>
/// <param name="BaselineSeconds">How long the idle machine was watched before the run.</param>
/// <param name="Counters">Host-wide counters, by their names in <c>/proc/net/snmp</c> (Tcp) and <c>/proc/net/netstat</c> (TcpExt); a
/// counter that this kernel lacks is absent. Where connections are tracked: <c>ConntrackDrop</c>, <c>ConntrackEarlyDrop</c>,
/// <c>ConntrackInsertFailed</c>.</param>
/// <param name="Sockets">Lines of <c>/proc/net/sockstat</c>: <c>inuse</c>, <c>orphan</c>, <c>tw</c>, <c>alloc</c> (sockets), <c>mem</c>
/// (pages), <c>inuse6</c>. Where connections are tracked: <c>conntrack</c>.</param>
/// <param name="Target">Sockets of the target's ports, by netlink <c>sock_diag</c>; null where that is not available.</param>
/// <param name="Settings">Settings that matter for the findings, as they were before the run, by name (<c>net.core.somaxconn</c>,
/// <c>nofile</c> ...).</param>
/// <param name="SeesServer">True if the target is in this network namespace: listen and drop counters are then the server's too.</param>
public sealed record KernelLedger(
    double Seconds, double BaselineSeconds, IReadOnlyDictionary<string, KernelCount> Counters,
    IReadOnlyDictionary<string, WatchedLevel> Sockets, TargetSockets? Target, IReadOnlyDictionary<string, string> Settings,
    bool SeesServer)
{
    /// <summary>The readings of the run, in the order of time; null, and absent in JSON, in a result of an older ActorLoad.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<KernelMoment>? Course { get; init; }
}

/// <summary>A counter during the run.</summary>
/// <param name="Delta">What it grew by; a 32-bit counter that wrapped is taken as wrapped.</param>
/// <param name="IdlePerSecond">What it grew by in a second of the idle baseline.</param>
public sealed record KernelCount(long Delta, double IdlePerSecond)
{
    /// <summary>The growth that an idle machine does not explain, over <paramref name="seconds"/>; not below 0.</summary>
    public long Net(double seconds) => Math.Max(0, Delta - (long)Math.Round(IdlePerSecond * seconds));
}

/// <summary>Sockets of the target's ports.</summary>
/// <param name="Client">Sockets whose remote end is the target, those of observers too, by state (<c>SYN-SENT</c>, <c>ESTAB</c> ... as in
/// <c>ss</c>). ESTAB and TIME-WAIT are always there. Another state is absent if no socket was ever in it.</param>
/// <param name="Server">Sockets of the server: their local end is the target's port. By state; empty if the target is elsewhere.</param>
/// <param name="AcceptQueue">Connections that wait to be accepted, at the listener with most of them. Null if the target's listener is not
/// in this namespace. A full queue holds one more than its limit.</param>
/// <param name="AcceptQueueLimit">The listener's backlog as the kernel cut it (the smallest, if there are several).</param>
public sealed record TargetSockets(
    IReadOnlyDictionary<string, WatchedLevel> Client, IReadOnlyDictionary<string, WatchedLevel> Server, WatchedLevel? AcceptQueue,
    long? AcceptQueueLimit)
{
    /// <summary>Sockets of <see cref="Client"/> in TIME-WAIT that belong to other programs: no connection of the run had their local port.
    /// Null if the ports of the run are not known (<c>connection.ports = kernel</c>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WatchedLevel? ForeignTimeWait { get; init; }

    /// <summary>The same sockets of each fleet, in the order of the run file; null for a run of one fleet, and if the ports of the run are
    /// not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FleetSockets>? Fleets { get; init; }

    /// <summary>The longest time in which the accept queue was not empty and the server took nothing out of it; null if there was
    /// none.</summary>
    [JsonIgnore]
    public ObserverWait? Stood { get; init; }
}
