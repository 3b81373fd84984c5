using System.Net;
using System.Net.Sockets;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>What every transport tells of a connection that the peer may have ended before it is closed.</summary>
public abstract class PeerEndContractSpecs : TransportSpecs
{
    [LinuxFact]
    public Task Peer_that_did_nothing_has_no_end() => TellsAsync(_ => { }, PeerEnd.None);

    [LinuxFact]
    public Task Peer_with_a_FIN_counts_as_finished() => TellsAsync(peer => peer.Shutdown(SocketShutdown.Send), PeerEnd.Finished);

    [LinuxFact]
    public Task Peer_with_an_early_RST_counts_as_reset() => TellsAsync(peer =>
    {
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();
    }, PeerEnd.Reset);

    [LinuxFact]
    public Task Peer_with_a_FIN_and_then_a_RST_counts_as_reset() => TellsAsync(peer =>
    {
        peer.Shutdown(SocketShutdown.Send);
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();
    }, PeerEnd.Reset);

    [LinuxFact]
    public async Task Second_close_reports_no_peer_end()
    {
        using var listener = Listening();
        var link = await OpenAsync((IPEndPoint)listener.LocalEndPoint!);
        await ConnectedAsync(link);
        await CloseAsync(link);
        Assert.Equal(PeerEnd.None, await Loop.OnLoopAsync(link.CloseAndTell));
        await HeardNothingAsync();
    }

    // The peer says a word, so that nothing of ours is under way, and then does what it does: over loopback that has arrived when the call returns.
    private async Task TellsAsync(Action<Socket> act, PeerEnd expected)
    {
        using var listener = Listening();
        var link = await OpenAsync((IPEndPoint)listener.LocalEndPoint!);
        await ConnectedAsync(link);
        using var peer = await listener.AcceptAsync();
        await BeginReceiveAsync(link);
        await peer.SendAsync("+OK\r\n"u8.ToArray());
        Assert.Equal("+OK\r\n", await ReceivedAsync(link));
        act(peer);
        Assert.Equal(expected, await Loop.OnLoopAsync(link.CloseAndTell));
        await HeardNothingAsync();
    }

    private static Socket Listening()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }
}

public sealed class RingPeerEndSpecs : PeerEndContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);
}

public sealed class SocketPeerEndSpecs : PeerEndContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => new SocketLoop(time, reportFailure);
}
