using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>An endpoint that is down is not hammered, and is not the run.</summary>
public abstract class LaneBreakerSpecs(string transport) : LaneKit(transport)
{
    private static readonly BreakerSettings _breaker = new(true, 0.9, TimeSpan.FromMinutes(10), 10);

    [SkippableFact]
    public async Task Breaker_trips_once_and_ends_all_attempts()
    {
        await using var peer = FaultPeer.ClosedPort();
        var lane = StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Restart(maxRetries: 1_000_000), _breaker));
        lane.Tell(new OpenBurst(0, 0, 1000, TimeSpan.Zero));
        var givenUp = await Parent.ExpectMsgAsync<EndpointGivenUp>(Given.Patience);
        Assert.Equal((3, $"{peer.EndPoint}"), (givenUp.Lane, givenUp.Endpoint));
        var tripped = await Parent.ExpectMsgAsync<BreakerTripped>(Given.Patience);
        Assert.Equal((3, givenUp.Reason), (tripped.Lane, tripped.Reason));
        Assert.Contains("10 of 10 attempts failed", tripped.Reason, StringComparison.Ordinal);
        lane.Tell(Abort.Instance);
        var ended = await EndedAsync();
        Assert.Equal((1000, ended.Opened), (ended.Planned, ended.Failed + ended.Cancelled));
        Assert.InRange(ended.Opened, 10, 1000);
        var total = await ReportAsync();
        Assert.Null(total.BrokenInvariant(ended: true));
        Assert.InRange(total.Retries, 0, 9); // those of the first nine failures that had begun when the tenth came
        Assert.InRange(total.AttemptFailuresByName()["refused"], 10, ended.Opened + total.Retries);
        Assert.Equal(1000 - ended.Opened, total.Dropped);

        lane.Tell(new OpenBurst(1, 0, 50, TimeSpan.Zero));
        var later = await EndedAsync();
        Assert.Equal((1, 0, 0), (later.Burst, later.Planned, later.Opened));
    }

    [SkippableFact]
    public async Task First_endpoint_takes_all_until_it_is_given_up_and_then_the_next()
    {
        await using var down = FaultPeer.ClosedPort();
        await using var well = FaultPeer.Answering();
        await using var spare = FaultPeer.Answering();
        var turns = EndpointTurns.For(EndpointOrder.First, [1, 0, 0], seed: 1, fleet: 0);
        var lane = StartLane([down.EndPoint, well.EndPoint, spare.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop, _breaker), turns: turns);
        lane.Tell(new OpenBurst(0, 0, 30, TimeSpan.Zero));
        Assert.Equal($"{down.EndPoint}", (await Parent.ExpectMsgAsync<EndpointGivenUp>(Given.Patience)).Endpoint);
        Assert.Equal((30, 0), await EndedAsync() is var first ? (first.Planned, first.Succeeded) : default);
        lane.Tell(new OpenBurst(1, 0, 150, TimeSpan.Zero) { Turn = 30 });
        Assert.Equal((150, 150), await EndedAsync() is var second ? (second.Planned, second.Succeeded) : default);
        await ReportAsync();
        Assert.Equal((30, 150, 0), (OfEndpoint(0).Planned, OfEndpoint(1).Planned, OfEndpoint(2).Planned));
    }

    [SkippableFact]
    public async Task Down_endpoint_is_given_up_and_the_others_continue()
    {
        await using var one = FaultPeer.Answering();
        await using var closed = FaultPeer.ClosedPort();
        await using var other = FaultPeer.Answering();
        var lane = StartLane([one.EndPoint, closed.EndPoint, other.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop, _breaker));
        lane.Tell(new OpenBurst(0, 0, 90, TimeSpan.Zero));
        var givenUp = await Parent.ExpectMsgAsync<EndpointGivenUp>(Given.Patience);
        Assert.Equal($"{closed.EndPoint}", givenUp.Endpoint);
        var first = await EndedAsync(); // and nothing else: the breaker has not ended the run
        Assert.Equal((90, 60), (first.Planned, first.Succeeded));
        lane.Tell(new OpenBurst(1, 0, 90, TimeSpan.Zero) { Turn = 90 });
        var second = await EndedAsync();
        Assert.Equal((90, 60, 60, 0), (second.Planned, second.Opened, second.Succeeded, second.Failed));
        var total = await ReportAsync();
        Assert.Null(total.BrokenInvariant(ended: true));
        Assert.Equal((180, 120), (total.Planned, total[Outcome.Succeeded]));
        Assert.Equal((60, 0, 60), (OfEndpoint(0).Planned, OfEndpoint(0).Dropped, OfEndpoint(0)[Outcome.Succeeded]));
        Assert.Equal((60, total.Dropped, total.Dropped), (OfEndpoint(1).Planned, OfEndpoint(1).Dropped, OfEndpoint(1).Avoided));
        Assert.Equal(60 - OfEndpoint(1).Dropped, OfEndpoint(1)[Outcome.Refused]);
        Assert.InRange(OfEndpoint(1)[Outcome.Refused], 10, 30);
    }

    [SkippableFact]
    public async Task Run_ends_when_every_endpoint_is_given_up()
    {
        await using var one = FaultPeer.ClosedPort();
        await using var other = FaultPeer.ClosedPort();
        var lane = StartLane([one.EndPoint, other.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop, _breaker));
        lane.Tell(new OpenBurst(0, 0, 100, TimeSpan.Zero));
        var givenUp = new[] { await Parent.ExpectMsgAsync<EndpointGivenUp>(Given.Patience), await Parent.ExpectMsgAsync<EndpointGivenUp>(Given.Patience) };
        Assert.Equal(new HashSet<string> { $"{one.EndPoint}", $"{other.EndPoint}" }, givenUp.Select(endpoint => endpoint.Endpoint).ToHashSet());
        Assert.Equal("breaker: each of the 2 endpoints was given up", (await Parent.ExpectMsgAsync<BreakerTripped>(Given.Patience)).Reason);
    }

    [SkippableFact]
    public async Task Waiting_connection_ends_with_its_last_failure_when_its_endpoint_is_given_up()
    {
        var time = new ManualTime();
        await using var closed = FaultPeer.ClosedPort();
        await using var well = FaultPeer.Answering();
        var backoff = new BackoffSettings(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1, Jitter: 0);
        var settings = Given.Connection("PING") with { ConnectTimeout = TimeSpan.FromHours(1), ReplyTimeout = TimeSpan.FromHours(1) };
        var lane = StartLane([closed.EndPoint, well.EndPoint], settings, Given.Policy(Given.Restart(maxRetries: 100, backoff), _breaker), time: time);
        lane.Tell(new OpenBurst(0, 0, 20, TimeSpan.Zero));
        await Parent.ExpectMsgAsync<EndpointGivenUp>(Given.Patience); // by the tenth of ten: nine wait
        await UntilAsync(total => total[Outcome.Succeeded] == 10);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((10, 10), ((await EndedAsync()) is var ended ? ended.Succeeded : 0, ended.Failed));
        await AssertOutcomesAsync((Outcome.Succeeded, 10), (Outcome.Refused, 10));
        Assert.Equal((20, 0, 10), (Total.Attempts, Total.Retries, Total.AttemptFailuresByName()["refused"]));
    }

    [SkippableFact]
    public async Task Early_rejections_do_not_end_a_burst_that_mostly_succeeds()
    {
        const int All = 31;
        const int Rejected = 12;
        var (connected, rejected) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (missing, left) = (All, Rejected);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            if (Interlocked.Decrement(ref missing) == 0)
            {
                connected.SetResult();
            }

            await connected.Task.WaitAsync(stop);
            if (connection.Number <= Rejected)
            {
                await connection.ReadCommandAsync(stop);
                await connection.SendAsync("-ERR max number of clients reached\r\n", stop);
                if (Interlocked.Decrement(ref left) == 0)
                {
                    rejected.SetResult();
                }

                return;
            }

            await rejected.Task.WaitAsync(stop);
            await connection.AnswerAsync(int.MaxValue, stop);
        });
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop, _breaker));
        var ended = await RunBurstAsync(All); // and no message before it: the breaker is closed
        Assert.Equal((All - Rejected, Rejected), (ended.Succeeded, ended.Failed));
    }

    [SkippableFact]
    public async Task Connections_are_given_to_targets_in_turn_over_all_bursts()
    {
        await using var one = FaultPeer.Answering();
        await using var other = FaultPeer.Answering();
        var lane = StartLane([one.EndPoint, other.EndPoint, one.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        for (var burst = 0; burst < 9; burst++)
        {
            lane.Tell(new OpenBurst(burst, 0, 1, TimeSpan.Zero) { Turn = burst });
            Assert.Equal(1, (await EndedAsync()).Succeeded);
        }

        await ReportAsync();
        Assert.Equal((6, 3), (OfEndpoint(0)[Outcome.Succeeded], OfEndpoint(1)[Outcome.Succeeded])); // one that is named twice has two turns
        Assert.Equal((6, 3), (one.Accepted, other.Accepted));
    }

    [SkippableFact]
    public async Task Burst_that_reached_no_endpoint_reports_whether_each_was_tried()
    {
        await using var closed = FaultPeer.ClosedPort();
        await using var well = FaultPeer.Answering();
        var lane = StartLane([closed.EndPoint, well.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        lane.Tell(new OpenBurst(0, 0, 1, TimeSpan.Zero));
        var first = await EndedAsync();
        Assert.Equal((true, true), (first.NeverReached, first.HasUntriedEndpoint));
        lane.Tell(new OpenBurst(1, 0, 1, TimeSpan.Zero) { Turn = 1 });
        var second = await EndedAsync();
        Assert.Equal((false, false), (second.NeverReached, second.HasUntriedEndpoint));
    }
}

public sealed class LaneBreakerOverRingSpecs() : LaneBreakerSpecs(LoopsOf.Ring);

public sealed class LaneBreakerOverSocketsSpecs() : LaneBreakerSpecs(LoopsOf.Sockets);
