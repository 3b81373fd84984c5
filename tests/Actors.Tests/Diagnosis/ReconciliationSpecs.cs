using ActorLoad.Diagnosis;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

public class ReconciliationSpecs
{
    [Fact]
    public void Ledgers_that_agree_leave_nothing_unexplained()
    {
        var rows = Of(Healthy.Evidence);

        Assert.Equal(
            ["attempts / SYNs", "accepted", "rejected", "resets sent", "resets received", "failed connects", "retransmitted SYNs", "drops"],
            rows.Select(row => row.Quantity));
        Assert.All(rows, row => Assert.Equal(0, row.Unexplained));
        Assert.Equal((5_000, 5_000, 5_000), (rows[1].Client, rows[1].Server, rows[1].Kernel));
        Assert.Equal("", rows[1].Remark);
    }

    [Fact]
    public void Quantity_that_no_other_ledger_counts_has_no_row()
    {
        var alone = Healthy.Evidence with { Ledgers = Healthy.Evidence.Ledgers with { Kernel = null, Servers = [] } };

        Assert.Empty(Of(alone));
        Assert.Equal(["accepted", "rejected"], Of(alone with { Ledgers = alone.Ledgers with { Servers = [Healthy.Server] } }).Select(row => row.Quantity));
        Assert.DoesNotContain(Of(Healthy.Evidence.Elsewhere().Counting("EstabResets", 5_000)), row => row.Quantity == "drops");
    }

    [Fact]
    public void Accepted_column_is_empty_when_one_server_does_not_count()
    {
        var evidence = Healthy.Evidence with
        {
            Ledgers = Healthy.Evidence.Ledgers with { Servers = [Healthy.Server, Healthy.Server with { ConnectionsReceived = null }] },
        };

        Assert.Null(Row(evidence, "accepted").Server);
        Assert.Equal(0, Row(evidence, "rejected").Server);
    }

    /// <summary>Row, evidence, what is left unexplained, a word of the remark.</summary>
    public static TheoryData<string, Evidence, long, string> Rows => new()
    {
        { "attempts / SYNs", Healthy.Evidence.Failing("local-exhausted", 70).Counting("ActiveOpens", 4_930), 0, "no SYN" },
        { "attempts / SYNs", Healthy.Evidence.Counting("ActiveOpens", 5_040), 40, "other programs" },
        { "attempts / SYNs", Healthy.Evidence.Counting("ActiveOpens", 4_960), 40, "40 unexplained" },
        { "accepted", Healthy.Evidence.Rejecting("ERR max number of clients reached", 60)
            .Failing("reset", 40).With((ServerLedger server) => server with { ConnectionsRejected = 100, ConnectionsReceived = 4_900 }), 0,
            "rejected_connections are not counted as received: 100" },
        { "accepted", Healthy.Evidence.Rejecting("ERR max number of clients reached", 102)
            .With((ServerLedger server) => server with { ConnectionsRejected = 102, ConnectionsReceived = 4_898 }), 0, "as received: 102" },
        { "accepted", Healthy.Evidence.Rejecting("ERR max number of clients reached", 102)
            .With((ServerLedger server) => server with { ConnectionsRejected = 102, ConnectionsReceived = 4_796 }), 102, "102 unexplained" },
        { "accepted", Healthy.Evidence.Rejecting("ERR max number of clients reached", 62).Failing("reset", 40)
            .With((ServerLedger server) => server with { ConnectionsRejected = 102, ConnectionsReceived = 4_858 }), 40, "40 unexplained" },
        { "accepted", Healthy.Evidence.With((ServerLedger server) => server with { ConnectionsRejected = 102 }), 0, "" },
        { "accepted", Healthy.Evidence.With((ServerLedger server) => server with { ConnectionsReceived = 4_988 }), 12, "12 unexplained" },
        { "accepted", Healthy.Evidence.Counting("ListenOverflows", 30).Counting("PassiveOpens", 4_980)
            .With((ServerLedger server) => server with { ConnectionsReceived = 4_980 }), 0, "accept queue" },
        { "accepted", Healthy.Evidence.With((ServerLedger server) => server with { ConnectionsReceived = 2_000, Restarts = [1] }), 0, "stopped answering" },
        { "rejected", Healthy.Evidence.Rejecting("ERR max number of clients reached", 60).Failing("reset", 40)
            .With((ServerLedger server) => server with { ConnectionsRejected = 100 }), 0, "overtook" },
        { "rejected", Healthy.Evidence.With((ServerLedger server) => server with { ConnectionsRejected = 7 }), 7, "other clients" },
        { "resets sent", Healthy.Evidence.Counting("TCPAbortOnData", 4_000).Counting("TCPAbortOnClose", 1_000), 0, "" },
        { "resets sent", Healthy.Evidence.Counting("TCPAbortOnData", 4_000), 1_000, "1,000 unexplained" },
        { "resets sent", Healthy.Evidence.Failing("reset", 100).Counting("TCPAbortOnClose", 100), 0, "the server's" },
        { "resets received", Healthy.Evidence.Elsewhere().Counting("EstabResets", 5_000), 0, "our own 5,000 resets" },
        { "resets received", Healthy.Evidence.Failing("reset", 30).Counting("EstabResets", 10_060), 0, "both ends" },
        { "resets received", Healthy.Evidence.Counting("EstabResets", 10_005), 5, "other programs" },
        { "retransmitted SYNs", Healthy.Evidence.With((ClientLedger client) => client with { RetiredPorts = 40 }).Counting("TCPSynRetrans", 40), 0, "are ours: SYNs from ports" },
        { "retransmitted SYNs", Healthy.Evidence.Counting("TCPSynRetrans", 40).Counting("RetransSegs", 90), 0, "up to 40 are ours" },
        { "failed connects", Healthy.Evidence.Failing("refused", 30).Counting("AttemptFails", 30), 0, "" },
        { "failed connects", Healthy.Evidence.Failing("refused", 30).Failing("connect-timeout", 5).Counting("AttemptFails", 30), 0, "" },
        { "failed connects", Healthy.Evidence.Counting("AttemptFails", 9), 9, "other programs" },
        { "retransmitted SYNs", Healthy.Evidence.Slow(1, 100).Counting("TCPSynRetrans", 130), 0, "further retransmits" },
        { "retransmitted SYNs", Healthy.Evidence.Slow(1, 100).Counting("TCPSynRetrans", 60), 40, "without a retransmit" },
        { "retransmitted SYNs", Healthy.Evidence.Long(160).Counting("TCPSynRetrans", 392), 0, "took a second or more" },
        { "retransmitted SYNs", Healthy.Evidence.Counting("TCPSynRetrans", 392), 392, "392 unexplained" },
        { "drops", Healthy.Evidence.Slow(1, 100).Counting("ListenDrops", 130).Counting("TCPSynRetrans", 130), 0, "sent again" },
        { "drops", Healthy.Evidence.Slow(1, 100), 100, "lost on the way" },
    };

