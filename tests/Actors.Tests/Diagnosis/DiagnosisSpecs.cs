using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

public class DiagnosisSpecs
{
    private static readonly Evidence Overflowing = Healthy.Evidence.Counting("ListenOverflows", 484).Counting("ListenDrops", 484)
        .Counting("TCPSynRetrans", 484).Slow(1, 470);

    // An accept queue that is far too short before a server that has nothing to do.
    private static readonly Evidence Somaxconn16 = Overflowing.Counting("ListenOverflows", 1_126).Slow(2, 300).Setting("net.core.somaxconn", "16")
        .With((ServerLedger server) => server with { PeakMainThreadShare = 0.02 });

    public static TheoryData<string, Evidence> NoTrouble => new()
    {
        { "a run on redis", Healthy.Evidence },
        { "one on another machine", Healthy.Evidence.Elsewhere() },
        { "one without a kernel's ledger", Healthy.Evidence with { Ledgers = Healthy.Evidence.Ledgers with { Kernel = null } } },
        { "one on a server that cannot be seen", Healthy.Evidence with { Ledgers = Healthy.Evidence.Ledgers with { Servers = [] } } },
        { "a run of nothing at all", Nothing() },
        { "overflows that nobody here felt are another listener's", Healthy.Evidence.Counting("ListenOverflows", 50) },
        { "overflows of another listener, and a late reply", Healthy.Evidence.Counting("ListenOverflows", 3)
            .With(load => load with { FirstReply = Healthy.Latency(30_000, 400_000) }) },
        { "one lost SYN in five thousand", Healthy.Evidence.Slow(1, 1).Counting("TCPSynRetrans", 1) },
        { "slow connects without a retransmit", Healthy.Evidence.Slow(1, 40) },
        { "long connects of a loop that looks late, and a few lost SYNs of others", Healthy.Evidence.Long(400).Counting("TCPSynRetrans", 9) },
        { "a lost SYN of ten long connects in five thousand", Healthy.Evidence.Long(1).Counting("TCPSynRetrans", 10) },
        { "a busy server that made nobody wait", Healthy.Evidence.With((ServerLedger server) => server with { PeakMainThreadShare = 0.97 }) },
        { "cookies of another listener", Healthy.Evidence.Counting("TCPReqQFullDoCookies", 80) },
        { "overcommit that costs nothing", Healthy.Evidence.With((ServerLedger server) => server with { OvercommitMemory = "2" }) },
        { "rejections of others", Healthy.Evidence.With((ServerLedger server) => server with { ConnectionsRejected = 40 }) },
        { "a busy loop and a busy server", Healthy.Evidence.With((GeneratorEvidence own) => own with { LoopCpuSeconds = 2.99 })
            .With((ServerLedger server) => server with { PeakMainThreadShare = 0.85 }) },
        { "a busy loop in a short run", Healthy.Evidence.With((GeneratorEvidence own) => own with { LoopCpuSeconds = 0.2, BusySeconds = 0.2, GcPauseMillis = 80 }) },
        { "a busy loop and a server that does not tell", Healthy.Evidence.With((GeneratorEvidence own) => own with { LoopCpuSeconds = 2.99 })
            .With((ServerLedger server) => server with { PeakMainThreadShare = null }) },
        { "work of a whole run beside bursts that were short", Own(own => own with { DurationSeconds = 60, CpuSeconds = 0.45, BusySeconds = 1.5 }) },
        { "a loop that waits for a core less than it runs", Own(own => own with { LoopsCpuSeconds = 2, LoopWaitSeconds = 1.9 }) },
        { "a loop that had no core in the first bursts alone", Own(own => own with { LoopsCpuSeconds = 1, LoopWaitSeconds = 1.6, StarvedShare = 0.49 }) },
        { "a loop that had hardly anything to do", Own(own => own with { LoopsCpuSeconds = 0.05, LoopWaitSeconds = 0.15 }) },
        { "a pause as schedulers and collections make them", Own(own => own with { Pauses = [new LoopPause(2, 0.2)] }) },
        { "a few of them at the start", Own(own => own with { Pauses = [new LoopPause(0, 0.3), new LoopPause(0.5, 0.3), new LoopPause(1, 0.2)] }) },
        { "endpoints in turn", Shared(334, 333, 333) },
        { "endpoints at random", Shared(560, 440) },
        { "a few connections at random", Shared(7, 1) },
        { "a fleet with an endpoint of its own, larger than the others", Shared([900, 50, 50], [900, 50, 50]) },
        { "few open with the kernel's ports", Healthy.Evidence.With(load => load with { Ports = "kernel" }) },
        { "TIME_WAIT of others", Healthy.Evidence.With((KernelLedger kernel) => kernel with { Target = null }) },
    };

