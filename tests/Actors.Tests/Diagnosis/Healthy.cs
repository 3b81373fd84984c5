using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;

namespace ActorLoad.Actors.Tests.Diagnosis;

/// <summary>The evidence of a run without trouble, and ways to spoil it: 10 bursts of 500 on a redis-server of this machine.</summary>
internal static class Healthy
{
    public const long Attempts = 5_000;

    public static ClientLedger Client { get; } =
        new(Attempts, Attempts, Attempts, Attempts, new Dictionary<string, long>(), new Dictionary<string, long>());

    public static ServerLedger Server { get; } = new ServerLedger
    {
        Endpoint = "127.0.0.1:6379",
        Kind = "redis",
        Version = "7.0.15",
        Seconds = 10,
        ConnectionsReceived = Attempts,
        ConnectionsRejected = 0,
        CommandsProcessed = 15_000,
        ErrorReplies = 0,
        EvictedClients = 0,
        ConnectedClients = new WatchedLevel(2, 500, 2),
        UsedMemory = new WatchedLevel(1 << 20, 1 << 22, 1 << 20),
        MainThreadCpuSeconds = 1.2,
        PeakMainThreadShare = 0.35,
        MaxClients = 10_000,
        TcpBacklog = 511,
        OpenFilesLimit = 10_240,
        OvercommitMemory = "0",
        Restarts = [],
        Losses = [],
        Meaningless = [],
    };

    public static KernelLedger Kernel { get; } = new(
        10, 0.2,
        new Dictionary<string, KernelCount>
        {
            ["ActiveOpens"] = new(Attempts, 0),
            ["PassiveOpens"] = new(Attempts, 0),
            ["AttemptFails"] = new(0, 0),
            ["EstabResets"] = new(2 * Attempts, 0),
            ["OutRsts"] = new(Attempts, 0),
            ["ListenOverflows"] = new(0, 0),
            ["ListenDrops"] = new(0, 0),
            ["TCPSynRetrans"] = new(0, 0),
            ["RetransSegs"] = new(0, 0),
            ["TCPAbortOnData"] = new(Attempts, 0),
            ["TCPAbortOnClose"] = new(0, 0),
            ["TCPReqQFullDoCookies"] = new(0, 0),
            ["TCPReqQFullDrop"] = new(0, 0),
        },
        new Dictionary<string, WatchedLevel> { ["tw"] = new(3, 4, 3) },
        new TargetSockets(new Dictionary<string, WatchedLevel> { ["ESTAB"] = new(2, 502, 2) }, new Dictionary<string, WatchedLevel>(), new WatchedLevel(0, 12, 0), 511),
        new Dictionary<string, string>
        {
            ["net.core.somaxconn"] = "4096",
            ["nofile"] = "1048576",
            ["net.ipv4.ip_local_port_range"] = "32768\t60999",
            ["net.ipv4.tcp_max_syn_backlog"] = "512",
        },
        SeesServer: true);

    public static LoadEvidence Load { get; } = new(
        500, 500, 19_000, "abort", "slot", 1, new Dictionary<int, long>(), Attempts, 0, Latency(30_000, 104_000), Latency(80_000, 229_000));

    public static GeneratorEvidence Generator { get; } = new(Latency(10_600, 112_000), 9.3, 3, 0.94, 0.5, 0.3, 4.8, 1, 2) { StarvedShare = 1 }; // what its loop lacks, it lacks in each burst

    public static TimeWaitProof Proof { get; } = new("pass", "", Attempts, Attempts, 3, 4, 3);

    public static Evidence Evidence { get; } = new(new Ledgers(Client, [Server], Kernel, null, [], Proof, []), Load, Generator);

    public static LatencySummary Latency(long p50, long p99) => new(Attempts, 100, p50, p50, p99, p99, p99, p99);

    /// <summary>Other counts of the client.</summary>
    public static Evidence With(this Evidence evidence, Func<ClientLedger, ClientLedger> change) =>
        evidence with { Ledgers = evidence.Ledgers with { Client = change(evidence.Ledgers.Client) } };

    /// <summary>So many attempts failed so.</summary>
    public static Evidence Failing(this Evidence evidence, string outcome, long count) =>
        evidence.With((ClientLedger client) => client with { AttemptFailures = With(client.AttemptFailures, outcome, count) });

    /// <summary>So many attempts were rejected with these words.</summary>
    public static Evidence Rejecting(this Evidence evidence, string prefix, long count) => evidence.Failing("rejected", count)
        .With((ClientLedger client) => client with { Rejections = With(client.Rejections, prefix, count) });

    /// <summary>Another server.</summary>
    public static Evidence With(this Evidence evidence, Func<ServerLedger, ServerLedger> change) =>
        evidence with { Ledgers = evidence.Ledgers with { Servers = [.. evidence.Ledgers.Servers.Select(change)] } };

    /// <summary>Another kernel.</summary>
    public static Evidence With(this Evidence evidence, Func<KernelLedger, KernelLedger> change) =>
        evidence with { Ledgers = evidence.Ledgers with { Kernel = change(evidence.Ledgers.Kernel!) } };

    /// <summary>A counter of the kernel.</summary>
    public static Evidence Counting(this Evidence evidence, string counter, long delta) =>
        evidence.With((KernelLedger kernel) => kernel with { Counters = With(kernel.Counters, counter, new KernelCount(delta, 0)) });

    /// <summary>A listener whose queues hold so many.</summary>
    public static Evidence Queueing(this Evidence evidence, long limit) =>
        evidence.With((KernelLedger kernel) => kernel with { Target = kernel.Target! with { AcceptQueueLimit = limit } });

    /// <summary>A setting of the machine.</summary>
    public static Evidence Setting(this Evidence evidence, string key, string value) =>
        evidence.With((KernelLedger kernel) => kernel with { Settings = With(kernel.Settings, key, value) });

    /// <summary>So many connects took about so many seconds.</summary>
    public static Evidence Slow(this Evidence evidence, int seconds, long connects) =>
        evidence.With(load => load with { ConnectModes = With(load.ConnectModes, seconds, connects) }).Long(connects);

    /// <summary>So many more connects took a second or more.</summary>
    public static Evidence Long(this Evidence evidence, long connects) =>
        evidence.With(load => load with { LongConnects = load.LongConnects + connects });

    /// <summary>One more server.</summary>
    public static Evidence Beside(this Evidence evidence, ServerLedger server) =>
        evidence with { Ledgers = evidence.Ledgers with { Servers = [.. evidence.Ledgers.Servers, server] } };

    /// <summary>Another load.</summary>
    public static Evidence With(this Evidence evidence, Func<LoadEvidence, LoadEvidence> change) => evidence with { Load = change(evidence.Load) };

    /// <summary>Another generator.</summary>
    public static Evidence With(this Evidence evidence, Func<GeneratorEvidence, GeneratorEvidence> change) =>
        evidence with { Generator = change(evidence.Generator) };

    /// <summary>The server is on another machine: nothing of its host is known here.</summary>
    public static Evidence Elsewhere(this Evidence evidence) => evidence.With((KernelLedger kernel) => kernel with { SeesServer = false });

    private static Dictionary<TKey, TValue> With<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> all, TKey key, TValue value)
        where TKey : notnull => new(all) { [key] = value };
}