    /// <summary>Row, evidence, what is left unexplained, the remark.</summary>
    public static TheoryData<string, Evidence, long, string> Remarks => new()
    {
        { "attempts / SYNs", Healthy.Evidence.Counting("ActiveOpens", 4_960), 40, "kernel fewer: 40 unexplained; perhaps the first or the last of them fell outside the kernel's readings" },
        { "attempts / SYNs", Healthy.Evidence.Counting("ActiveOpens", 5_040), 40, "kernel more: 40 unexplained; perhaps other programs of this machine open connections too" },
        { "accepted", Healthy.Evidence.With((ServerLedger server) => server with { ConnectionsReceived = 3_200, FirstAnswerAt = 2.1, ReceivedBefore = 1_900 }), 0,
            "server fewer: up to 1,800 came before the server first answered its observer" },
        { "accepted", Healthy.Evidence.With((ServerLedger server) => server with { ConnectionsReceived = 3_200, FirstAnswerAt = 2.1, ReceivedBefore = 1_000 }), 800,
            "server fewer: up to 1,000 came before the server first answered its observer; server fewer: 800 unexplained; perhaps it was asked before it had accepted all connections" },
        { "accepted", Healthy.Evidence.With((ServerLedger server) => server with { ConnectionsReceived = 3_200, Resets = [1.5] }), 0,
            "server fewer: up to 1,800 were counted before the server's counters were reset" },
        { "accepted", Healthy.Evidence.With((ServerLedger server) => server with { ConnectionsReceived = 5_007 }), 7, "server more: 7 unexplained; perhaps other clients connect to it too" },
        { "resets received", Healthy.Evidence.Counting("EstabResets", 9_733).With((ClientLedger client) => client with { ClosedFirst = 5_000 }), 0,
            "EstabResets also counts our own 5,000 resets, at both ends; kernel fewer: up to 267 had been closed by the server first (QUIT), and our reset met no established socket" },
        { "retransmitted SYNs", Healthy.Evidence.Slow(1, 100).Counting("TCPSynRetrans", 130), 0, "kernel more: up to 30 are further retransmits of the same connections" },
        { "retransmitted SYNs", Healthy.Evidence.Slow(1, 100).Counting("TCPSynRetrans", 101), 0, "kernel more: up to 1 is a further retransmit of the same connections" },
        { "retransmitted SYNs", Healthy.Evidence.Slow(1, 100).Counting("TCPSynRetrans", 60), 40, "kernel fewer: 40 unexplained; perhaps connects took whole seconds without a retransmit" },
    };