    public static TheoryData<string, Evidence> Causes => new()
    {
        { "accept-queue-overflow", Overflowing },
        { "accept-queue-overflow", Overflowing.Failing("connect-timeout", 12).Counting("TCPReqQFullDoCookies", 3) },
        { "accept-queue-overflow", Healthy.Evidence.Counting("ListenOverflows", 9).Queueing(64).With(load => load with { FirstReply = Healthy.Latency(30_000, 1_004_000) }) },
        { "accept-queue-overflow", Overflowing.Failing("reply-timeout", 38).Counting("PassiveOpens", 4_962).Counting("TCPReqQFullDoCookies", 569) },
        { "accept-queue-overflow", Overflowing.Failing("reply-timeout", 38).Counting("PassiveOpens", 4_990) },
        { "accept-queue-overflow", Somaxconn16.Failing("reply-timeout", 1) },
        { "accept-queue-overflow", Somaxconn16.Failing("reply-timeout", 26).Counting("PassiveOpens", 4_975) },
        { "accept-queue-overflow", Somaxconn16.Failing("reply-timeout", 2).With(load => load with { FirstReply = Healthy.Latency(30_000, 3_100_000) }) },
        { "server-stalled", Overflowing.Failing("reply-timeout", 38).Counting("PassiveOpens", 4_990).With(Losing(1, 3, "did not answer")) },
        { "no-reply", Healthy.Evidence.Counting("ListenOverflows", 3).Failing("reply-timeout", 38) },
        { "server-cpu", Overflowing.Failing("reply-timeout", 38).With((ServerLedger server) => server with { PeakMainThreadShare = 0.97 }) },
        { "syn-queue-overflow", Healthy.Evidence.Counting("TCPReqQFullDoCookies", 80).Queueing(64) },
        { "syn-queue-overflow", Healthy.Evidence.Counting("TCPReqQFullDoCookies", 281).Counting("RetransSegs", 1_522).Queueing(64).With(load => load with { FirstReply = Healthy.Latency(690_000, 1_230_000) }) },
        { "server-stalled", Healthy.Evidence.Counting("RetransSegs", 20).With(load => load with { FirstReply = Healthy.Latency(30_000, 2_100_000) }) },
        { "syn-queue-overflow", Healthy.Evidence.Counting("TCPReqQFullDrop", 80).Counting("TCPSynRetrans", 80).Slow(1, 80) },
        { "syn-retransmits", Healthy.Evidence.Slow(1, 470).Counting("TCPSynRetrans", 484) },
        { "syn-retransmits", Healthy.Evidence.Elsewhere().Counting("ListenOverflows", 4).Slow(1, 470).Counting("TCPSynRetrans", 484) },
        { "syn-retransmits", Healthy.Evidence.Failing("connect-timeout", 5_000) },
        { "syn-retransmits", Healthy.Evidence.Long(2_500).Counting("TCPSynRetrans", 6_500) },
        { "syn-retransmits", Healthy.Evidence.Elsewhere().Long(2_500).Counting("TCPSynRetrans", 6_500) },
        { "syn-retransmits", Healthy.Evidence.Long(2_500).Counting("TCPSynRetrans", 6_500).Counting("RetransSegs", 9_100).Failing("reply-timeout", 9)
            .With(load => load with { FirstReply = Healthy.Latency(30_000, 3_100_000) }) },
        { "syn-retransmits", Healthy.Evidence.Slow(3, 4).Long(2_500).Counting("TCPSynRetrans", 6_500) },
        { "maxclients", Healthy.Evidence.Rejecting("ERR max number of clients reached", 3_000) },
        { "maxclients", Healthy.Evidence.Rejecting("ERR max number of clients + cluster connec", 30).Elsewhere() },
        { "maxclients", Healthy.Evidence.Failing("reset", 3_000).With((ServerLedger server) => server with { ConnectionsRejected = 3_000 }) },
        { "maxclients", Overflowing.Failing("reset", 30).With((ServerLedger server) => server with { ConnectionsRejected = 30 }) },
        { "server-descriptors", Healthy.Evidence.Rejecting("ERR max number of clients reached", 3_000)
            .With((ServerLedger server) => server with { ConnectionsRejected = 3_000, MaxClients = 992, OpenFilesLimit = 1_024 }) },
        { "access-denied", Healthy.Evidence.Rejecting("DENIED", 20).With((ServerLedger server) => server with { ConnectionsRejected = 20 }) },
        { "access-denied", Healthy.Evidence.Rejecting("NOAUTH", 20) },
        { "error-replies", Healthy.Evidence.Rejecting("MOVED", 20) },
        { "proxy-queue", Healthy.Evidence.Failing("peer-closed", 900).With((ServerLedger server) => server with { Proxy = "says that it listens on port 7", ConnectedClients = new(2, 22, 2) }) },
        { "client-descriptors", Healthy.Evidence.Failing("local-exhausted", 400).Setting("nofile", "256").With(load => load with { PeakOpen = 400 }) },
        { "port-exhaustion", Healthy.Evidence.Failing("local-exhausted", 70).Setting("net.ipv4.ip_local_port_range", "40000 40049").With(load => load with { PeakOpen = 120 }) },
        { "port-exhaustion", Healthy.Evidence.Failing("local-exhausted", 70) },
        { "port-exhaustion", Healthy.Evidence.Failing("local-exhausted", 70) with { Ledgers = Healthy.Evidence.Failing("local-exhausted", 70).Ledgers with { Kernel = null } } },
        { "time-wait", Graceful(500) },
        { "time-wait", Graceful(900).Failing("local-exhausted", 70).Setting("net.ipv4.ip_local_port_range", "40000 40999") },
        { "time-wait", Graceful(499).Failing("local-exhausted", 700).Setting("net.ipv4.ip_local_port_range", "40000 40499")
            .With(load => load with { LargestBurst = 300, PeakOpen = 627, Ports = "kernel" }) },
        { "half-range-cliff", Healthy.Evidence.With(load => load with { Ports = "kernel", PeakOpen = 16_000 }) },
        { "server-cpu", Busy(0.97) },
        { "server-cpu", Busy(0.99).Failing("reply-timeout", 9) },
        { "server-cpu", Busy(0.81).With(Losing(1, 3, "did not answer")).With((ServerLedger server) => server with { MainThreadCpuSeconds = 3.3 }) },
        { "server-stalled", Busy(0.81).With(Losing(1, 3, "did not answer")).With((ServerLedger server) => server with { MainThreadCpuSeconds = 1.2 }) },
        { "syn-retransmits", Healthy.Evidence.Slow(1, 470).Counting("TCPSynRetrans", 484).Counting("RetransSegs", 920).Failing("reply-timeout", 9)
            .With(load => load with { FirstReply = Healthy.Latency(30_000, 3_100_000) }) },
        { "syn-retransmits", Healthy.Evidence.Slow(1, 470).Counting("TCPSynRetrans", 12_000).Counting("RetransSegs", 12_002).With(Losing(1, null, "did not answer INFO")) },
        { "server-stalled", Healthy.Evidence.Failing("reply-timeout", 9).With(Losing(1, 3, "did not answer")) },
        { "no-reply", Healthy.Evidence.Failing("reply-timeout", 9) },
        { "line-loss", RemoteRun.BlackHole },
        { "connection-resets", RemoteRun.ResetByFirewall },
        { "refused-on-the-way", RemoteRun.RejectedByFirewall },
        { "long-round-trip", RemoteRun.FarLine },
        { "one-endpoint", Shared(700, 150, 150) },
        { "one-endpoint", Shared(1_000, 0) },
        { "server-stalled", Healthy.Evidence.With(load => load with { FirstReply = Healthy.Latency(30_000, 2_100_000) }) },
        { "server-stalled", Overflowing.Failing("connect-timeout", 9).With(Losing(1, 6, "Timeout")) },
        { "server-restarted", Overflowing.Failing("refused", 300).Failing("reset", 20)
            .With((ServerLedger server) => server with { Restarts = [3.2], Losses = [new ObserverLoss(2.9, 0.3, "reset")] }) },
        { "server-unreachable", Nowhere("refused", 20) },
        { "refused-on-the-way", Healthy.Evidence.Failing("refused", 20) },
        { "wrong-protocol", Healthy.Evidence.Failing("protocol-error", 20) },
        { "tls-failed", Healthy.Evidence.Failing("tls-failed", 20) },
        { "server-unreachable", Healthy.Evidence.Failing("refused", 20).With(Losing(4, null, "refused")) },
        { "server-unreachable", Nowhere("unreachable", 25) },
        { "observer-lost", Healthy.Evidence.With(Losing(4, 0.4, "reset")) },
        { "observer-lost", Healthy.Evidence.With((ServerLedger server) => server with
            {
                PeakMainThreadShare = 0.97, Losses = [new ObserverLoss(4, 9, "refused INFO (BUSY)") { IsRefusal = true }], // it answered everybody
            }) },
        { "memory-overcommit", Healthy.Evidence.Rejecting("MISCONF", 5_000) },
        { "conntrack-full", Healthy.Evidence.Counting("ConntrackDrop", 900).Counting("TCPSynRetrans", 300).Slow(1, 300).Setting("net.netfilter.nf_conntrack_max", "1024") },
        { "generator-limited", Own(own => own with { LoopWaitSeconds = 2.1 }) },
        { "generator-limited", Own(own => own with { LoopWaitSeconds = 2.1 }).Failing("reply-timeout", 9) },
        { "generator-limited", Own(own => own with { LoopWaitSeconds = 2.1 }).Failing("connect-timeout", 9) },
        { "generator-limited", Own(own => own with { LoopWaitSeconds = 2.1 }).Failing("reply-timeout", 9)
            .With((ServerLedger server) => server with { PeakMainThreadShare = 0.97 }) },
        { "generator-limited", Own(own => own with { LoopCpuSeconds = 2.97 }) },
        { "generator-limited", Own(own => own with { CpuSeconds = 5.6 }) },
        { "generator-limited", Own(own => own with { GcPauseMillis = 400 }) },
        { "generator-limited", Own(own => own with { LoopsCpuSeconds = 1.04, LoopWaitSeconds = 2.32, BusySeconds = 6 }) },
        { "generator-limited", Own(own => own with { Bursts = 40, LateBursts = 12, WorstBurstLag = 3_200_000 }) },
        { "generator-limited", Own(own => own with { Pauses = [new LoopPause(2, 0.45)] }) },
        { "generator-limited", Own(own => own with { Pauses = [.. Enumerable.Range(1, 6).Select(second => new LoopPause(second, 0.2))] }) },
        { "generator-limited", Stopped.Rejecting("ERR max number of clients reached", 3_000) },
        { "generator-limited", Own(own => own with { StartLag = Healthy.Latency(900_000, 2_000_000) })
            .With(load => load with { Total = Healthy.Latency(1_200_000, 2_600_000), FirstReply = Healthy.Latency(30_000, 1_100_000) }) },
    };

