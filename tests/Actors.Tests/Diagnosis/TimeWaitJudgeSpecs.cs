using ActorLoad.Diagnosis;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

public sealed class TimeWaitJudgeSpecs
{
    [Theory]
    // closes, on data, on close | idle/s | before, peak, after | ended by the server | sees server
    [InlineData("every close was an abort", 1_000, 1_000, 0, 0, 0, 0, 0, 0, false)]
    [InlineData("some replies were unread", 1_000, 900, 100, 0, 0, 0, 0, 0, false)]
    [InlineData("nothing was done", 0, 0, 0, 0, 0, 0, 0, 0, false)]
    [InlineData("others abort as they did before", 1_000, 1_050, 0, 5, 0, 0, 0, 0, false)]
    [InlineData("others abort a little more than before", 1_000, 1_090, 0, 5, 0, 0, 0, 0, false)]
    [InlineData("a few more than a silent machine explains", 1_000, 1_010, 0, 0, 0, 0, 0, 0, false)]
    [InlineData("the server reset what it rejected before we closed", 1_000, 700, 0, 0, 0, 0, 0, 300, false)]
    [InlineData("the server here aborted what it rejected", 1_000, 1_000, 300, 0, 0, 0, 0, 300, true)]
    [InlineData("others left sockets there before", 1_000, 1_000, 0, 0, 50, 55, 54, 0, false)]
    [InlineData("what others had left is gone", 1_000, 1_000, 0, 0, 50, 50, 0, 0, false)]
    public void Proof_passes_when_every_close_was_an_abort_or_is_explained(
        string why, long closes, long onData, long onClose, double idle, long before, long peak, long after, long byServer, bool seesServer)
    {
        var proof = Judge(closes, onData, onClose, idle, before, peak, after, byServer, seesServer);
        Assert.Equal((TimeWaitJudge.Pass, why), (proof.State, why));
        Assert.Equal((closes, onData + onClose, before, peak, after), (proof.AbortiveCloses, proof.KernelAborts, proof.Before, proof.Peak, proof.After));
    }

    [Theory]
    [InlineData("one is left", 1_000, 1_001, 0, 1, 1, 0, "1 socket to the target is left in TIME_WAIT; before the run there were 0.")]
    [InlineData("thousands are left", 0, 0, 12, 9_000, 8_000, 0, "8,000 sockets to the target are left in TIME_WAIT; before the run there were 12.")]
    [InlineData(
        "they were there and are gone", 1_000, 1_040, 0, 40, 0, 0,
        "40 sockets to the target were in TIME_WAIT at once during the run; before it there were 0.")]
    [InlineData("closes were none", 1_000, 999, 0, 0, 0, 0, "ActorLoad closed 1,000 sockets with linger zero, but the kernel aborted only 999.")]
    [InlineData(
        "more were none than the server can have ended", 1_000, 600, 0, 0, 0, 300,
        "ActorLoad closed 1,000 sockets with linger zero, but the kernel aborted only 600; of the others the server may have ended 300, which did not succeed.")]
    public void Proof_fails_when_sockets_are_left_or_closes_were_not_aborts(string why, long closes, long aborts, long before, long peak, long after, long byServer, string reason)
    {
        var proof = Judge(closes, aborts, 0, 0, before, peak, after, byServer, seesServer: false);
        Assert.Equal((TimeWaitJudge.Fail, reason, why), (proof.State, proof.Reason, why));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(300, false)] // the server is elsewhere: its aborts are not among this kernel's
    [InlineData(0, true)]
    [InlineData(199, true)]
    public void Proof_is_unseen_when_foreign_aborts_could_hide_missing_ones(long byServer, bool seesServer)
    {
        var proof = Judge(1_000, 1_200, 0, 0, 0, 0, 0, byServer, seesServer);
        Assert.Equal(TimeWaitJudge.Unseen, proof.State);
        Assert.StartsWith("The kernel aborted 1,200 sockets, ActorLoad closed 1,000 with linger zero", proof.Reason);
    }

    [Fact]
    public void Reason_of_a_pass_says_which_counts_agree()
    {
        Assert.Equal(
            "The kernel aborted 1,005 sockets for 1,000 closes with linger zero (5 more are other programs'), and no socket to the target went to TIME_WAIT.",
            Judge(1_000, 1_005, 0, 1, 0, 0, 0, 0, false).Reason);
    }

    [Fact]
    public void Reason_of_a_pass_says_how_many_aborts_may_be_the_servers() => Assert.Contains(
        "(300 more are the server's or other programs')", Judge(1_000, 1_000, 300, 0, 0, 0, 0, byServer: 300, seesServer: true).Reason, StringComparison.Ordinal);

    [Fact]
    public void Reason_of_a_pass_says_how_many_sockets_the_server_ended()
    {
        Assert.Equal(
            "The kernel aborted 700 sockets for 1,000 closes with linger zero (300 had been ended by the server), and no socket to the target went to TIME_WAIT.",
            Judge(1_000, 690, 10, 0, 0, 0, 0, 300, true).Reason);
    }

