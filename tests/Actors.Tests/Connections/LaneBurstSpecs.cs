using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using Akka.Actor;
using Akka.Dispatch;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>When bursts begin, how many connections they get, and what an abort does to them.</summary>
public abstract class LaneBurstSpecs(string transport) : LaneKit(transport)
{
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    [SkippableFact]
    public async Task Burst_begins_when_it_is_due_and_reports_its_skew()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.Answering();
        var lane = StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), time: time);
        lane.Tell(new OpenBurst(0, 0, 3, _hour));
        await AwaitAssertAsync(() => Assert.Equal(_hour, time.NextAlarm), Given.Patience, TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, (await ReportAsync()).Planned);
        time.Advance(_hour);
        var ended = await EndedAsync();
        Assert.Equal((_hour, _hour, _hour), (ended.FirstStart, ended.LastStart, ended.EndedAt));
        await AssertOutcomesAsync((Outcome.Succeeded, 3));
    }

    [SkippableFact]
    public async Task Starts_lie_between_the_due_time_and_the_end()
    {
        await using var peer = FaultPeer.Answering();
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        var ended = await RunBurstAsync(200);
        Assert.True(ended.FirstStart > TimeSpan.Zero && ended.FirstStart < ended.LastStart && ended.LastStart < ended.EndedAt);
        await AssertOutcomesAsync((Outcome.Succeeded, 200));
    }

    [SkippableFact]
    public async Task An_empty_share_ends_at_once()
    {
        await using var peer = FaultPeer.Answering();
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        var ended = await RunBurstAsync(0);
        Assert.Equal((0, 0, null, null), (ended.Opened, ended.Succeeded, ended.FirstStart, ended.LastStart));
        Assert.Equal(0, (await ReportAsync()).Attempts);
    }

    [SkippableFact]
    public async Task Connections_beyond_max_open_are_dropped()
    {
        await using var peer = FaultPeer.Answering();
        var lane = StartLane([peer.EndPoint], Given.Connection("PING") with { Hold = _hour }, Given.Policy(Given.Stop), maxOpen: 10);
        lane.Tell(new OpenBurst(0, 0, 25, TimeSpan.Zero));
        await UntilAsync(total => total.Planned == 25);
        Assert.Equal((10, 15, 10), (Total.Opened, Total.Dropped, Total.Open));
        await peer.AcceptedAsync(10);
        lane.Tell(Abort.Instance);
        var ended = await EndedAsync();
        Assert.Equal((25, 10, 10), (ended.Planned, ended.Opened, ended.Cancelled));
        await AssertOutcomesAsync((Outcome.Cancelled, 10));
        Assert.Equal(10, peer.Accepted);
    }

    [SkippableFact]
    public async Task Overlapping_bursts_are_counted_separately_and_share_max_open()
    {
        var time = new ManualTime();
        await using var peer = FaultPeer.Answering();
        var settings = Given.Connection("PING") with { Hold = TimeSpan.FromSeconds(3), ConnectTimeout = _hour, ReplyTimeout = _hour };
        var lane = StartLane([peer.EndPoint], settings, Given.Policy(Given.Stop), maxOpen: 8, time: time);
        lane.Tell(new OpenBurst(0, 0, 5, TimeSpan.Zero));
        await UntilHoldingAsync(time, TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(1));
        lane.Tell(new OpenBurst(1, 0, 5, TimeSpan.FromSeconds(1)));
        await UntilAsync(total => total.Planned == 10);
        Assert.Equal((8, 2), (Total.Opened, Total.Dropped));
        await peer.AcceptedAsync(8);
        time.Advance(TimeSpan.FromSeconds(2));
        var first = await EndedAsync();
        Assert.Equal((0, 5, 5, 5), (first.Burst, first.Planned, first.Opened, first.Succeeded));
        Assert.Equal(TimeSpan.FromSeconds(3), first.EndedAt);
        lane.Tell(Abort.Instance);
        var second = await EndedAsync();
        Assert.Equal((1, 5, 3, 3), (second.Burst, second.Planned, second.Opened, second.Succeeded + second.Cancelled));
    }

    [SkippableFact]
    public async Task A_burst_that_is_aborted_before_it_is_due_ends_with_nothing_planned()
    {
        await using var peer = FaultPeer.Answering();
        var lane = StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        lane.Tell(new OpenBurst(0, 0, 10, _hour));
        lane.Tell(Abort.Instance);
        lane.Tell(new OpenBurst(1, 0, 10, TimeSpan.Zero));
        for (var burst = 0; burst < 2; burst++)
        {
            var ended = await EndedAsync();
            Assert.Equal((burst, 0, 0), (ended.Burst, ended.Planned, ended.Opened));
        }

        Assert.Equal(0, (await ReportAsync()).Planned);
        Assert.Equal(0, peer.Accepted);
    }

    [SkippableFact]
    public async Task Abort_during_opening_drops_the_connections_not_yet_open()
    {
        await using var peer = FaultPeer.Hanging();
        var lane = StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        using (var told = new ManualResetEventSlim())
        {
            // The loop waits until both are told, so that the abort comes between two chunks.
            Loop.Execute(new ActionRunnable(told.Wait));
            lane.Tell(new OpenBurst(0, 0, 3000, TimeSpan.Zero));
            lane.Tell(Abort.Instance);
            told.Set();
            await Loop.OnLoopAsync(() => { });
        }

        var ended = await EndedAsync();
        Assert.Equal((3000, ended.Opened), (ended.Planned, ended.Cancelled));
        Assert.InRange(ended.Opened, 1, 2999);
        await AssertOutcomesAsync((Outcome.Cancelled, ended.Opened));
        Assert.Equal((3000, 3000 - ended.Opened), (Total.Planned, Total.Dropped));
    }

    [SkippableFact]
    public async Task An_abort_cancels_connections_that_wait_for_a_reply()
    {
        await using var peer = FaultPeer.Hanging();
        var lane = StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        lane.Tell(new OpenBurst(0, 0, 20, TimeSpan.Zero));
        await peer.AcceptedAsync(20);
        await AbortAsync(lane, 20);
    }

    [SkippableFact]
    public async Task An_abort_cancels_connections_that_wait_for_their_backoff()
    {
        await using var peer = FaultPeer.ClosedPort();
        var backoff = Given.AtOnce with { Min = _hour, Max = _hour };
        var lane = StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Restart(5, backoff)));
        lane.Tell(new OpenBurst(0, 0, 20, TimeSpan.Zero));
        await UntilAsync(total => total.AttemptFailuresByName().GetValueOrDefault("refused") == 20);
        await AbortAsync(lane, 20);
        Assert.Equal((20, 0), (Total.Attempts, Total.Retries)); // not one retry was begun
    }

    [SkippableFact]
    public async Task Each_report_holds_the_counts_since_the_previous_one()
    {
        await using var peer = FaultPeer.Answering();
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        await RunBurstAsync(7);
        await ReportAsync();
        Assert.Equal(7, Total.Opened);
        await ReportAsync();
        Assert.Equal(7, Total.Opened);
        await RunBurstAsync(5, burst: 1);
        await AssertOutcomesAsync((Outcome.Succeeded, 12));
    }

    private async Task AbortAsync(IActorRef lane, int cancelled)
    {
        lane.Tell(Abort.Instance);
        var ended = await EndedAsync();
        Assert.Equal((cancelled, 0, 0, cancelled), (ended.Opened, ended.Succeeded, ended.Failed, ended.Cancelled));
        await AssertOutcomesAsync((Outcome.Cancelled, cancelled));
    }

    /// <summary>The first alarm is the end of a hold, and nothing is on its way to a peer any more.</summary>
    private Task UntilHoldingAsync(ManualTime time, TimeSpan hold) => AwaitConditionAsync(
        async () => time.NextAlarm == hold && await Loop.OnLoopAsync(() => Loop.Deadline(_hour).NextDue == long.MaxValue),
        Given.Patience, TimeSpan.FromMilliseconds(10));
}

public sealed class LaneBurstOverRingSpecs() : LaneBurstSpecs(LoopsOf.Ring);

public sealed class LaneBurstOverSocketsSpecs() : LaneBurstSpecs(LoopsOf.Sockets);
