using ActorLoad.Metrics;
using ActorLoad.Observers.Server;
using ActorLoad.Transport;

namespace ActorLoad.Diagnosis.Tuning;

/// <summary>The remedies for each trouble, the likeliest first. <c>doctor</c> and a diagnosis share these lists.</summary>
public static class TroubleRemedies
{
    private const string Graceful = "graceful";
    private const string Kernels = "kernel";

    /// <summary>ActorLoad has too few descriptors.</summary>
    /// <param name="present">Its soft limit.</param>
    /// <param name="hard">Its hard limit; null if not known.</param>
    /// <param name="needed">Descriptors that the run needs, <paramref name="beside"/> included.</param>
    /// <param name="beside">Descriptors of ActorLoad beside the connections.</param>
    /// <param name="maxOpen">connection.max-open.</param>
    public static IReadOnlyList<Remedy> ClientDescriptors(long? present, long? hard, long needed, long beside, long maxOpen) =>
    [
        Remedies.ClientDescriptors(present, needed, hard),
        .. present is { } limit ? [Remedies.MaxOpen(maxOpen, Math.Max(1, limit - beside))] : Array.Empty<Remedy>(),
    ];

    /// <summary>More connections to one target than ports.</summary>
    /// <param name="range">First and last port; null if not known.</param>
    /// <param name="ports">Ports that connections may use; null if not known.</param>
    /// <param name="needed">Ports for one target.</param>
    /// <param name="targets">Different addresses and ports.</param>
    /// <param name="maxOpen">connection.max-open.</param>
    /// <param name="isLoopback">Each target is reached over loopback.</param>
    /// <param name="sources">connection.source-addresses; null without any.</param>
    /// <param name="beside">Ports of the run's observers among them.</param>
    public static IReadOnlyList<Remedy> Ports(
        string? range, long? ports, long needed, int targets, long maxOpen, bool isLoopback, string? sources = null, int beside = 0) =>
    [
        .. sources is null ? Wider(range, needed) : [],
        Remedies.SourceAddresses(sources, Remedies.AddressesFor(needed, EphemeralPorts.Count(range, null) ?? ports), isLoopback),
        .. (ports - beside) * targets is { } room and > 0 ? [Remedies.MaxOpen(maxOpen, room)] : Array.Empty<Remedy>(),
    ];

    /// <summary>More connections to one target than half of the ports, while the kernel chooses ports.</summary>
    public static IReadOnlyList<Remedy> HalfRange(string? range, long open) =>
        [Remedies.SlotPorts(Kernels), .. Wider(range, 2 * open)];

    /// <summary>Ports wait in TIME_WAIT, because connections close by FIN.</summary>
    /// <param name="reuse">net.ipv4.tcp_tw_reuse; null if not known.</param>
    /// <param name="isLoopback">Each target is reached over loopback.</param>
    /// <param name="kernelPorts">connection.ports = kernel. Otherwise ports are bound, and can be used again anyway.</param>
    /// <param name="range">First and last port.</param>
    /// <param name="needed">Ports for one target, including those that wait; null if there are enough.</param>
    /// <param name="close">connection.close.</param>
    public static IReadOnlyList<Remedy> TimeWait(
        string? reuse, bool isLoopback, bool kernelPorts, string? range, long? needed, string close = Graceful)
    {
        var isReused = reuse == "1" || (reuse == "2" && isLoopback);
        return
        [
            Remedies.AbortiveClose(close),
            .. kernelPorts && !isReused ? [Remedies.Sysctl(TuningKeys.TimeWaitReuse, RemedyHost.Client, reuse)] : Array.Empty<Remedy>(),
            .. kernelPorts ? [Remedies.SlotPorts(Kernels)] : Array.Empty<Remedy>(),
            .. needed is { } ports ? Wider(range, ports) : [],
        ];
    }

    /// <summary>The firewall's connection table is full, or would be.</summary>
    /// <param name="present">net.netfilter.nf_conntrack_max; null if not known.</param>
    /// <param name="needed">Entries that it would have. A table that was full with fewer gets more than it has.</param>
    public static IReadOnlyList<Remedy> Conntrack(long? present, long needed)
    {
        var room = TuningCatalogue.BuiltIn[TuningKeys.Conntrack, RemedyHost.Client].Number;
        while (room < needed || room <= present)
        {
            room *= 2;
        }

        return [Remedies.Sysctl(TuningKeys.Conntrack, RemedyHost.Client, Remedies.Text(present), room)];
    }

    /// <summary>The kernel of the server's machine cuts accept queues to less than a burst.</summary>
    public static IReadOnlyList<Remedy> KernelsQueue(QueueLimits limits, long burst)
    {
        var needed = limits.Kind == ServerDefaults.Garnet ? Math.Min(burst, ServerDefaults.GarnetBacklog) : burst;
        return limits.SoMaxConn >= needed
            ? [] : [Remedies.Sysctl(TuningKeys.SoMaxConn, RemedyHost.Server, Remedies.Text(limits.SoMaxConn), needed)];
    }

