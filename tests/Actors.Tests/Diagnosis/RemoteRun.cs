using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;

namespace ActorLoad.Actors.Tests.Diagnosis;

/// <summary>Evidence as real runs had it: four bursts of 500 from one namespace to a redis-server in another, without retries. Each member says what was
/// done to the line or the server meanwhile.</summary>
internal static class RemoteRun
{
    public const long Attempts = 2_000;

    /// <summary>Nothing.</summary>
    public static Evidence Quiet { get; } = Of(new Dictionary<string, long>())
        .Counts(("ActiveOpens", 2_000), ("EstabResets", 2_000), ("OutRsts", 2_000), ("TCPAbortOnData", 2_000))
        .Times(connect: [53, 444, 1_602, 6_335, 13_327], first: [255, 9_671, 19_151, 32_015, 32_591], script: [25_456, 69_823, 92_031, 107_967, 132_095]);

    /// <summary>A firewall on our side answers one data segment in twenty with RSTs to both, the observer's first among them.</summary>
    public static Evidence ResetByFirewall { get; } = Quiet.FailingSo(("reset", 295)).Counts(("OutRsts", 1_936), ("RetransSegs", 166), ("TCPSynRetrans", 166))
        .With((ServerLedger server) => server with
        {
            ConnectedClients = new WatchedLevel(1, 412, 48),
            Losses = [new ObserverLoss(0, 1.021, "reset the connection") { Kind = LossKind.End }],
            RanThroughout = true,
        });

    /// <summary>Data to the server from 100 ports is dropped, of 400 connections.</summary>
    public static Evidence BlackHole { get; } = Quiet.FailingSo(("reply-timeout", 400)).Counts(("RetransSegs", 2_046), ("TCPSynRetrans", 46))
        .Times(connect: [43, 429, 4_395, 19_631, 27_215], first: [233, 8_239, 18_111, 31_615, 31_615], script: [16_312, 54_111, 156_415, 189_951, 190_847]);

    /// <summary>Replies to 100 ports are dropped, of 400 connections: the server's kernel sends them again, which nobody sees here.</summary>
    public static Evidence BlackHoleOfReplies { get; } = Quiet.FailingSo(("reply-timeout", 400))
        .With((ServerLedger server) => server with { LongestWait = new ObserverWait(3, 0.012) });

    /// <summary>net.core.somaxconn = 16 on the server's machine.</summary>
    public static Evidence ShortQueue { get; } = Quiet.FailingSo(("reply-timeout", 367)).Counts(("RetransSegs", 4_780), ("TCPSynRetrans", 1_618)).Slow(1, 1_618)
        .With((ServerLedger server) => server with { ConnectionsReceived = 1_633 })
        .Times(connect: [47, 1_016_831, 1_038_335, 1_042_943, 1_043_455], first: [595, 206_335, 834_559, 1_754_111, 1_755_135], script: [3_114, 209_407, 836_095, 1_757_183, 1_758_207]);

    /// <summary>A line of 1 Mbit/s with a queue of half a second.</summary>
    public static Evidence NarrowLine { get; } = Quiet.Counts(("RetransSegs", 963), ("TCPSynRetrans", 0))
        .Times(connect: [123, 130_367, 256_767, 300_287, 311_807], first: [221_056, 434_687, 1_261_567, 1_406_975, 1_444_863], script: [1_229_824, 1_641_471, 1_972_223, 2_154_495, 2_183_167]);

    /// <summary>A line of 10 ms that loses 3 % in each direction.</summary>
    public static Evidence LossyLine { get; } = Quiet.Counts(("RetransSegs", 434), ("TCPSynRetrans", 129)).Slow(1, 116).Slow(2, 6)
        .Times(connect: [10_264, 17_359, 22_223, 1_044_479, 2_053_119], first: [10_432, 45_727, 78_719, 280_319, 507_135], script: [31_600, 138_751, 295_423, 550_399, 2_267_135]);

    /// <summary>The same before a server that takes 100 clients: it rejected 35 that did not read so.</summary>
    public static Evidence LossyLineToFullServer { get; } = LossyLine.Rejecting("ERR max number of clients reached", 1_439)
        .FailingSo(("rejected", 1_439), ("reset", 29), ("reply-timeout", 6)).Counts(("RetransSegs", 218), ("TCPSynRetrans", 133))
        .With((ServerLedger server) => server with { ConnectionsReceived = 526, ConnectionsRejected = 1_474, MaxClients = 100 });

