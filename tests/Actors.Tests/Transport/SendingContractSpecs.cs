using System.Net.Sockets;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>What every transport promises of a command that cannot be sent.</summary>
public abstract class SendingContractSpecs : TransportSpecs
{
    // More than the buffers of both kernels take: without a reader the send does not end.
    private static readonly string _stuck = new('x', 16 << 20);

    [LinuxFact]
    public async Task A_command_to_a_peer_that_has_reset_fails_as_reset()
    {
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, _) =>
        {
            await connected.Task;
            connection.Abort();
        });
        var link = await ConnectAsync(peer);
        connected.SetResult();
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.Established) == 0);
        await BeginExchangeAsync(link, Ping);
        await FailsAsync(link, LinkFault.Reset);
        await CloseAsync(link);
        await HeardNothingAsync();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peer_that_resets_during_a_long_command_is_noticed(bool whileReceiving)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadSomeAsync(stop);
            connection.Abort();
        });
        var link = await ConnectAsync(peer, whileReceiving);
        await BeginExchangeAsync(link, _stuck);
        await FailsAsync(link, LinkFault.Reset);
        await CloseAsync(link);
        await HeardNothingAsync();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Command_that_the_peer_does_not_read_times_out(bool whileReceiving)
    {
        await using var peer = Deaf(out var closed, out _);
        var link = await ConnectAsync(peer, whileReceiving);
        await BeginExchangeAsync(link, _stuck, Briefly);
        await FailsAsync(link, LinkFault.TimedOut);
        await CloseAsync(link);
        closed.SetResult();
        await HeardNothingAsync();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_can_be_closed_while_its_command_is_stuck(bool whileReceiving)
    {
        await using var peer = Deaf(out var closed, out var ends);
        var link = await ConnectAsync(peer, whileReceiving);
        await BeginExchangeAsync(link, _stuck);
        await CloseAsync(link);
        closed.SetResult();
        Assert.Equal(SocketError.ConnectionReset, await ends.FirstAsync());
        await HeardNothingAsync();
    }

    [SkippableFact]
    public async Task Long_commands_beside_a_receive_arrive_whole_and_apart()
    {
        // The peer answers before it reads, so the second command follows when the first may still be on its way.
        const int Size = 4 << 20;
        var isSent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await isSent.Task.WaitAsync(stop);
            await connection.SendAsync("+EARLY\r\n", stop);
            for (var command = 0; command < 2; command++)
            {
                var words = (await connection.ReadCommandAsync(stop))!;
                await connection.SendAsync($"+{words[0]} {words[1].Length} {words[1].Distinct().Single()}\r\n", stop);
            }

            await connection.DrainAsync(stop);
        });
        var link = await ConnectAsync(peer, whileReceiving: true);
        await BeginExchangeAsync(link, Command("FIRST", 'x'));
        isSent.SetResult();
        var received = await ReceivedAsync(link);
        await BeginReceiveAsync(link);
        await BeginExchangeAsync(link, Command("SECOND", 'y'));
        while (!received.EndsWith("y\r\n", StringComparison.Ordinal))
        {
            received += await ReceivedAsync(link);
            await BeginReceiveAsync(link);
        }

        Assert.Equal($"+EARLY\r\n+FIRST {Size} x\r\n+SECOND {Size} y\r\n", received);
        await CloseAsync(link);
        await HeardNothingAsync();

        static string Command(string name, char letter) => $"*2\r\n${name.Length}\r\n{name}\r\n${Size}\r\n{new string(letter, Size)}\r\n";
    }

    private async Task<Link> ConnectAsync(FaultPeer peer, bool whileReceiving)
    {
        var link = await ConnectAsync(peer);
        if (whileReceiving)
        {
            await BeginReceiveAsync(link);
        }

        return link;
    }

    /// <summary>A peer that reads only when told to.</summary>
    private static FaultPeer Deaf(out TaskCompletionSource hears, out Ends ends)
    {
        var signal = hears = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ends = new Ends();
        return ends.Peer(async (connection, stop) =>
        {
            await signal.Task.WaitAsync(stop);
            await connection.DrainAsync(stop);
        });
    }
}
