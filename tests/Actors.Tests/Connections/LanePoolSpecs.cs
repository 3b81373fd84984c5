using System.Collections.Concurrent;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Transport;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>Bursts that take over what earlier bursts left idle.</summary>
public abstract class LanePoolSpecs(string transport) : LaneKit(transport)
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [SkippableFact]
    public async Task Burst_takes_over_idle_connections_and_opens_what_is_missing()
    {
        await using var peer = FaultPeer.Answering();
        var lane = StartLane([peer.EndPoint], Pooled(), Given.Policy(Given.Stop));
        Assert.Equal((10, 0), Started(await RunBurstAsync(10)));
        Assert.Equal((15, 10), Started(await RunBurstAsync(15, burst: 1)));
        Assert.Equal((5, 5), Started(await RunBurstAsync(5, burst: 2)));

        await UntilAsync(total => total.Pool?.Idle == 15);
        Assert.Equal((15, 15, 30, 15), (Total.Opened, Total.Reused, Total.Uses, peer.Accepted));
        Assert.Equal((15, 15, 0), (Total.Attempts, Total.Established, Total.Connected));
        await EndAsync(lane, (PoolEnd.RunOver, 15));
        Assert.Equal(15, Total.AbortiveCloses);
        await AssertOutcomesAsync((Outcome.Succeeded, 30));
        Assert.Equal(30, Total.Latency(succeeded: true)["first-reply"].Count);
        Assert.Equal(15, PeakOpen);
    }

    [SkippableFact]
    public async Task At_most_max_idle_connections_stay()
    {
        await using var peer = FaultPeer.Answering();
        var lane = StartLane([peer.EndPoint], Pooled(maxIdle: 4), Given.Policy(Given.Stop));
        await RunBurstAsync(10);
        Assert.Equal((10, 4), Started(await RunBurstAsync(10, burst: 1)));
        await EndAsync(lane, (PoolEnd.Surplus, 12), (PoolEnd.RunOver, 4));
        Assert.Equal((16, 16), (Total.AbortiveCloses, peer.Accepted));
    }

    [SkippableFact]
    public async Task Connection_that_was_idle_for_too_long_is_closed()
    {
        var time = new ManualTime();
        var ends = new Ends();
        await using var peer = ends.AnsweringPeer();
        var lane = StartLane([peer.EndPoint], Pooled(idleTimeout: 3 * _minute), Given.Policy(Given.Stop), time: time);
        await RunBurstAsync(2);
        time.Advance(2 * _minute);
        await RunBurstAsync(1, burst: 1); // one of them is used again
        time.Advance(_minute);
        await ends.FirstAsync();
        await UntilAsync(total => total.Pool?.Idle == 1);
        time.Advance(2 * _minute);
        await ends.FirstAsync();
        await EndAsync(lane, (PoolEnd.IdleTimeout, 2));
    }

    [SkippableTheory]
    [InlineData(0, "GET GET")]
    [InlineData(1, "GET PING GET")]
    public async Task Connection_that_was_idle_for_long_answers_a_PING_first(int minutes, string said)
    {
        var time = new ManualTime();
        var commands = new ConcurrentQueue<string>();
        await using var peer = Recording(commands);
        var lane = StartLane([peer.EndPoint], Pooled(testIdle: _minute, script: "GET a"), Given.Policy(Given.Stop), time: time);
        await RunBurstAsync(1);
        time.Advance(minutes * _minute);
        Assert.Equal((1, 1), Started(await RunBurstAsync(1, burst: 1)));
        Assert.Equal(said, string.Join(' ', commands));
        await EndAsync(lane, (PoolEnd.RunOver, 1));
    }

    [SkippableTheory]
    [InlineData(CloseMode.Quit)]
    [InlineData(CloseMode.HalfClose)]
    [InlineData(CloseMode.Abandon)]
    public async Task Surplus_connection_parts_after_its_hold(CloseMode close)
    {
        await using var peer = FaultPeer.Answering();
        var leaving = Given.Closing(close);
        StartLane([peer.EndPoint], leaving with { Hold = Given.Briefly, CloseTimeout = Given.Briefly, Pool = Pooled(maxIdle: 1).Pool }, Given.Policy(Given.Stop));
        await RunBurstAsync(3);
        await UntilAsync(total => total.Pool?.Idle == 1);
        Assert.Equal((3, 2), (Total[Outcome.Succeeded], Total.Closes!.Values.Sum()));
    }

    [SkippableFact]
    public async Task Idle_connection_is_closed_in_time_while_its_burst_goes_on()
    {
        var time = new ManualTime();
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await (connection.Number == 1 ? slow.Task.WaitAsync(stop) : Task.CompletedTask);
            await connection.AnswerAsync(int.MaxValue, stop);
        });
        StartLane(
            [peer.EndPoint], Pooled(idleTimeout: _minute) with { ReplyTimeout = TimeSpan.FromHours(1) }, Given.Policy(Given.Stop), time: time);
        var burst = RunBurstAsync(3);
        await UntilAsync(total => total.Pool?.Idle == 2);
        time.Advance(_minute);
        await UntilAsync(total => total.Pool?.Idle == 0);
        slow.SetResult();
        Assert.Equal(3, (await burst).Succeeded);
    }

    [SkippableFact]
    public async Task Answer_to_the_test_may_come_in_pieces_after_a_push()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await connection.ReadCommandAsync(stop);
            await connection.SendAsync(">2\r\n$10\r\ninvalidate\r\n*0\r\n+PO", stop);
            await Task.Yield();
            await connection.SendAsync("NG\r\n", stop);
            await connection.AnswerAsync(int.MaxValue, stop);
        });
        StartLane([peer.EndPoint], Pooled(testIdle: _minute, script: "GET a"), Given.Policy(Given.Stop), time: time);
        await RunBurstAsync(1);
        time.Advance(_minute);
        Assert.Equal((1, 1), Started(await RunBurstAsync(1, burst: 1)));
        Assert.Equal(1, peer.Accepted);
    }

    [SkippableFact]
    public async Task Use_of_a_reused_connection_is_no_failed_attempt()
    {
        var commands = new ConcurrentQueue<string>();
        await using var peer = Recording(commands, word: 1);
        StartLane([peer.EndPoint], Pooled(script: "ECHO {attempt}"), Given.Policy(Given.Stop));
        await RunBurstAsync(1);
        await RunBurstAsync(1, burst: 1);
        Assert.Equal(["0", "0"], commands);
    }

    [SkippableTheory]
    [InlineData("closes", PoolEnd.PeerClosed)]
    [InlineData("resets", PoolEnd.Reset)]
    [InlineData("-LOADING the dataset\r\n", PoolEnd.Unasked)]
    public async Task Idle_connection_that_the_server_ends_leaves_the_pool_at_once(string how, PoolEnd end)
    {
        var isIdle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await isIdle.Task.WaitAsync(stop);
            switch (connection.Number, how)
            {
                case (1, "closes"): await connection.FinishAsync(stop); break;
                case (1, "resets"): connection.Abort(); return;
                case (1, _): await connection.SendAsync(how, stop); break;
            }

            await connection.AnswerAsync(int.MaxValue, stop);
        });
        var lane = StartLane([peer.EndPoint], Pooled(), Given.Policy(Given.Stop));
        await RunBurstAsync(1);
        isIdle.SetResult();
        await UntilAsync(total => total.Pool?.Idle == 0);
        Assert.Equal(1, Total.Pool!.Closed[end.Word()]);
        Assert.Equal((1, 0), Started(await RunBurstAsync(1, burst: 1)));
        Assert.Equal((1, 1), Started(await RunBurstAsync(1, burst: 2)));
        await EndAsync(lane, (end, 1), (PoolEnd.RunOver, 1));
        Assert.Equal((2, 1, 0, 2), (Total.Opened, Total.Reused, Total.Pool!.Replaced, Total.Attempts));
        Assert.Equal((end == PoolEnd.Reset ? 1 : 2, end == PoolEnd.PeerClosed ? 1 : 0), (Total.AbortiveCloses, Total.Sockets().PeerFinishes));
        await AssertOutcomesAsync((Outcome.Succeeded, 3));
    }

    [SkippableFact]
    public async Task Borrowed_connection_sends_a_long_script_beside_its_receive()
    {
        await using var peer = FaultPeer.Answering();
        var settings = Pooled(script: ["SET a {payload:1000000}", "GET a"]);
        settings = settings with { Socket = settings.Socket with { Options = [SocketOption.SendBuffer("", 4_608)] } };
        var lane = StartLane([peer.EndPoint], settings, Given.Policy(Given.Stop));
        await RunBurstAsync(3);
        Assert.Equal((3, 3), Started(await RunBurstAsync(3, burst: 1)));
        await EndAsync(lane, (PoolEnd.RunOver, 3));
        await AssertOutcomesAsync((Outcome.Succeeded, 6));
    }

    [SkippableTheory]
    [InlineData("closes after the next command")]
    [InlineData("resets after the next command")]
    public async Task Borrowed_connection_that_the_server_has_ended_is_replaced(string how)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            if (connection.Number == 1)
            {
                await connection.ReadCommandAsync(stop);
                var ending = how[0] == 'c' ? connection.FinishAsync(stop) : Task.CompletedTask;
                if (how[0] == 'r')
                {
                    connection.Abort();
                }

                await ending; // the client reads the end first
                return;
            }

            await connection.AnswerAsync(int.MaxValue, stop);
        });
        var lane = StartLane([peer.EndPoint], Pooled(), Given.Policy(Given.Stop));
        await RunBurstAsync(1);
        Assert.Equal((1, 0), Started(await RunBurstAsync(1, burst: 1)));
        Assert.Equal((1, 1), Started(await RunBurstAsync(1, burst: 2)));
        await EndAsync(lane, (PoolEnd.Stale, 1), (PoolEnd.RunOver, 1));
        Assert.Equal((2, 1, 1, 2), (Total.Opened, Total.Reused, Total.Pool!.Replaced, Total.Attempts));
        await AssertOutcomesAsync((Outcome.Succeeded, 3));
        Assert.Equal(3, Total.Latency(succeeded: true)["start-lag"].Count);
    }

    [SkippableTheory]
    [InlineData("-LOADING the dataset\r\n")]
    [InlineData("")]
    public async Task Connection_without_an_answer_to_its_PING_is_replaced(string answer)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            if (connection.Number == 1)
            {
                await connection.ReadCommandAsync(stop);
                await connection.SendAsync(answer, stop);
                await connection.DrainAsync(stop);
            }

            await connection.AnswerAsync(int.MaxValue, stop);
        });
        var settings = Pooled(testIdle: TimeSpan.Zero) with { ReplyTimeout = TimeSpan.FromMilliseconds(500) };
        var lane = StartLane([peer.EndPoint], settings, Given.Policy(Given.Stop));
        await RunBurstAsync(1);
        Assert.Equal((1, 0), Started(await RunBurstAsync(1, burst: 1)));
        await EndAsync(lane, (PoolEnd.Stale, 1), (PoolEnd.RunOver, 1));
        await AssertOutcomesAsync((Outcome.Succeeded, 2));
    }

    [SkippableFact]
    public async Task Failure_after_the_first_reply_is_the_use_s_own()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(3, stop);
            connection.Abort();
        });
        var lane = StartLane([peer.EndPoint], Pooled(script: ["GET a", "GET b"]), Given.Policy(Given.Restart(1)));
        await RunBurstAsync(1);
        Assert.Equal((1, 1), Started(await RunBurstAsync(1, burst: 1)));
        await EndAsync(lane, (PoolEnd.RunOver, 1));
        Assert.Equal((1, 1, 1, 2, 0), (Total.Opened, Total.Reused, Total.Retries, Total.Attempts, Total.Pool!.Replaced));
        await AssertOutcomesAsync((Outcome.Succeeded, 2));
    }

    [SkippableFact]
    public async Task Idle_connections_count_for_max_open_and_make_room_for_another_endpoint()
    {
        var answers = new SemaphoreSlim(2);
        await using var here = FaultPeer.Scripted(async (connection, stop) =>
        {
            while (await connection.ReadCommandAsync(stop) is not null)
            {
                await answers.WaitAsync(stop);
                await connection.SendAsync("+PONG\r\n", stop);
            }
        });
        await using var there = FaultPeer.Answering();
        var lane = StartLane([here.EndPoint, there.EndPoint], Pooled(), Given.Policy(Given.Stop), maxOpen: 2);
        await RunBurstAsync(2); // one to each; the next answer here is the last one for now
        await UntilAsync(total => total.Pool?.Idle == 2);
        await answers.WaitAsync();
        lane.Tell(new OpenBurst(1, 0, 1, TimeSpan.Zero)); // takes the idle one here
        lane.Tell(new OpenBurst(2, 0, 1, TimeSpan.Zero)); // needs another one here: the one there has to close
        lane.Tell(new OpenBurst(3, 0, 1, TimeSpan.Zero)); // two are in use here
        await here.AcceptedAsync(2);
        answers.Release(2);
        var ended = new[] { await EndedAsync(), await EndedAsync(), await EndedAsync() };
        Assert.Equal([0, 1, 1], ended.Select(share => share.Succeeded).Order());
        await EndAsync(lane, (PoolEnd.MadeRoom, 1), (PoolEnd.RunOver, 2));
        Assert.Equal((3, 1, 1), (Total.Opened, Total.Reused, Total.Dropped));
    }

    [SkippableFact]
    public async Task Stopped_run_closes_idle_connections()
    {
        var ends = new Ends();
        await using var peer = ends.AnsweringPeer();
        var lane = StartLane([peer.EndPoint], Pooled(), Given.Policy(Given.Stop));
        await RunBurstAsync(5);
        lane.Tell(Abort.Instance);
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, await ends.FirstAsync(5));
        await EndAsync(lane, (PoolEnd.RunOver, 5));
        await AssertOutcomesAsync((Outcome.Succeeded, 5));
    }

    [SkippableFact]
    public async Task Held_connection_becomes_idle_after_its_hold_unless_the_server_ends_it_meanwhile()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await (connection.Number == 1 ? connection.FinishAsync(stop) : Task.CompletedTask);
            await connection.AnswerAsync(int.MaxValue, stop);
        });
        var lane = StartLane([peer.EndPoint], Pooled() with { Hold = Given.Briefly }, Given.Policy(Given.Stop));
        Assert.Equal(1, (await RunBurstAsync(1)).Failed);
        await RunBurstAsync(1, burst: 1);
        Assert.Equal((1, 1), Started(await RunBurstAsync(1, burst: 2)));
        await EndAsync(lane, (PoolEnd.RunOver, 1));
        await AssertOutcomesAsync((Outcome.PeerClosed, 1), (Outcome.Succeeded, 2));
    }

    private static (int All, int Reused) Started(BurstShareEnded share) => (share.Opened, share.Reused!.Value);

    // The last report, as a load supervisor asks for it.
    private async Task EndAsync(IActorRef lane, params (PoolEnd End, long Count)[] closed)
    {
        lane.Tell(new ReportTally(0) { IsLast = true });
        var reported = await Metrics.ExpectMsgAsync<MetricsProtocol.TallyReported>(Given.Patience);
        foreach (var tally in reported.Tallies.SelectMany(phase => phase.Endpoints))
        {
            Total.Add(tally);
        }

        Assert.Null(Total.BrokenInvariant(ended: true));
        Assert.Equal((0, true), (Total.Pool!.Idle, Total.Pool.CloseMillis >= 0));
        Assert.Equal(closed.ToDictionary(end => end.End.Word(), end => end.Count), Total.Pool.Closed);
    }

    private static ConnectionSettings Pooled(
        int maxIdle = 9_000, TimeSpan? idleTimeout = null, TimeSpan? testIdle = null, params string[] script) =>
        Given.Connection(script.Length > 0 ? script : ["PING"]) with
        {
            Pool = new PoolSettings(maxIdle, idleTimeout ?? TimeSpan.Zero, testIdle ?? TimeSpan.FromHours(1)),
        };

    private static FaultPeer Recording(ConcurrentQueue<string> commands, int word = 0) => FaultPeer.Scripted(async (connection, stop) =>
    {
        while (await connection.ReadCommandAsync(stop) is { } command)
        {
            commands.Enqueue(command[word]);
            await connection.SendAsync(PeerConnection.ReplyTo(command), stop);
        }
    });
}

public sealed class LanePoolOverRingSpecs() : LanePoolSpecs(LoopsOf.Ring);

public sealed class LanePoolOverSocketsSpecs() : LanePoolSpecs(LoopsOf.Sockets);