    [Theory]
    [MemberData(nameof(NoTrouble))]
    public void A_run_without_trouble_has_no_finding(string why, Evidence evidence) =>
        Assert.True(Diagnostician.Of(evidence).Count == 0, $"{why}: {string.Join("; ", Diagnostician.Of(evidence))}");

    [Theory]
    [MemberData(nameof(Causes))]
    public void Expected_cause_is_the_first_finding(string rule, Evidence evidence)
    {
        var findings = Diagnostician.Of(evidence);

        Assert.NotEmpty(findings);
        Assert.Equal(rule, findings[0].Rule);
        Assert.All(findings, finding => Assert.False(string.IsNullOrWhiteSpace(finding.Sentence)));
        Assert.All(findings.SelectMany(finding => finding.Numbers), number => Assert.True(double.IsFinite(number.Value)));
    }

    [Fact]
    public void Every_rule_is_provoked_by_a_case_and_has_a_unique_name()
    {
        var names = Diagnostician.Rules.Select(rule => rule.Name).ToArray();

        Assert.Equal(names.Distinct(), names);
        Assert.Equal(names.Order(), Causes.Select(row => (string)row[0]).Distinct().Order());
    }

    [Theory]
    [InlineData(16, 511, "net.core.somaxconn", "16")]
    [InlineData(4096, 128, "tcp-backlog", "128")]
    public void An_overflow_names_the_smaller_limit_first(long somaxconn, long backlog, string key, string present)
    {
        var evidence = Overflowing.Setting("net.core.somaxconn", $"{somaxconn}").With((ServerLedger server) => server with { TcpBacklog = backlog });

        var finding = Diagnostician.Of(evidence)[0];

        Assert.Equal((key, present, RemedyHost.Server), (finding.Remedies[0].Key, finding.Remedies[0].Present, finding.Remedies[0].Host));
        Assert.Contains("overflowed 484 times", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains("470 connects", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(484, finding.Numbers["listenOverflows"]);
    }

    [Fact]
    public void Backlog_is_taken_from_the_kernel_when_the_server_does_not_tell_it()
    {
        var evidence = Overflowing.With((ServerLedger server) => server with { TcpBacklog = null });

        Assert.Contains("It holds 511", Diagnostician.Of(evidence)[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_connects_with_retransmits_are_reported_without_a_mode()
    {
        var finding = Diagnostician.Of(Healthy.Evidence.Long(2_500).Counting("TCPSynRetrans", 6_500))[0];

        Assert.StartsWith("2,500 connects took a second or more, while the kernel sent 6,500 SYNs again", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal((2_500, 6_500), (finding.Numbers["slowConnects"], finding.Numbers["synRetransmits"]));
    }

    /// <summary>What befell the first of two servers, while the second lost its observer.</summary>
    public static TheoryData<Evidence> Others => new()
    {
        Healthy.Evidence,
        Healthy.Evidence.Failing("refused", 1),
        Healthy.Evidence.Failing("refused", 1).With((ServerLedger server) => server with { Restarts = [3.2] }),
        Healthy.Evidence.Failing("reply-timeout", 1),
        Busy(0.97).Failing("reply-timeout", 1),
        Own(own => own with { LoopWaitSeconds = 2.1 }),
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Lost_server_is_reported_whatever_the_state_of_the_other(Evidence evidence)
    {
        var findings = Diagnostician.Of(evidence.Beside(Losing(4, 0.4, "reset the connection")(Healthy.Server) with { Endpoint = "10.0.0.9:6379" }));

        Assert.Contains(findings, finding => finding.Sentence.Contains("10.0.0.9:6379 did not answer its observer", StringComparison.Ordinal));
    }

    [Fact]
    public void Rejections_overtaken_by_a_reset_are_counted_with_the_others()
    {
        var evidence = Healthy.Evidence.Rejecting("ERR max number of clients reached", 12).Failing("reset", 4)
            .With((ServerLedger server) => server with { ConnectionsRejected = 16, MaxClients = 5 });

        var finding = Diagnostician.Of(evidence)[0];

        Assert.StartsWith("16 attempts were turned away", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains("12 read its words, 4 were cut off", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(("maxclients", "5"), (finding.Remedies[0].Key, finding.Remedies[0].Present));
    }

    /// <summary>What a stop of ActorLoad makes others look like.</summary>
    public static TheoryData<string, Evidence> Looks => new()
    {
        { "a server that answers late", Stopped },
        { "one that was busy with what came all at once", Stopped.With((ServerLedger server) => server with { PeakMainThreadShare = 0.99 }) },
        { "one that did not answer its observer", Stopped.With(Losing(4, 3.1, "did not answer")) },
        { "queries that ended too late", Stopped.Failing("reply-timeout", 90) },
        { "a queue that overflowed, though each burst fits", Stopped.Counting("ListenOverflows", 785).Counting("ListenDrops", 785)
            .Counting("TCPSynRetrans", 785).Slow(1, 400) },
    };

    [Theory]
    [MemberData(nameof(Looks))]
    public void Pause_of_ActorLoad_is_reported_and_no_other_cause_is_named(string what, Evidence evidence)
    {
        var finding = Assert.Single(Diagnostician.Of(evidence));

        Assert.True(finding.Rule == "generator-limited", what);
        Assert.Contains("it stood still for 3 s, from 4 to 7 s after the start", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal((1, 3), (finding.Numbers["pauses"], finding.Numbers["pausedSeconds"]));
    }

    [Fact]
    public void Failures_beyond_our_own_pause_are_reported_after_it()
    {
        string[] Rules(Evidence evidence) => [.. Diagnostician.Of(evidence).Select(finding => finding.Rule)];

        Assert.Equal(["generator-limited", "accept-queue-overflow"], Rules(
            Stopped.Counting("ListenOverflows", 785).Slow(1, 400).Queueing(16).Counting("TCPSynRetrans", 785)));
        Assert.Equal(["generator-limited", "server-stalled"], Rules(Stopped.With(Losing(20, 3.1, "did not answer"))));
        Assert.Equal(["generator-limited", "no-reply"], Rules(Stopped.Failing("reply-timeout", 3_000)));
    }

    // For three seconds, in which nothing was read.
    private static Evidence Stopped => Own(own => own with { Pauses = [new LoopPause(4, 3)] })
        .With(load => load with { FirstReply = Healthy.Latency(30_000, 3_050_000) });

    private static Evidence Own(Func<GeneratorEvidence, GeneratorEvidence> change) => Healthy.Evidence.With(change);

    [Fact]
    public void Restarted_server_was_away_from_the_first_failure_to_the_last()
    {
        var evidence = Healthy.Evidence.Failing("refused", 300).With((ServerLedger server) => server with
        {
            Restarts = [10.2],
            Losses = [new ObserverLoss(5.9, 4.2, "reset")],
        });
        Assert.Contains("it was away from 5.9 to 10.1 s after the start", Restarted(evidence).Sentence, StringComparison.Ordinal);

        var felt = Restarted(evidence.With(load => load with
        {
            Absences = [new("127.0.0.1:6379", 5.92, 8.71), new("127.0.0.1:6379", 30, 30.1), new("127.0.0.1:7000", 0, 60)],
        }));
        Assert.Contains("127.0.0.1:6379 restarted: it was away from 5.9 to 8.7 s after the start", felt.Sentence, StringComparison.Ordinal);
        Assert.Equal((5.92, 8.71, 2.79), (felt.Numbers["awayFrom"], felt.Numbers["awayTo"], felt.Numbers["awaySeconds"]));
    }

    [Fact]
    public void Restart_without_failures_is_reported_with_its_time()
    {
        var evidence = Healthy.Evidence.With((ServerLedger server) => server with { Restarts = [3.2] });
        Assert.Contains("127.0.0.1:6379 restarted: at 3.2 s after the start of the run", Restarted(evidence).Sentence, StringComparison.Ordinal);
    }

    private static Finding Restarted(Evidence evidence) => Diagnostician.Of(evidence).Single(finding => finding.Rule == "server-restarted");

    private static Evidence Nowhere(string outcome, long attempts) => Healthy.Evidence.Failing(outcome, attempts)
        .With((ClientLedger client) => client with { Attempts = attempts, Succeeded = 0, Established = 0 });

    private static Evidence Busy(double share) => Healthy.Evidence.With((ServerLedger server) => server with { PeakMainThreadShare = share })
        .With(load => load with { FirstReply = Healthy.Latency(30_000, 2_100_000) });

    private static Func<ServerLedger, ServerLedger> Losing(double at, double? seconds, string reason) =>
        server => server with { Losses = [new ObserverLoss(at, seconds, reason)] };

    // So many connections to each of several endpoints; in turn they would have been even.
    private static Evidence Shared(params long[] planned) => Shared(planned, [.. planned.Select(_ => planned.Average())]);

    private static Evidence Shared(long[] planned, double[] fair) => Healthy.Evidence.With(load => load with
    {
        ByEndpoint = [.. planned.Select((count, index) => EndpointCounts.Of(new EndpointName($"e{index}:1", $"127.0.0.{index}:1"), Runs.RunTotals.Succeeded(0)) with
        {
            Connections = new ConnectionCounts(count, count, count, 0, 0, 0),
        })],
        FairShares = fair.Select((share, index) => (share, index)).ToDictionary(each => $"127.0.0.{each.index}:1", each => each.share),
        Orders = ["first"],
    });

    private static Evidence Graceful(long left) => Healthy.Evidence.With(load => load with { Close = "graceful" })
        .With((KernelLedger kernel) => kernel with
        {
            Target = kernel.Target! with { Client = new Dictionary<string, WatchedLevel> { ["TIME-WAIT"] = new(0, left, left) } },
        });

    private static Evidence Nothing() => new(
        new Ledgers(new ClientLedger(0, 0, 0, 0, new Dictionary<string, long>(), new Dictionary<string, long>()), [], null, null, [],
            new TimeWaitProof("unseen", "", 0, null, null, null, null), []),
        new LoadEvidence(0, 0, 19_000, "abort", "slot", 1, new Dictionary<int, long>(), 0, 0, null, null),
        new GeneratorEvidence(null, 0, 0, 0, null, null, 0, 1, 2));
}
