using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Peers.Faults;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>A target that is down is not hammered.</summary>
public abstract class LaneBreakerSpecs(string transport) : LaneKit(transport)
{
    private static readonly BreakerSettings _breaker = new(true, 0.9, TimeSpan.FromMinutes(10), 10);

    [SkippableFact]
    public async Task It_trips_once_and_nothing_more_is_tried()
    {
        await using var peer = FaultPeer.ClosedPort();
        var lane = StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Restart(maxRetries: 1_000_000), _breaker));
        lane.Tell(new OpenBurst(0, 0, 1000, TimeSpan.Zero));
        var tripped = await Parent.ExpectMsgAsync<BreakerTripped>(Given.Patience);
        Assert.Equal(3, tripped.Lane);
        Assert.Contains("10 of 10 attempts failed", tripped.Reason, StringComparison.Ordinal);
        lane.Tell(Abort.Instance);
        var ended = await EndedAsync();
        Assert.Equal((1000, ended.Opened), (ended.Planned, ended.Failed + ended.Cancelled));
        Assert.InRange(ended.Opened, 10, 1000);
        var total = await ReportAsync();
        Assert.Null(total.BrokenInvariant(ended: true));
        Assert.Equal(9, total.Retries);
        Assert.Equal(1000 - ended.Opened, total.Dropped);

        lane.Tell(new OpenBurst(1, 0, 50, TimeSpan.Zero));
        var later = await EndedAsync();
        Assert.Equal((1, 0, 0), (later.Burst, later.Planned, later.Opened));
    }

    [SkippableFact]
    public async Task A_success_among_the_failures_does_not_keep_it_from_tripping()
    {
        await using var closed = FaultPeer.ClosedPort();
        await using var well = FaultPeer.Answering();
        var targets = Enumerable.Range(0, 11).Select(client => client == 9 ? well.EndPoint : closed.EndPoint);
        var lane = StartLane([.. targets], Given.Connection("PING"), Given.Policy(Given.Stop, _breaker));
        lane.Tell(new OpenBurst(0, 0, 9, TimeSpan.Zero)); // nine refused
        await EndedAsync();
        lane.Tell(new OpenBurst(1, 9, 1, TimeSpan.Zero)); // the tenth attempt succeeds: the window is full enough now
        Assert.Equal(1, (await EndedAsync()).Succeeded);
        lane.Tell(new OpenBurst(2, 10, 1, TimeSpan.Zero));
        Assert.Contains("10 of 11", (await Parent.ExpectMsgAsync<BreakerTripped>(Given.Patience)).Reason, StringComparison.Ordinal);
    }
}

public sealed class LaneBreakerOverRingSpecs() : LaneBreakerSpecs(LoopsOf.Ring);

public sealed class LaneBreakerOverSocketsSpecs() : LaneBreakerSpecs(LoopsOf.Sockets);
