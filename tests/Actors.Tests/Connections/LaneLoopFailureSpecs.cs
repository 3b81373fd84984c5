using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Transport.Uring;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>A lane whose loop can carry out nothing more: every connection has an outcome, and the run is told.</summary>
public sealed class LaneLoopFailureSpecs() : LaneKit(LoopsOf.Ring)
{
    private const int Connections = 20;

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lane_of_a_failed_loop_stops_and_counts_its_open_connections_as_crashed(bool whileOpen)
    {
        await using var peer = FaultPeer.Hanging();
        var lane = StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        if (whileOpen)
        {
            lane.Tell(new OpenBurst(0, 0, Connections, TimeSpan.Zero));
            await peer.AcceptedAsync(Connections);
        }

        await Rings.BreakAsync((RingLoop)Loop);
        if (!whileOpen)
        {
            lane.Tell(new OpenBurst(0, 0, Connections, TimeSpan.Zero));
        }

        var broken = await Parent.ExpectMsgAsync<BreakerTripped>(Given.Patience);
        Assert.Equal(3, broken.Lane);
        Assert.Contains("io_uring_enter failed with errno", broken.Reason, StringComparison.Ordinal);
        var ended = await EndedAsync();
        Assert.Equal((Connections, Connections), (ended.Opened, ended.Failed));
        await AssertOutcomesAsync((Outcome.Crashed, Connections));
    }
}
