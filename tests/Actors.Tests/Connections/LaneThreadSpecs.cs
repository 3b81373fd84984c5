using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Transport.Uring;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>A lane and its connections live on one loop: what they tell each other crosses no thread.</summary>
public sealed class LaneThreadSpecs() : LaneKit(LoopsOf.Ring)
{
    // The order to open, and what Akka's guardians say when a lane is made.
    private const int Few = 9;

    [SkippableFact]
    public async Task Burst_of_a_thousand_crosses_threads_as_rarely_as_a_burst_of_ten()
    {
        await using var peer = FaultPeer.Answering();
        StartLane([peer.EndPoint], Given.Connection("PING", "GET foo"), Given.Policy(Given.Stop));
        var ring = (RingLoop)Loop;
        await RunBurstAsync(10);
        var (small, bellsOfSmall) = (ring.ForeignWork, ring.BellsSounded);
        await RunBurstAsync(1_000, burst: 1);
        var (large, bellsOfLarge) = (ring.ForeignWork - small, ring.BellsSounded - bellsOfSmall);
        Assert.InRange(small, 1, Few);
        Assert.InRange(large, 1, Few);
        Assert.InRange(bellsOfLarge, 0, large);
        await AssertOutcomesAsync((Outcome.Succeeded, 1_010));
    }

    [SkippableFact]
    public async Task Retries_and_failures_do_not_cross_threads()
    {
        await using var peer = FaultPeer.ClosedPort();
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Restart(maxRetries: 3)));
        await RunBurstAsync(500);
        Assert.InRange(((RingLoop)Loop).ForeignWork, 1, Few);
        await AssertOutcomesAsync((Outcome.Refused, 500));
    }
}
