using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Resp;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>What a lane tells of connections while they are open: a herd that holds, is cut, and comes back.</summary>
public abstract class LaneHerdSpecs(string transport) : LaneKit(transport)
{
    private const int Herd = 5;

    private static readonly TimeSpan _day = TimeSpan.FromDays(1);
    private static readonly BackoffSettings _oneSecond = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1, Jitter: 0);

    [SkippableFact]
    public async Task Steps_of_holding_connections_are_known_during_the_hold()
    {
        await using var peer = FaultPeer.Answering();
        Begin(Herd, StartLane([peer.EndPoint], Holding("PING", "GET foo"), Given.Policy(Given.Stop)));
        await UntilAsync(total => Count(total, "script") == Herd);

        Assert.Equal((Herd, Herd, Herd, Herd, 0), (Total.Open, Total.Connected, Total.Established, Total.Answered, Total.Waiting));
        Assert.All(new[] { "start-lag", "connect", "first-reply", "script", "total" }, step => Assert.Equal(Herd, Count(Total, step)));
        Assert.Equal(3 * Herd, Count(Total, "loop-lag")); // before the SYN and before each of the two commands
        Assert.Empty(Total.OutcomesByName());
        Assert.Empty(Total.Latency(succeeded: false));
    }

    [SkippableFact]
    public async Task Setup_has_a_histogram_of_its_own_and_answers_a_connection_once()
    {
        await using var peer = FaultPeer.Answering();
        Credentials = new Credentials("me", "hunter2");
        Begin(Herd, StartLane([peer.EndPoint], Holding("PING"), Given.Policy(Given.Stop)));
        await UntilAsync(total => Count(total, "script") == Herd);

        Assert.Equal((Herd, Herd), (Total.Established, Total.Answered));
        Assert.All(new[] { "setup", "first-reply", "script", "total" }, step => Assert.Equal(Herd, Count(Total, step)));
        Assert.Equal(3 * Herd, Count(Total, "loop-lag")); // before the SYN, AUTH and PING
    }

    [SkippableFact]
    public async Task Connection_that_is_reset_after_its_first_reply_was_cut()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            connection.Abort();
        });
        Begin(Herd, StartLane([peer.EndPoint], Given.Connection("PING", "PING"), Given.Policy(Given.Stop)));
        await EndedAsync();

        await AssertOutcomesAsync((Outcome.Reset, Herd));
        Assert.Equal((Herd, Herd), (Total.Answered, Total.Cut));
    }

    [SkippableFact]
    public async Task Connection_that_is_reset_after_its_setup_was_answered_and_cut()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            connection.Abort();
        });
        Credentials = new Credentials("me", "hunter2");
        Begin(Herd, StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop)));
        await EndedAsync();

        await AssertOutcomesAsync((Outcome.Reset, Herd));
        Assert.Equal((Herd, Herd, 0), (Total.Answered, Total.Cut, Count(Total, "first-reply")));
    }

    [SkippableFact]
    public async Task Connection_without_a_script_counts_as_connected_once_established()
    {
        await using var peer = FaultPeer.Answering();
        Begin(Herd, StartLane([peer.EndPoint], Holding(), Given.Policy(Given.Stop)));
        await UntilAsync(total => total.Connected == Herd);

        Assert.Equal(0, Total.Answered);
        Assert.All(new[] { "connect", "total" }, step => Assert.Equal(Herd, Count(Total, step)));
    }

    [SkippableFact]
    public async Task Herd_is_counted_when_it_reconnects()
    {
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = CuttingPeer(cut);
        Begin(Herd, StartLane([peer.EndPoint], Holding("PING"), Given.Policy(Given.Restart(maxRetries: 3))));
        await UntilAsync(total => total.Answered == Herd);
        Assert.Equal((Herd, 0, 0, 0), (Total.Attempts, Total.Retries, Total.Cut, Count(Total, "recovery")));

        cut.SetResult();
        await UntilAsync(total => total.Answered == 2 * Herd);

        Assert.Equal((2 * Herd, Herd, Herd, Herd), (Total.Attempts, Total.Retries, Total.Cut, Count(Total, "recovery")));
        Assert.Equal((Herd, Herd, 2 * Herd, 0), (Total.Open, Total.Connected, Total.Established, Total.Waiting));
        Assert.Equal(Herd, Count(Total, "total")); // of each client once, without its hold
        Assert.Empty(Total.OutcomesByName());
    }

    [SkippableFact]
    public async Task Recovery_lasts_from_the_cut_to_the_next_first_reply()
    {
        var (time, cut) = (new ManualTime(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var peer = CuttingPeer(cut);
        Begin(Herd, StartLane([peer.EndPoint], Holding("PING"), Given.Policy(Given.Restart(maxRetries: 3, _oneSecond)), time: time));
        await UntilAsync(total => total.Answered == Herd);
        time.Advance(TimeSpan.FromSeconds(10)); // of hold
        cut.SetResult();
        await UntilAsync(total => total.Waiting == Herd);
        Assert.Equal((Herd, 0), (Total.Open, Total.Connected));
        time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(total => total.Answered == 2 * Herd);

        Assert.Equal((Herd, 1_000_000, 0), (Count(Total, "recovery"), Exact(Total.Latency(succeeded: true)["recovery"].P50), Total.Waiting));
    }

    [SkippableFact]
    public async Task Total_of_a_held_and_cut_connection_leaves_out_its_hold()
    {
        var (time, cut) = (new ManualTime(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var peer = CuttingPeer(cut);
        Begin(Herd, StartLane([peer.EndPoint], Holding("PING"), Given.Policy(Given.Stop), time: time));
        await UntilAsync(total => total.Answered == Herd);
        time.Advance(TimeSpan.FromSeconds(10));
        cut.SetResult();
        Assert.Equal(Herd, (await EndedAsync()).Failed);
        await AssertOutcomesAsync((Outcome.Reset, Herd));

        Assert.InRange(Total.Latency(succeeded: false)["total"].Max, 1, 999);
        Assert.Equal(Herd, Total.Cut);
    }

    [SkippableFact]
    public async Task A_client_that_waits_for_its_next_attempt_has_no_socket()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.ClosedPort();
        var backoff = new BackoffSettings(TimeSpan.FromHours(1), TimeSpan.FromHours(1), 1, Jitter: 0);
        var lane = StartLane([peer.EndPoint], Holding("PING"), Given.Policy(Given.Restart(maxRetries: 3, backoff)), time: time);
        for (var burst = 0; burst < 4; burst++)
        {
            lane.Tell(new OpenBurst(burst, 0, Herd, TimeSpan.Zero));
            await UntilAsync(total => total.Waiting == (burst + 1) * Herd);
        }

        Assert.Equal((4 * Herd, 4 * Herd), (Total.Open, Total.Waiting));
        Assert.InRange(PeakOpen, 1, Herd);

        lane.Tell(Abort.Instance);
        await UntilAsync(total => total.Open == 0);
        Assert.Equal((0, 0), (Total.Waiting, Total.Retries)); // an attempt that never began is none
    }

    [SkippableFact]
    public async Task Unreachable_endpoint_is_absent_from_its_first_failure_to_its_last()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.ClosedPort();
        Begin(Herd, StartLane([peer.EndPoint], Holding("PING"), Given.Policy(Given.Restart(maxRetries: 9, _oneSecond)), time: time));
        for (var second = 1; second <= 3; second++)
        {
            await UntilAsync(total => total.Waiting == Herd && total.AttemptFailuresByName().GetValueOrDefault("refused") == second * Herd);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        await UntilAsync(total => total.AttemptFailuresByName().GetValueOrDefault("refused") == 4 * Herd);
        Assert.Equal(new Absence(peer.Target, 0, 3), Assert.Single(Total.Sockets().Absences));
    }

    private static long Count(Tally total, string step) => total.Latency(succeeded: true).TryGetValue(step, out var summary) ? summary.Count : 0;

    // To three digits, as the histogram keeps it.
    private static long Exact(long micros) => (long)Math.Round(micros / 10_000.0) * 10_000;

    private static ConnectionSettings Holding(params string[] script) => Given.Connection(script) with { Hold = _day };

    // Answers all, resets the first herd when it is told to, and keeps the second.
    private static FaultPeer CuttingPeer(TaskCompletionSource cut) => FaultPeer.Scripted(async (connection, stop) =>
    {
        await connection.AnswerAsync(1, stop);
        if (connection.Number > Herd)
        {
            await connection.DrainAsync(stop);
            return;
        }

        await cut.Task.WaitAsync(stop);
        connection.Abort();
    });

    private static void Begin(int connections, IActorRef lane) => lane.Tell(new OpenBurst(0, 0, connections, TimeSpan.Zero));
}

public sealed class LaneHerdOverRingSpecs() : LaneHerdSpecs(LoopsOf.Ring);

public sealed class LaneHerdOverSocketsSpecs() : LaneHerdSpecs(LoopsOf.Sockets);