    [Fact]
    public void Proof_is_unseen_without_the_kernels_counts()
    {
        Assert.Equal((TimeWaitJudge.Unseen, "The kernel's counters were not seen."), Verdict(TimeWaitJudge.Judge(Client(10, 0), null)));
    }

    [Fact]
    public void Proof_is_unseen_without_socket_states()
    {
        var kernel = Kernel(10, 0, 0, null, seesServer: false);
        Assert.Equal((TimeWaitJudge.Unseen, "The states of the sockets to the target were not seen."), Verdict(TimeWaitJudge.Judge(Client(10, 0), kernel)));
    }

    [Fact]
    public void Proof_without_abort_counters_fails_only_if_sockets_are_left()
    {
        var clean = Kernel(0, 0, 0, new WatchedLevel(0, 0, 0), seesServer: false) with { Counters = new Dictionary<string, KernelCount>() };
        Assert.Equal((TimeWaitJudge.Unseen, "TCPAbortOnData and TCPAbortOnClose were not seen."), Verdict(TimeWaitJudge.Judge(Client(10, 0), clean)));
        var left = clean with { Target = Target(new WatchedLevel(0, 5, 5)) };
        Assert.Equal(TimeWaitJudge.Fail, TimeWaitJudge.Judge(Client(10, 0), left).State);
    }

    [Fact]
    public void Observer_connections_count_as_aborts_and_must_not_be_in_TIME_WAIT()
    {
        var left = Kernel(1_000, 0, 0, new WatchedLevel(0, 2, 2), seesServer: false);
        Assert.Equal(TimeWaitJudge.Fail, TimeWaitJudge.Judge(Client(1_000, 0), left, observersConnections: 2).State);

        var proof = TimeWaitJudge.Judge(Client(10, 0), Kernel(12, 0, 0, new WatchedLevel(0, 0, 0), seesServer: false), observersConnections: 2);
        Assert.Equal(TimeWaitJudge.Pass, proof.State);
        Assert.Contains("(2 more are the observers' or other programs')", proof.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TIME_WAIT_socket_from_an_unused_port_belongs_to_another_program()
    {
        var kernel = Kernel(503, 0, 0, new WatchedLevel(0, 2, 2), seesServer: false);
        Assert.Equal(TimeWaitJudge.Fail, TimeWaitJudge.Judge(Client(500, 0), kernel).State);

        var proof = TimeWaitJudge.Judge(Client(500, 0), kernel with { Target = kernel.Target! with { ForeignTimeWait = new(0, 2, 2) } });
        Assert.Equal(TimeWaitJudge.Pass, proof.State);
        Assert.EndsWith("and no socket of this run went to TIME_WAIT: the 2 sockets there are another program's (from a port that this run never used).", proof.Reason, StringComparison.Ordinal);

        var both = TimeWaitJudge.Judge(Client(500, 0), kernel with { Target = kernel.Target! with { ForeignTimeWait = new(0, 1, 1) } });
        Assert.Equal(TimeWaitJudge.Fail, both.State);
    }

    [Fact]
    public void Equal_aborts_and_closes_prove_the_same_where_the_kernel_chose_the_ports()
    {
        var proof = TimeWaitJudge.Judge(Client(500, 0), Kernel(500, 0, 0, new WatchedLevel(0, 1, 1), seesServer: false));
        Assert.Equal(TimeWaitJudge.Pass, proof.State);
        Assert.EndsWith("the 1 socket there is another program's (each of our closes was an abort).", proof.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Aborts_of_a_local_proxy_are_not_counted_against_ours()
    {
        var kernel = Kernel(800, 0, 0, new WatchedLevel(0, 0, 0), seesServer: true);
        Assert.Equal(TimeWaitJudge.Unseen, TimeWaitJudge.Judge(Client(400, 0), kernel).State);
        Assert.Equal(TimeWaitJudge.Pass, TimeWaitJudge.Judge(Client(400, 0), kernel, proxysConnections: 400).State);
    }

    private static (string, string) Verdict(TimeWaitProof proof) => (proof.State, proof.Reason);

    private static TimeWaitProof Judge(
        long closes, long onData, long onClose, double idle, long before, long peak, long after, long byServer, bool seesServer) =>
        TimeWaitJudge.Judge(Client(closes, byServer), Kernel(onData, onClose, idle, new WatchedLevel(before, peak, after), seesServer));

    private static ClientLedger Client(long closes, long byServer) =>
        new(closes + 5_000, closes - byServer, closes, closes, new Dictionary<string, long> { ["refused"] = 5_000 }, new Dictionary<string, long>());

    private static KernelLedger Kernel(long onData, long onClose, double idle, WatchedLevel? timeWait, bool seesServer) => new(
        10, 1, new Dictionary<string, KernelCount> { ["TCPAbortOnData"] = new(onData, idle), ["TCPAbortOnClose"] = new(onClose, 0) },
        new Dictionary<string, WatchedLevel>(), timeWait is null ? null : Target(timeWait), new Dictionary<string, string>(), seesServer);

    private static TargetSockets Target(WatchedLevel timeWait) => new(
        new Dictionary<string, WatchedLevel> { ["TIME-WAIT"] = timeWait }, new Dictionary<string, WatchedLevel>(), null, null);
}
