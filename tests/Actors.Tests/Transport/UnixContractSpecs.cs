using System.Net.Sockets;
using ActorLoad.Metrics;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>What every transport promises of Unix sockets.</summary>
public abstract class UnixContractSpecs : TransportSpecs
{
    private readonly string _folder = Directory.CreateTempSubdirectory("al-unix-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "s");

    [LinuxFact]
    public async Task Link_sends_receives_and_waits_as_over_TCP()
    {
        using var listener = Listening();
        var link = await OpenAsync();
        await ConnectedAsync(link);
        using var peer = await listener.AcceptAsync();
        for (var round = 0; round < 2; round++)
        {
            await BeginExchangeAsync(link, Ping);
            Assert.Equal(Ping.Length, await peer.ReceiveAsync(new byte[100]));
            await peer.SendAsync("+PONG\r\n"u8.ToArray()); // by now the link waits
            Assert.Equal("+PONG\r\n", await ReceivedAsync(link));
        }

        await BeginReceiveAsync(link, Briefly);
        await FailsAsync(link, LinkFault.TimedOut);
        await CloseAsync(link);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[100]));
        await HeardNothingAsync();
    }

    [LinuxFact]
    public async Task Unix_socket_has_the_buffers_of_its_settings_and_no_option_of_TCP()
    {
        using var listener = Listening();
        SocketOption[] buffers = [SocketOption.SendBuffer("", 20_000), SocketOption.ReceiveBuffer("", 30_000)];
        var settings = Abortive with { Options = [.. buffers, SocketOption.UserTimeout("", TimeSpan.FromSeconds(1))] };
        var link = await Loop.OnLoopAsync(() => Loop.Open(Owner, new LinkRequest(Endpoint.OfUnix(Path), settings, Loop.Deadline(Patience))));
        await ConnectedAsync(link);
        var socket = OwnSocket.ConnectedTo(Path);
        Assert.Equal((40_000, 60_000), (socket.SendBufferSize, socket.ReceiveBufferSize)); // the kernel doubles buffers
        await CloseAsync(link);
    }

    [LinuxFact]
    public async Task Peer_that_closes_ends_the_link()
    {
        using var listener = Listening();
        var link = await OpenAsync();
        await ConnectedAsync(link);
        using var peer = await listener.AcceptAsync();
        await BeginReceiveAsync(link);
        peer.Dispose();
        await FailsAsync(link, LinkFault.PeerClosed);
        Assert.Equal(PeerEnd.None, await Loop.OnLoopAsync(link.CloseAndTell));
    }

    [LinuxFact]
    public async Task Peer_that_closes_with_unread_bytes_resets_the_link()
    {
        using var listener = Listening();
        var link = await OpenAsync();
        await ConnectedAsync(link);
        using var peer = await listener.AcceptAsync();
        await BeginExchangeAsync(link, Ping);
        Assert.Equal(1, await peer.ReceiveAsync(new byte[1]));
        peer.Dispose();
        await FailsAsync(link, LinkFault.Reset);
    }

    [LinuxFact]
    public async Task Path_without_a_socket_is_refused() => await FailsAsync(await OpenAsync(), LinkFault.Refused);

    [LinuxFact]
    public async Task Socket_without_a_listener_is_refused()
    {
        using var bound = Bound();
        await FailsAsync(await OpenAsync(), LinkFault.Refused);
    }

    [LinuxFact]
    public async Task Connect_to_a_full_accept_queue_is_refused_at_once()
    {
        using var listener = Bound();
        listener.Listen(1); // holds two
        await ConnectedAsync(await OpenAsync());
        await ConnectedAsync(await OpenAsync());
        await FailsAsync(await OpenAsync(), LinkFault.Refused);
        using var first = await listener.AcceptAsync();
        await ConnectedAsync(await OpenAsync());
    }

    [LinuxFact]
    public async Task Path_through_a_file_cannot_be_reached()
    {
        await File.WriteAllTextAsync(Path, "");
        await FailsAsync(await OpenAsync(Path + "/s"), LinkFault.Unreachable);
    }

    [LinuxFact]
    public async Task Path_of_107_bytes_is_connected()
    {
        var path = System.IO.Path.Combine(_folder, new string('x', 106 - _folder.Length));
        using var listener = Bound(path);
        listener.Listen();
        await ConnectedAsync(await OpenAsync(path));
        Assert.Equal(107, path.Length);
    }

    protected override void AfterAll()
    {
        Directory.Delete(_folder, recursive: true);
        base.AfterAll();
    }

    private Task<Link> OpenAsync(string? path = null) => Loop.OnLoopAsync(
        () => Loop.Open(Owner, new LinkRequest(Endpoint.OfUnix(path ?? Path), Abortive with { Ports = PortChoice.Slot }, Loop.Deadline(Patience))));

    private Socket Listening()
    {
        var socket = Bound();
        socket.Listen();
        return socket;
    }

    private Socket Bound(string? path = null)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path ?? Path));
        return socket;
    }
}

public sealed class RingUnixSpecs : UnixContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);
}

public sealed class SocketUnixSpecs : UnixContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => new SocketLoop(time, reportFailure);
}
