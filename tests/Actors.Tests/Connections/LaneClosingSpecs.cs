using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Transport;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>What a lane counts of the closes of its connections.</summary>
public abstract class LaneClosingSpecs(string transport) : LaneKit(transport)
{
    [SkippableTheory]
    [InlineData(CloseMode.Abort, null, 20)]
    [InlineData(CloseMode.Graceful, null, 0)]
    [InlineData(CloseMode.Quit, CloseEnd.PeerFinished, 0)]
    [InlineData(CloseMode.HalfClose, CloseEnd.PeerFinished, 0)]
    [InlineData(CloseMode.Abandon, CloseEnd.Unread, 20)]
    public async Task Closes_of_a_burst_are_counted_by_their_ends(CloseMode mode, CloseEnd? end, int aborts)
    {
        await using var peer = FaultPeer.Scripted(PolitePeer.ServeAsync);
        StartLane([peer.EndPoint], Given.Closing(mode), Given.Policy(Given.Stop));
        Assert.Equal(20, (await RunBurstAsync(20)).Succeeded);
        await AssertOutcomesAsync((Outcome.Succeeded, 20));
        Assert.Equal(end is { } known ? new Dictionary<string, long> { [known.Word()] = 20 } : null, Total.Closes);
        Assert.Equal((aborts, end is null ? 0 : 20), (Total.AbortiveCloses, Total.Latency(succeeded: true).GetValueOrDefault("close")?.Count ?? 0));
    }

    [SkippableFact]
    public async Task Close_after_its_limit_is_an_abort()
    {
        await using var peer = FaultPeer.Hanging(afterCommands: 2);
        StartLane([peer.EndPoint], Given.Closing(CloseMode.Quit) with { CloseTimeout = Given.Briefly }, Given.Policy(Given.Stop));
        Assert.Equal(5, (await RunBurstAsync(5)).Succeeded);
        await AssertOutcomesAsync((Outcome.Succeeded, 5));
        Assert.Equal((5, 5), (Total.Closes!["timed-out"], Total.AbortiveCloses));
    }

    [SkippableFact]
    public async Task Kept_connection_that_is_retired_leaves_in_its_mode()
    {
        await using var peer = FaultPeer.Scripted(PolitePeer.ServeAsync);
        var phase = new PacedSettings("pool", LoadShape.Population, new EvenArrivals(SegmentCurve.Constant(100, TimeSpan.FromMilliseconds(100))))
        {
            Duration = TimeSpan.FromMilliseconds(300),
            Population = new Population(10, TimeSpan.Zero, 0, TimeSpan.Zero, 0),
        };
        var lane = StartLane([peer.EndPoint], Given.Closing(CloseMode.Quit), Given.Policy(Given.Stop), phase: phase);
        lane.Tell(new PacePhase(0, 0, 0, TimeSpan.Zero));
        var ended = await EndedAsync();
        await ReportAsync();
        Assert.Equal((ended.Opened, ended.Opened), (ended.Succeeded, (int)Total.Closes!["peer-finished"]));
        Assert.True(ended.Opened > 0);
    }
}

public sealed class LaneClosingOverRingSpecs() : LaneClosingSpecs(LoopsOf.Ring);

public sealed class LaneClosingOverSocketsSpecs() : LaneClosingSpecs(LoopsOf.Sockets);
