using System.Net;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Metrics;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>Every outcome that a peer on loopback can bring about, with its count.</summary>
public abstract class LaneOutcomeSpecs(string transport) : LaneKit(transport)
{
    private const int Connections = 5;

    public static TheoryData<string, Outcome> Faults => new()
    {
        { "nobody listens", Outcome.Refused },
        { "resets", Outcome.Reset },
        { "closes", Outcome.PeerClosed },
        { "hangs", Outcome.ReplyTimeout },
        { "speaks HTTP", Outcome.ProtocolError },
    };

    [SkippableFact]
    public async Task Connections_that_are_served_succeed()
    {
        await using var peer = FaultPeer.Answering();
        StartLane([peer.EndPoint], Given.Connection("PING", "GET foo"), Given.Policy(Given.Stop));
        var ended = await RunBurstAsync(Connections);
        Assert.Equal((Connections, Connections, 0, 0), (ended.Opened, ended.Succeeded, ended.Failed, ended.Cancelled));
        Assert.False(ended.NeverReached);
        await AssertOutcomesAsync((Outcome.Succeeded, Connections));
        Assert.Equal(Connections, Total.Latency(succeeded: true)["total"].Count);
        Assert.Equal(Connections, peer.Accepted);
    }

    [SkippableTheory]
    [MemberData(nameof(Faults))]
    public async Task Failed_connections_are_counted_by_outcome(string fault, Outcome outcome)
    {
        await using var peer = fault switch
        {
            "nobody listens" => FaultPeer.ClosedPort(),
            "resets" => FaultPeer.Resetting(afterCommands: 1),
            "closes" => FaultPeer.Closing(afterCommands: 1),
            "hangs" => FaultPeer.Hanging(),
            _ => FaultPeer.Garbage(),
        };
        var timeout = outcome == Outcome.ReplyTimeout ? Given.Briefly : Given.Patience;
        StartLane([peer.EndPoint], Given.Connection("PING") with { ReplyTimeout = timeout }, Given.Policy(Given.Stop));
        await FailAllAsync(outcome, neverReached: outcome == Outcome.Refused);
    }

    [LinuxFact]
    public async Task Connects_without_an_answer_are_connect_timeouts()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        StartLane([peer.EndPoint], Given.Connection("PING") with { ConnectTimeout = Given.Briefly }, Given.Policy(Given.Stop));
        await FailAllAsync(Outcome.ConnectTimeout, neverReached: true);
    }

    [LinuxFact]
    public async Task Addresses_without_a_route_are_unreachable()
    {
        StartLane([new IPEndPoint(IPAddress.Parse("127.255.255.255"), 6379)], Given.Connection("PING"), Given.Policy(Given.Stop));
        await FailAllAsync(Outcome.Unreachable, neverReached: true);
    }

    [SkippableFact]
    public async Task Rejections_are_counted_by_their_prefix()
    {
        await using var peer = FaultPeer.ErrorReply("NOAUTH Authentication required.");
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        await FailAllAsync(Outcome.Rejected, neverReached: false);
        Assert.Equal(new Dictionary<string, long> { ["NOAUTH"] = Connections }, Total.Rejections());
    }

    [SkippableFact]
    public async Task Targets_are_taken_in_turn()
    {
        await using var well = FaultPeer.Answering();
        await using var ill = FaultPeer.ErrorReply("ERR no");
        StartLane([well.EndPoint, ill.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop));
        await RunBurstAsync(5);
        await AssertOutcomesAsync((Outcome.Succeeded, 3), (Outcome.Rejected, 2));
    }

    [RedisFact]
    public async Task Server_counts_all_of_two_thousand_connections()
    {
        await using var server = await RedisServer.StartAsync();
        var lane = StartLane([server.EndPoint], Given.Connection("PING", "GET foo", "SET foo {burst}:{client}"), Given.Policy(Given.Stop));
        for (var burst = 0; burst < 4; burst++)
        {
            lane.Tell(new OpenBurst(burst, burst * 500, 500, TimeSpan.Zero));
            Assert.Equal(500, (await EndedAsync()).Succeeded);
        }

        await AssertOutcomesAsync((Outcome.Succeeded, 2000));
        Assert.Equal(2000, await server.ConnectionsReceivedAsync());
        Assert.StartsWith("3:", await server.CommandAsync("GET", "foo"), StringComparison.Ordinal);
    }

    private async Task FailAllAsync(Outcome outcome, bool neverReached)
    {
        var ended = await RunBurstAsync(Connections);
        Assert.Equal((Connections, 0, Connections, 0), (ended.Opened, ended.Succeeded, ended.Failed, ended.Cancelled));
        Assert.Equal(neverReached, ended.NeverReached);
        await AssertOutcomesAsync((outcome, Connections));
        Assert.Equal(Connections, Total.AttemptFailuresByName()[outcome.Name()]);
        Assert.Equal((Connections, 0), (Total.Attempts, Total.Retries));
        Assert.Equal(Connections, Total.Latency(succeeded: false)["total"].Count);
    }
}

public sealed class LaneOutcomeOverRingSpecs() : LaneOutcomeSpecs(LoopsOf.Ring);

public sealed class LaneOutcomeOverSocketsSpecs() : LaneOutcomeSpecs(LoopsOf.Sockets);
