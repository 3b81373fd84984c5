using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>A connection that has done its script stays open, and watches.</summary>
public abstract class ConnectionHoldSpecs(string transport) : ConnectionKit(transport)
{
    [SkippableTheory]
    [InlineData]
    [InlineData("PING")]
    public async Task Completed_hold_is_a_success(params string[] script)
    {
        var ends = new Ends();
        await using var peer = ends.AnsweringPeer();
        await OpenAsync(peer, Given.Connection(script) with { Hold = Given.Briefly });
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, await ends.FirstAsync());
    }

    [SkippableFact]
    public async Task A_peer_that_closes_first_is_noticed()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await connection.FinishAsync(stop);
        });
        await OpenAsync(peer, Given.Connection("PING") with { Hold = Given.Patience });
        await FailsAsync(Outcome.PeerClosed);
        await NoSocketIsLeftAsync(peer);
    }

    [SkippableFact]
    public async Task A_peer_that_resets_first_is_noticed()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            connection.Abort();
        });
        await OpenAsync(peer, Given.Connection("PING") with { Hold = Given.Patience });
        await FailsAsync(Outcome.Reset);
    }

    [SkippableTheory]
    [InlineData("+what?\r\n", Outcome.ProtocolError)]
    [InlineData("what?", Outcome.ProtocolError)]
    [InlineData("-ERR idle too long\r\n", Outcome.Rejected)]
    public async Task Unrequested_server_message_during_a_hold_is_not_a_success(string text, Outcome outcome)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.SendAsync(text, stop);
            await connection.DrainAsync(stop);
        });
        await OpenAsync(peer, Given.Connection() with { Hold = Given.Patience });
        await FailsAsync(outcome);
    }
}

public sealed class ConnectionHoldOverRingSpecs() : ConnectionHoldSpecs(LoopsOf.Ring);

public sealed class ConnectionHoldOverSocketsSpecs() : ConnectionHoldSpecs(LoopsOf.Sockets);