    /// <summary>A line whose round trip is 1.2 s, without loss.</summary>
    public static Evidence FarLine { get; } = Quiet.Counts(("RetransSegs", 2_007), ("TCPSynRetrans", 2_007)).Long(2_000)
        .With(load => load with { DistantConnects = 2_000 })
        .Times(connect: [1_200_128, 1_206_271, 1_216_511, 1_230_847, 1_231_871], first: [1_200_128, 1_222_655, 1_233_919, 1_242_111, 1_242_111], script: [3_604_480, 3_647_487, 3_737_599, 3_743_743, 3_745_791]);

    /// <summary>A firewall that rejects one SYN in five with RST.</summary>
    public static Evidence RejectedByFirewall { get; } = Quiet.FailingSo(("refused", 402)).Establishing(1_598).Counts(("AttemptFails", 402), ("OutRsts", 1_598))
        .With((ServerLedger server) => server with { RanThroughout = true });

    /// <summary>A firewall that rejects one SYN in five with ICMP: most of its answers are not sent, which the kernel limits.</summary>
    public static Evidence Prohibited { get; } = Quiet.FailingSo(("unreachable", 9)).Establishing(1_991).Counts(("RetransSegs", 489), ("TCPSynRetrans", 489))
        .Slow(1, 325).Slow(2, 55).Slow(3, 9).With((ServerLedger server) => server with { RanThroughout = true });

    /// <summary>SYNs from 100 ports are dropped, of 400 connections.</summary>
    public static Evidence SynsDropped { get; } = Quiet.FailingSo(("connect-timeout", 400)).Establishing(1_600).Counts(("RetransSegs", 1_205), ("TCPSynRetrans", 1_205))
        .With((ServerLedger server) => server with { RanThroughout = true });

    /// <summary>SIGSTOP of a server with tcp-backlog 128, for 4 s.</summary>
    public static Evidence Stopped { get; } = Quiet.FailingSo(("connect-timeout", 371), ("reply-timeout", 129)).Establishing(1_629)
        .Counts(("RetransSegs", 951), ("TCPSynRetrans", 782)).Slow(1, 411)
        .With((ServerLedger server) => server with { TcpBacklog = 128, Losses = [new ObserverLoss(0, 3.9, "did not answer INFO within 2 s")] })
        .Times(connect: [36, 434, 1_020_927, 1_029_631, 1_030_655], first: [1_010, 15_479, 28_815, 220_287, 425_727], script: [4_078, 76_799, 136_831, 236_287, 426_751]);

    /// <summary>Attempts failed so, and the rest succeeded.</summary>
    public static Evidence FailingSo(this Evidence evidence, params (string Outcome, long Count)[] failures) => evidence.With((ClientLedger client) => client with
    {
        Succeeded = Attempts - failures.Sum(failure => failure.Count),
        AttemptFailures = failures.ToDictionary(failure => failure.Outcome, failure => failure.Count),
    });

    /// <summary>So many were established, and accepted.</summary>
    public static Evidence Establishing(this Evidence evidence, long count) => evidence.With((ClientLedger client) => client with { Established = count })
        .With((ServerLedger server) => server with { ConnectionsReceived = count });

    /// <summary>Counters of our kernel.</summary>
    public static Evidence Counts(this Evidence evidence, params (string Counter, long Delta)[] counters) =>
        counters.Aggregate(evidence, (counted, counter) => counted.Counting(counter.Counter, counter.Delta));

    /// <summary>Minimum, p50, p90, p99 and p99.9 of three steps.</summary>
    public static Evidence Times(this Evidence evidence, long[] connect, long[] first, long[] script) =>
        evidence.With(load => load with { Connect = Summary(connect), FirstReply = Summary(first), Script = Summary(script) });

    private static LatencySummary Summary(long[] micros) => new(Attempts, micros[0], micros[1], micros[1], micros[2], micros[3], micros[4], micros[4]);

    private static Evidence Of(IReadOnlyDictionary<string, long> none) => new(
        new Ledgers(
            new ClientLedger(Attempts, Attempts, Attempts, Attempts, none, none),
            [Healthy.Server with { Endpoint = "10.77.9.2:6379", ConnectionsReceived = Attempts, ConnectedClients = new WatchedLevel(1, 397, 1), OpenFilesLimit = null }],
            Healthy.Kernel with { Counters = new Dictionary<string, KernelCount>(), Target = null, SeesServer = false }, null, [], Healthy.Proof, []),
        Healthy.Load with
        {
            Connected = Attempts,
            Endpoints = ["10.77.9.2:6379"],
            ReplyTimeout = 4,
            AskedEvery = 1,
        },
        Healthy.Generator);
}
