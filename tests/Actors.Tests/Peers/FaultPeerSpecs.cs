using System.Net.Sockets;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Peers;

public sealed class FaultPeerSpecs
{
    [Fact]
    public async Task A_closed_port_refuses()
    {
        await using var peer = FaultPeer.ClosedPort();
        var error = await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(peer.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact]
    public async Task An_answering_peer_answers_and_counts_its_connections()
    {
        await using var peer = FaultPeer.Answering();
        for (var i = 0; i < 3; i++)
        {
            using var client = await RawClient.ConnectAsync(peer.EndPoint);
            await client.SendAsync("*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n*1\r\n$4\r\nPING\r\n");
            Assert.Equal("$3\r\nbar\r\n+PONG\r\n", await client.ReadAsync(16));
            client.Abort();
        }

        Assert.Equal(3, peer.Accepted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_resetting_peer_resets_in_place_of_the_nth_reply(int afterCommands)
    {
        await using var peer = FaultPeer.Resetting(afterCommands);
        Assert.Equal(SocketError.ConnectionReset, await EndAsync());

        async Task<SocketError> EndAsync()
        {
            try
            {
                using var client = await RawClient.ConnectAsync(peer.EndPoint);
                await PingUntilFaultAsync(client, afterCommands);
                return await client.ReceiveErrorAsync();
            }
            catch (SocketException early) when (afterCommands == 0)
            {
                return early.SocketErrorCode; // the reset came before the connect had returned
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_closing_peer_sends_a_fin_in_place_of_the_nth_reply(int afterCommands)
    {
        await using var peer = FaultPeer.Closing(afterCommands);
        using var client = await RawClient.ConnectAsync(peer.EndPoint);
        await PingUntilFaultAsync(client, afterCommands);
        Assert.True(await client.SeesFinAsync());
    }

    [Fact]
    public async Task Closing_peer_sends_no_reset_even_after_a_command()
    {
        await using var peer = FaultPeer.Closing();
        using var client = await RawClient.ConnectAsync(peer.EndPoint);
        await client.PingAsync();
        await peer.AcceptedAsync(1);
        Assert.True(await client.SeesFinAsync());
        await client.PingAsync();
    }

    [Fact]
    public async Task A_hanging_peer_takes_commands_and_is_silent()
    {
        await using var peer = FaultPeer.Hanging();
        using var client = await RawClient.ConnectAsync(peer.EndPoint);
        await client.PingAsync();
        Assert.True(await client.SeesSilenceToTheEndAsync());
    }

    [LinuxFact]
    public async Task A_peer_that_does_not_accept_leaves_the_syn_unanswered()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var connecting = late.ConnectAsync(peer.EndPoint);
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.SynSent) == 1);
        Assert.False(connecting.IsCompleted);
        late.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => connecting);
        Assert.Equal(0, peer.Accepted);
    }

    [Fact]
    public async Task Garbage_peer_does_not_speak_RESP()
    {
        await using var peer = FaultPeer.Garbage();
        using var client = await RawClient.ConnectAsync(peer.EndPoint);
        await client.PingAsync();
        Assert.Equal("HTTP", await client.ReadAsync(4));
    }

    [Fact]
    public async Task Half_reply_peer_stays_silent_or_sends_a_FIN_after_half_a_reply()
    {
        await using var silent = FaultPeer.HalfReply();
        using var first = await RawClient.ConnectAsync(silent.EndPoint);
        await first.PingAsync();
        Assert.Equal("$10\r\nabc", await first.ReadAsync(8));
        Assert.True(await first.SeesSilenceToTheEndAsync());

        await using var closing = FaultPeer.HalfReply(thenClose: true);
        using var second = await RawClient.ConnectAsync(closing.EndPoint);
        await second.PingAsync();
        Assert.Equal("$10\r\nabc", await second.ReadAsync(8));
        Assert.True(await second.SeesFinAsync());
    }

    [Fact]
    public async Task Huge_reply_is_whole_and_repeats_for_the_next_command()
    {
        const int Size = 3_000_000;
        await using var peer = FaultPeer.HugeReply(Size);
        using var client = await RawClient.ConnectAsync(peer.EndPoint);
        for (var i = 0; i < 2; i++)
        {
            await client.PingAsync();
            var reply = await client.ReadAsync(10 + Size + 2);
            Assert.StartsWith("$3000000\r\nx", reply, StringComparison.Ordinal);
            Assert.EndsWith("x\r\n", reply, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_dribbled_reply_is_whole_in_the_end()
    {
        await using var peer = FaultPeer.Dribble();
        using var client = await RawClient.ConnectAsync(peer.EndPoint);
        await client.PingAsync();
        Assert.Equal("+PONG\r\n", await client.ReadAsync(7));
        Assert.True(await client.SeesSilenceToTheEndAsync());
    }

    [Fact]
    public async Task Error_peer_sends_errors_as_replies_or_on_accept_with_a_FIN()
    {
        await using var asked = FaultPeer.ErrorReply("LOADING dataset");
        using var first = await RawClient.ConnectAsync(asked.EndPoint);
        await first.PingAsync();
        Assert.Equal("-LOADING dataset\r\n", await first.ReadAsync(18));

        await using var full = FaultPeer.ErrorOnAccept("ERR max number of clients reached");
        using var second = await RawClient.ConnectAsync(full.EndPoint);
        Assert.Equal("-ERR max", await second.ReadAsync(8));
        await second.ReadAsync(28);
        Assert.True(await second.SeesFinAsync());
    }

    [Fact]
    public async Task Failing_peer_script_fails_its_test()
    {
        var peer = FaultPeer.Scripted((_, _) => throw new InvalidOperationException("a bug in the script"));
        using (var client = await RawClient.ConnectAsync(peer.EndPoint))
        {
            Assert.True(await client.SeesFinAsync());
        }

        var failure = await Assert.ThrowsAsync<AggregateException>(async () => await peer.DisposeAsync());
        Assert.IsType<InvalidOperationException>(Assert.Single(failure.InnerExceptions));
    }

    [Fact]
    public async Task Disposing_ends_connections_that_hang()
    {
        var peer = FaultPeer.Hanging();
        using var client = await RawClient.ConnectAsync(peer.EndPoint);
        await peer.AcceptedAsync(1);
        await peer.DisposeAsync();
        Assert.True(await client.SeesFinAsync());
        await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(peer.EndPoint));
    }

    private static async Task PingUntilFaultAsync(RawClient client, int commands)
    {
        for (var i = 0; i < commands; i++)
        {
            await client.PingAsync();
            if (i < commands - 1)
            {
                Assert.Equal("+PONG\r\n", await client.ReadAsync(7));
            }
        }
    }
}
