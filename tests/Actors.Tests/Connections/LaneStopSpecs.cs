using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport.Uring;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>A lane that is told to stop ends every connection, whatever each of them is doing.</summary>
public abstract class LaneStopSpecs(string transport) : LaneKit(transport)
{
    private const int States = 4;

    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(65)]
    [InlineData(2_000)]
    public async Task Every_connection_is_cancelled_when_its_lane_is_stopped(int ofState)
    {
        await using var hanging = FaultPeer.Hanging();
        await using var rejecting = FaultPeer.ErrorReply("ERR not now");
        await using var refusing = FaultPeer.ClosedPort();
        await using var full = await FaultPeer.NotAcceptingAsync();
        var lane = StartLane(
            [hanging.EndPoint, rejecting.EndPoint, refusing.EndPoint, full.EndPoint],
            Given.Connection("PING"),
            Given.Policy(Given.Restart(1, new BackoffSettings(_hour, _hour, 1, 0))));
        var all = States * ofState;
        lane.Tell(new OpenBurst(0, 0, all, TimeSpan.Zero));
        await UntilAsync(tally => tally.AttemptFailuresByName().Values.Sum() == 2 * ofState); // these wait for their backoff
        await hanging.AcceptedAsync(ofState);

        lane.Tell(Abort.Instance);
        var ended = await EndedAsync();
        Assert.Equal((all, all, all), (ended.Planned, ended.Opened, ended.Cancelled));
        await AssertOutcomesAsync((Outcome.Cancelled, all));
        if (Loop is RingLoop ring)
        {
            await ring.UntilAsync(() => ring.SlotsInUse == 0);
        }
    }
}

public sealed class LaneStopOverRingSpecs() : LaneStopSpecs(LoopsOf.Ring);

/// <summary>The same, with queues that are always full.</summary>
public sealed class LaneStopOverSmallRingSpecs() : LaneStopSpecs(LoopsOf.SmallRing);

public sealed class LaneStopOverSocketsSpecs() : LaneStopSpecs(LoopsOf.Sockets);
