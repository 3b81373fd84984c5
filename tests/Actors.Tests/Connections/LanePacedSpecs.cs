using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>What a lane opens in a phase of a rate or a population, and what it does when connections fail.</summary>
public abstract class LanePacedSpecs(string transport) : LaneKit(transport)
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    [SkippableFact]
    public async Task Lane_opens_its_part_of_a_rate_when_it_is_due()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.Answering();
        var lane = Start(peer.EndPoint, Rate(10, 10 * _second), time);
        lane.Tell(new PacePhase(7, 0, 0, _second) { First = 1, Step = 4 });
        await AwaitAssertAsync(() => Assert.Equal(1.1 * _second, time.NextAlarm), Given.Patience, TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, (await ReportAsync()).Planned);

        time.Advance(1.1 * _second); // connection 1 is due; 5, 9, 13 ... follow each 0.4 s
        await UntilAsync(total => total.Planned == 1);
        time.Advance(_second); // 5 and 9
        await UntilAsync(total => total.Planned == 3);
        time.Advance(10 * _second);
        var ended = await EndedAsync();

        Assert.Equal((7, 25, 25, 25), (ended.Burst, ended.Planned, ended.Opened, ended.Succeeded));
        Assert.Equal(12.1 * _second, ended.EndedAt); // not before the phase is over
        await AssertOutcomesAsync((Outcome.Succeeded, 25));
        Assert.Equal(25, Total.Latency(succeeded: true)["start-lag"].Count);
    }

    [SkippableFact]
    public async Task Late_lane_opens_all_that_is_due_and_shows_how_late()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.Answering();
        var lane = Start(peer.EndPoint, Rate(200, _second), time);
        time.Advance(5 * _second); // the whole phase has passed

        lane.Tell(new PacePhase(0, 0, 0, TimeSpan.Zero));
        var ended = await EndedAsync();

        Assert.Equal((200, 200), (ended.Planned, ended.Succeeded));
        await ReportAsync();
        var lag = Total.Latency(succeeded: true)["start-lag"];
        Assert.InRange(lag.Max, 5_000_000, 5_010_000);
        Assert.InRange(lag.Min, 4_000_000, 4_010_000);
    }

    [SkippableFact]
    public async Task Abort_counts_what_was_due_and_opens_nothing_more()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.Hanging();
        var lane = Start(peer.EndPoint, Rate(100, 10 * _second), time);
        lane.Tell(new PacePhase(0, 0, 0, TimeSpan.Zero));
        await UntilAsync(total => total.Planned == 1);
        time.Advance(2 * _second);
        await UntilAsync(total => total.Opened == 201);

        lane.Tell(Abort.Instance);
        var ended = await EndedAsync();
        Assert.Equal((201, 201, 201), (ended.Planned, ended.Opened, ended.Cancelled));

        lane.Tell(new PacePhase(1, 0, 0, TimeSpan.Zero));
        Assert.Equal((1, 0, 0), await EndedAsync() is var next ? (next.Burst, next.Planned, next.Opened) : default);
        await AssertOutcomesAsync((Outcome.Cancelled, 201));
    }

    [SkippableFact]
    public async Task Place_of_a_population_that_is_cut_is_opened_again_by_the_policy_of_its_cause()
    {
        var time = new ManualTime();
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            if (connection.Number <= 5)
            {
                await cut.Task.WaitAsync(stop);
                connection.Abort();
            }
            else
            {
                await connection.DrainAsync(stop);
            }
        });
        var lane = Start(peer.EndPoint, Kept(5), time, Given.Restart(1));
        lane.Tell(new PacePhase(0, 0, 0, TimeSpan.Zero));
        time.Advance(_second);
        await UntilAsync(total => total.Connected == 5 && total.Latency(succeeded: true).ContainsKey("script"));

        cut.SetResult();
        await UntilAsync(total => total.Retries == 5 && total.Connected == 5);
        time.Advance(_hour);
        var ended = await EndedAsync();

        Assert.Equal((5, 5, 5, 0), (ended.Planned, ended.Opened, ended.Succeeded, ended.Failed));
        Assert.Equal(5, Total.Cut);
        await AssertOutcomesAsync((Outcome.Succeeded, 5));
    }

    [SkippableFact]
    public async Task Place_of_a_population_stays_empty_when_the_policy_says_stop()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.ClosedPort();
        var lane = Start(peer.EndPoint, Kept(5), time);
        lane.Tell(new PacePhase(0, 0, 0, TimeSpan.Zero));
        time.Advance(_second);
        await UntilAsync(total => total.Ended == 5);
        time.Advance(_hour);

        var ended = await EndedAsync();
        Assert.Equal((5, 5, 5), (ended.Planned, ended.Opened, ended.Failed));
        await AssertOutcomesAsync((Outcome.Refused, 5));
    }

    [SkippableFact]
    public async Task Client_that_waits_for_its_next_attempt_ends_with_its_failure_when_the_phase_is_over()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.ClosedPort();
        var lane = Start(peer.EndPoint, Kept(5), time, Given.Restart(9, new BackoffSettings(100 * _hour, 100 * _hour, 1, 0)));
        lane.Tell(new PacePhase(0, 0, 0, TimeSpan.Zero));
        time.Advance(_second);
        await UntilAsync(total => total.Waiting == 5);
        time.Advance(_hour);

        Assert.Equal(5, (await EndedAsync()).Failed);
        await AssertOutcomesAsync((Outcome.Refused, 5));
    }

    [SkippableFact]
    public async Task Connection_of_a_population_is_kept_for_longer_than_its_reply_may_take()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.Answering();
        var lane = StartLane(
            [peer.EndPoint], Given.Connection("PING") with { ReplyTimeout = _second, ConnectTimeout = 1_000 * _hour }, Given.Policy(Given.Stop), time: time,
            phase: Kept(5));
        lane.Tell(new PacePhase(0, 0, 0, TimeSpan.Zero));
        await UntilAsync(total => total.Opened >= 1);
        for (var tenth = 0; tenth < 100; tenth++)
        {
            time.Advance(_second / 10);
            await ReportAsync();
        }

        Assert.Equal((5, 5), (Total.Opened, Total.Connected));
        time.Advance(_hour);
        Assert.Equal(5, (await EndedAsync()).Succeeded);
    }

    private IActorRef Start(Endpoint target, PhaseSettings phase, TimeProvider time, FailureRule? rule = null) => StartLane(
        [target], Given.Connection("PING") with { ConnectTimeout = 1_000 * _hour, ReplyTimeout = 1_000 * _hour },
        Given.Policy(rule ?? Given.Stop), time: time, phase: phase);

    private static PacedSettings Rate(double rate, TimeSpan duration) =>
        new("day", LoadShape.Rate, new EvenArrivals(SegmentCurve.Constant(rate, duration)));

    private static PacedSettings Kept(int connections) =>
        new("pool", LoadShape.Population, new EvenArrivals(SegmentCurve.Constant(connections, _second)))
        {
            Duration = _hour,
            Population = new Population(connections, TimeSpan.Zero, 0, TimeSpan.Zero, 0),
        };
}

public sealed class LanePacedOverRingSpecs() : LanePacedSpecs(LoopsOf.Ring);

public sealed class LanePacedOverSocketsSpecs() : LanePacedSpecs(LoopsOf.Sockets);