    [Theory]
    [MemberData(nameof(Remarks))]
    public void Remark_explains_a_difference_only_in_its_own_direction(string quantity, Evidence evidence, long unexplained, string remark)
    {
        var row = Row(evidence, quantity);

        Assert.Equal((remark, unexplained), (row.Remark, row.Unexplained));
    }

    [Fact]
    public void Reconnects_of_the_observers_are_subtracted_from_every_kernel_count()
    {
        var evidence = Healthy.Evidence.Counting("ActiveOpens", 5_003).Counting("PassiveOpens", 5_003).Counting("TCPAbortOnData", 5_006).Counting("EstabResets", 10_006)
            .Counting("AttemptFails", 3).Counting("TCPSynRetrans", 9).Counting("ListenDrops", 3);

        Assert.All(Of(evidence, own: 3), row => Assert.True(row.Unexplained == 0, row.ToString()));
    }

    [Theory]
    [InlineData(false, 149, 1_500)]
    [InlineData(true, 1_500, 1_649)]
    public void Resets_that_arrive_first_count_as_received_and_not_as_sent(bool seesServer, long aborted, long ended)
    {
        var evidence = Healthy.Evidence.Rejecting("ERR max number of clients reached", 1_450).With((ClientLedger client) => client with
        {
            Attempts = 1_500,
            Established = 1_500,
            Succeeded = 50,
            AbortiveCloses = 149,
            PeerResets = 1_351,
        }).Counting("TCPAbortOnData", 149).Counting("TCPAbortOnClose", aborted - 149).Counting("EstabResets", ended);
        evidence = seesServer ? evidence : evidence.Elsewhere();

        var (sent, received) = (Row(evidence, "resets sent"), Row(evidence, "resets received"));
        Assert.Equal((149, 0), (sent.Client, sent.Unexplained));
        Assert.Equal((1_351, 0), (received.Client, received.Unexplained));
    }

    [Fact]
    public void Connection_closed_first_by_the_server_counts_no_received_reset()
    {
        var evidence = Healthy.Evidence.With((ClientLedger client) => client with { PeerFinishes = 4_000 }).Counting("EstabResets", Healthy.Attempts + 1_000);
        Assert.Equal((0, 0), (Row(evidence, "resets received").Client, Row(evidence, "resets received").Unexplained));
        Assert.Equal(0, Row(evidence.Counting("EstabResets", Healthy.Attempts + 700), "resets received").Unexplained);
        Assert.Equal(300, Row(evidence.Counting("EstabResets", Healthy.Attempts + 1_300), "resets received").Unexplained);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_row_subtracts_the_known_differences(string quantity, Evidence evidence, long unexplained, string remark)
    {
        var row = Row(evidence, quantity);

        Assert.True(unexplained == row.Unexplained, row.ToString());
        Assert.Contains(remark, row.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void Certain_idle_traffic_is_subtracted()
    {
        var evidence = Idle(perSecond: 100, baseline: 4);

        // 400 in four seconds, for certain 359: 897.5 in ten.
        Assert.Equal(5_102, Row(evidence, "attempts / SYNs").Kernel);
    }

    [Fact]
    public void Two_idle_connections_in_a_short_baseline_are_not_subtracted() =>
        Assert.Equal(6_000, Row(Idle(perSecond: 10, baseline: 0.2), "attempts / SYNs").Kernel);

    private static Evidence Idle(double perSecond, double baseline) => Healthy.Evidence.With((KernelLedger kernel) => kernel with
    {
        BaselineSeconds = baseline,
        Counters = new Dictionary<string, KernelCount>(kernel.Counters) { ["ActiveOpens"] = new(6_000, perSecond) },
    });

    [Fact]
    public void Observer_connections_are_explained_in_the_reconciliation()
    {
        var evidence = Healthy.Evidence.Counting("ActiveOpens", 5_004);

        Assert.Equal(4, Row(evidence, "attempts / SYNs").Unexplained);
        Assert.Equal(0, Of(evidence, own: 4)[0].Unexplained);
    }

    private static ReconciledQuantity Row(Evidence evidence, string quantity) => Of(evidence).Single(row => row.Quantity == quantity);

    private static IReadOnlyList<ReconciledQuantity> Of(Evidence evidence, long own = 0) => Reconciliation.Of(
        evidence.Ledgers.Client, evidence.Ledgers.Servers, evidence.Ledgers.Kernel, evidence.Load.ConnectModes,
        evidence.Load.LongConnects, own);
}