    /// <summary>The server asks for a shorter queue than a burst, or has an older listener with a shorter queue.</summary>
    public static IReadOnlyList<Remedy> ServersQueue(QueueLimits limits, long burst) => limits switch
    {
        { Kind: ServerDefaults.Garnet } => burst > ServerDefaults.GarnetBacklog && limits.Phase is { } phase
            ? [Remedies.SmallerBursts(burst, ServerDefaults.GarnetBacklog, phase)] : [],
        { Asked: { } asked } when asked >= burst => limits.Listener < burst ? [Remedies.NewListener(limits.Listener!.Value, asked)] : [],
        { Asked: null, Listener: { } listener } when listener >= burst => [],
        _ => [Remedies.TcpBacklog(limits.Asked ?? limits.Listener, burst, limits.Kind)],
    };

    /// <summary>The listener is a proxy's, and its queue is shorter than a burst.</summary>
    public static IReadOnlyList<Remedy> ProxysQueue(QueueLimits limits, long burst) => limits.Listener >= burst ? [] :
    [
        .. limits.Listener >= limits.SoMaxConn ? KernelsQueue(limits, burst) : [],
        Remedies.ProxysBacklog(limits.Listener, burst),
    ];

    /// <summary>The server has too few descriptors for its clients.</summary>
    /// <param name="present">Its limit.</param>
    /// <param name="clients">Clients that it should take.</param>
    /// <param name="processId">See <see cref="Remedies.ServerDescriptors"/>.</param>
    /// <param name="hard">See <see cref="Remedies.ServerDescriptors"/>.</param>
    public static Remedy ServerDescriptors(long? present, long clients, int? processId, long? hard) =>
        Remedies.ServerDescriptors(present, clients + ServerDefaults.Descriptors, processId, hard);

    /// <summary>The server is full.</summary>
    /// <param name="present">Its maxclients; null if not known.</param>
    /// <param name="needed">Clients that it should take.</param>
    /// <param name="endpoint">HOST:PORT.</param>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>.</param>
    /// <param name="hard">See <see cref="Remedies.MaxClients"/>. An unknown server is asked for no more than the run needs.</param>
    public static IReadOnlyList<Remedy> NoPlace(long? present, long needed, string? endpoint, string kind, long? hard) =>
        [Remedies.MaxClients(present, needed, endpoint, kind, hard ?? (present is null ? needed + ServerDefaults.Descriptors : null))];

    /// <summary>Nothing listens at the target's port.</summary>
    public static IReadOnlyList<Remedy> NobodyListens(IEnumerable<string> endpoints) => [.. endpoints.Select(Remedies.Start)];

    /// <summary>The target's host cannot be reached.</summary>
    public static IReadOnlyList<Remedy> NoRoute(IEnumerable<string> endpoints) =>
    [
        .. endpoints.Where(Endpoint.IsUnix).Select(Remedies.SocketRight),
        .. endpoints.Where(endpoint => !Endpoint.IsUnix(endpoint))
            .Select(endpoint => endpoint[..endpoint.LastIndexOf(':')].Trim('[', ']')).Distinct().Select(Remedies.Route),
    ];

    /// <summary>The server wants a password, or another one.</summary>
    public static IReadOnlyList<Remedy> Password() => [Remedies.Password()];

    /// <summary>The server's memory is at its limit.</summary>
    public static IReadOnlyList<Remedy> Memory(string? endpoint) =>
    [
        Remedies.Look("maxmemory", "more, or 0", endpoint, "config set maxmemory 0"),
        Remedies.Look("maxmemory-policy", "allkeys-lru", endpoint, "config set maxmemory-policy allkeys-lru"),
    ];

    /// <summary>Protected mode is on, and we come from another machine.</summary>
    public static IReadOnlyList<Remedy> ProtectedMode(string? endpoint) => [Remedies.ProtectedMode(endpoint)];

    /// <summary>io_uring is not available: the run asked for it, or <c>auto</c> went without it.</summary>
    /// <param name="disabled">kernel.io_uring_disabled; null if not known.</param>
    /// <param name="isDemanded">The run asks for it.</param>
    public static IReadOnlyList<Remedy> NoRing(string? disabled, bool isDemanded) =>
    [
        .. disabled is "1" or "2" ? [Remedies.Sysctl(TuningKeys.RingDisabled, RemedyHost.Client, disabled)] : Array.Empty<Remedy>(),
        isDemanded ? Remedies.Transport("io-uring", "auto") : Remedies.Transport("auto", "sockets"),
    ];

    /// <summary>A wider range, if possible.</summary>
    private static Remedy[] Wider(string? range, long needed) =>
        Remedies.PortRange(range, needed) is var remedy && remedy.Proposed != remedy.Present ? [remedy] : [];
}

/// <summary>The limits of a server's accept queue.</summary>
/// <param name="SoMaxConn">net.core.somaxconn of its machine; null if not known.</param>
/// <param name="Asked">Its tcp-backlog; null if not known.</param>
/// <param name="Listener">The queue of its listener, as cut when it was opened; null if not seen.</param>
/// <param name="Kind">As in <see cref="ServerLedger.Kind"/>.</param>
/// <param name="Phase">The phase with the largest bursts, as <c>--set</c> names it; null without bursts.</param>
public sealed record QueueLimits(long? SoMaxConn, long? Asked, long? Listener, string Kind, string? Phase = "load.0");
