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

    [SkippableFact]
    public async Task Peer_that_resets_during_a_long_command_is_noticed()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadSomeAsync(stop);
            connection.Abort();
        });
        var link = await ConnectAsync(peer);
        await BeginExchangeAsync(link, _stuck);
        await FailsAsync(link, LinkFault.Reset);
        await CloseAsync(link);
        await HeardNothingAsync();
    }

    [SkippableFact]
    public async Task Command_that_the_peer_does_not_read_times_out()
    {
        await using var peer = Deaf(out var closed, out _);
        var link = await ConnectAsync(peer);
        await BeginExchangeAsync(link, _stuck, Briefly);
        await FailsAsync(link, LinkFault.TimedOut);
        await CloseAsync(link);
        closed.SetResult();
        await HeardNothingAsync();
    }

    [SkippableFact]
    public async Task A_link_can_be_closed_while_its_command_is_stuck()
    {
        await using var peer = Deaf(out var closed, out var ends);
        var link = await ConnectAsync(peer);
        await BeginExchangeAsync(link, _stuck);
        await CloseAsync(link);
        closed.SetResult();
        Assert.Equal(SocketError.ConnectionReset, await ends.FirstAsync());
        await HeardNothingAsync();
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
