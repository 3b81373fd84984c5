using System.Collections.Concurrent;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>What the lane does when connections fail: by the rule of each cause.</summary>
public abstract class LaneSupervisionSpecs(string transport) : LaneKit(transport)
{
    [SkippableFact]
    public async Task A_refused_connection_is_retried_as_often_as_its_policy_says()
    {
        await using var peer = FaultPeer.ClosedPort();
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Restart(maxRetries: 3)));
        var ended = await RunBurstAsync(10);
        Assert.Equal((10, 10), (ended.Opened, ended.Failed));
        await AssertOutcomesAsync((Outcome.Refused, 10));
        Assert.Equal((40, 30, 40), (Total.Attempts, Total.Retries, Total.AttemptFailuresByName()["refused"]));
    }

    [SkippableFact]
    public async Task A_retry_that_succeeds_is_a_success()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            if (connection.Number % 2 == 1)
            {
                connection.Abort();
                return;
            }

            await connection.AnswerAsync(int.MaxValue, stop);
        });
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Restart(maxRetries: 100)), maxOpen: 1);
        for (var burst = 0; burst < 5; burst++)
        {
            Assert.Equal(1, (await RunBurstAsync(1, burst)).Succeeded);
        }

        await AssertOutcomesAsync((Outcome.Succeeded, 5));
        Assert.Equal((10, 5), (Total.Attempts, Total.Retries));
    }

    [SkippableFact]
    public async Task A_connection_that_was_cut_says_more_when_it_returns()
    {
        var setups = new ConcurrentQueue<string>();
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            if (connection.Number == 1)
            {
                connection.Abort(); // before it was of use: its next attempt is no return
                return;
            }

            for (var command = 0; command < 2; command++)
            {
                setups.Enqueue((await connection.ReadCommandAsync(stop))![0]);
            }

            await connection.SendAsync("+OK\r\n+OK\r\n", stop);
            if (connection.Number == 2)
            {
                await connection.ReadCommandAsync(stop);
                connection.Abort();
                return;
            }

            setups.Enqueue((await connection.ReadCommandAsync(stop))![0]);
            await connection.SendAsync("+OK\r\n", stop);
            await connection.AnswerAsync(1, stop);
        });
        var setup = SetupSettings.None with { Commands = [new("FIRST"), new("SECOND")], OnlyAfterReconnect = [new("AGAIN")] };
        StartLane([peer.EndPoint], Given.Connection("PING") with { Setup = setup }, Given.Policy(Given.Restart(maxRetries: 2)));
        Assert.Equal(1, (await RunBurstAsync(1)).Succeeded);
        Assert.Equal(["FIRST", "SECOND", "FIRST", "SECOND", "AGAIN"], setups);
        await AssertOutcomesAsync((Outcome.Succeeded, 1));
        Assert.Equal(1, Total.Cut);
    }

    [SkippableFact]
    public async Task Backoffs_grow_as_the_policy_says()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.ClosedPort();
        var backoff = new BackoffSettings(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), 2, Jitter: 0);
        var settings = Given.Connection("PING") with { ConnectTimeout = TimeSpan.FromHours(1) };
        var lane = StartLane([peer.EndPoint], settings, Given.Policy(Given.Restart(maxRetries: 4, backoff)), time: time);
        lane.Tell(new OpenBurst(0, 0, 1, TimeSpan.Zero));
        foreach (var seconds in new[] { 1, 2, 4, 5 })
        {
            await AwaitAssertAsync(() => Assert.Equal(TimeSpan.FromSeconds(seconds), time.NextAlarm), Given.Patience, TimeSpan.FromMilliseconds(10));
            time.Advance(TimeSpan.FromSeconds(seconds));
        }

        var ended = await EndedAsync();
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(12)), (ended.FirstStart, ended.EndedAt));
        await AssertOutcomesAsync((Outcome.Refused, 1));
    }

    [SkippableFact]
    public async Task Attempts_that_take_longer_than_the_window_use_up_the_retries()
    {
        var (time, limit) = (new ManualTime(), TimeSpan.FromSeconds(10));
        await using var peer = await FaultPeer.NotAcceptingAsync(); // SYNs are dropped
        var before = Connecting();
        var settings = Given.Connection("PING") with { ConnectTimeout = limit };
        var lane = StartLane([peer.EndPoint], settings, Given.Policy(Given.Restart(maxRetries: 3, within: limit)), time: time);
        lane.Tell(new OpenBurst(0, 0, 5, TimeSpan.Zero));
        for (var attempt = 0; attempt < 4; attempt++)
        {
            // All five must be under way, and on the loop's books, before their time is over.
            await UntilAsync(total => Failures(total, "connect-timeout") == 5 * attempt && Connecting() == before + 5);
            await Loop.OnLoopAsync(() => true);
            time.Advance(limit);
        }

        Assert.Equal(5, (await EndedAsync()).Failed);
        await AssertOutcomesAsync((Outcome.ConnectTimeout, 5));
        Assert.Equal((20, 15), (Total.Attempts, Total.Retries));

        int Connecting() => SocketTable.Read().CountTo(peer.EndPoint.Port, SocketState.SynSent);
    }

    [SkippableTheory]
    [InlineData(10, 1, 2, 4)]
    [InlineData(5, 1, 1, 1)]
    [InlineData(0, 1, 2, 4)]
    public async Task Held_connection_that_is_cut_each_time_uses_up_its_retries(int within, int first, int second, int third)
    {
        var time = new ManualTime();
        using var cut = new SemaphoreSlim(0);
        using var asked = new SemaphoreSlim(0);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            var command = await connection.ReadCommandAsync(stop);
            asked.Release();
            await cut.WaitAsync(stop);
            await connection.SendAsync(PeerConnection.ReplyTo(command!), stop);
            await connection.FinishAsync(stop);
        });
        var settings = Given.Connection("PING") with { Hold = TimeSpan.FromMinutes(1), ReplyTimeout = TimeSpan.FromHours(1) };
        var backoff = new BackoffSettings(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), 2, Jitter: 0);
        var rule = Given.Restart(maxRetries: 3, backoff, within: TimeSpan.FromSeconds(within));
        var lane = StartLane([peer.EndPoint], settings, Given.Policy(rule), time: time);
        lane.Tell(new OpenBurst(0, 0, 1, TimeSpan.Zero));
        foreach (var wait in new[] { first, second, third })
        {
            await CutAfterFiveSecondsAsync();
            await AwaitAssertAsync(() => Assert.Equal(TimeSpan.FromSeconds(wait), time.NextAlarm), Given.Patience, TimeSpan.FromMilliseconds(10));
            time.Advance(TimeSpan.FromSeconds(wait));
        }

        await CutAfterFiveSecondsAsync();
        Assert.Equal(1, (await EndedAsync()).Failed);
        await AssertOutcomesAsync((Outcome.PeerClosed, 1));
        Assert.Equal((4, 3), (Total.Attempts, Total.Retries));

        async Task CutAfterFiveSecondsAsync()
        {
            await asked.WaitAsync();
            time.Advance(TimeSpan.FromSeconds(5));
            cut.Release();
        }
    }

    [SkippableFact]
    public async Task Each_cause_has_a_rule_of_its_own()
    {
        await using var closed = FaultPeer.ClosedPort();
        await using var resetting = FaultPeer.Resetting(afterCommands: 1);
        var policy = Given.Policy(Given.Stop);
        policy = policy with { Rules = policy.Rules.SetItem(Outcome.Refused, Given.Restart(maxRetries: 2)) };
        StartLane([closed.EndPoint, resetting.EndPoint], Given.Connection("PING"), policy);
        await RunBurstAsync(10);
        await AssertOutcomesAsync((Outcome.Refused, 5), (Outcome.Reset, 5));
        Assert.Equal((20, 10), (Total.Attempts, Total.Retries));
    }

    [SkippableFact]
    public async Task Escalated_failure_reaches_the_parent_and_the_counts_stay_right()
    {
        await using var peer = FaultPeer.ClosedPort();
        await using var hanging = FaultPeer.Hanging();
        var lane = StartLane([peer.EndPoint, hanging.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop with { Directive = FailureDirective.Escalate }));
        lane.Tell(new OpenBurst(0, 0, 2, TimeSpan.Zero));
        await UntilAsync(total => total[Outcome.Refused] == 1);
        lane.Tell(Abort.Instance);
        var ended = await EndedAsync();
        Assert.Equal((2, 0, 1, 1), (ended.Opened, ended.Succeeded, ended.Failed, ended.Cancelled));
        Assert.IsType<ConnectionRefusedException>(Assert.Single(Escalated));
        await AssertOutcomesAsync((Outcome.Refused, 1), (Outcome.Cancelled, 1));
    }

    [SkippableFact]
    public async Task Bug_ends_only_its_connection_and_is_logged_once()
    {
        await using var peer = FaultPeer.Answering();
        StartLane([peer.EndPoint, new ThrowingEndPoint(hasFamily: false)], Given.Connection("PING"), Given.Policy(Given.Restart(maxRetries: 3)));
        await EventFilter.Exception<InvalidOperationException>(contains: "a connection crashed").ExpectAsync(1, TimeSpan.FromSeconds(20), async () =>
        {
            var ended = await RunBurstAsync(10);
            Assert.Equal((10, 5, 5), (ended.Opened, ended.Succeeded, ended.Failed));
        });
        await AssertOutcomesAsync((Outcome.Succeeded, 5), (Outcome.Crashed, 5));
        Assert.Equal((10, 0), (Total.Attempts, Total.Retries));
    }

    [SkippableFact]
    public async Task Ordinary_failures_are_not_logged()
    {
        await using var peer = FaultPeer.ClosedPort();
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Restart(maxRetries: 2)));
        await EventFilter.Exception<Exception>().ExpectAsync(0, async () => await RunBurstAsync(20));
        await AssertOutcomesAsync((Outcome.Refused, 20));
    }

    private static long Failures(Tally total, string cause) => total.AttemptFailuresByName().GetValueOrDefault(cause);
}

public sealed class LaneSupervisionOverRingSpecs() : LaneSupervisionSpecs(LoopsOf.Ring);

public sealed class LaneSupervisionOverSocketsSpecs() : LaneSupervisionSpecs(LoopsOf.Sockets);
