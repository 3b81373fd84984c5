using System.Net;
using System.Net.Sockets;
using ActorLoad.Observers.Kernel;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

public sealed class SocketDiagSpecs
{
    private const ushort NoSuchMessage = 99;
    private const byte Tcp = 6;

    private readonly UnseenNotes _unseen = new();

    [NetnsFact]
    public async Task Each_socket_is_counted_by_side_and_state()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var sockets = new NamespaceSockets(network);
        using var diag = Open(network, sockets.EndPoint);
        sockets.Pair();
        sockets.Pair();
        var (halfClosed, _) = sockets.Pair();
        halfClosed.Shutdown(SocketShutdown.Send);
        var (closedFirst, closedSecond) = sockets.Pair();
        closedFirst.Shutdown(SocketShutdown.Send);
        closedSecond.Dispose();
        var (full, _) = sockets.Pair();
        Fill(full); // the FIN waits behind what the other end has no room for
        full.Shutdown(SocketShutdown.Send);

        await Eventually.IsAsync("ESTAB 2, FIN-WAIT-1 1, FIN-WAIT-2 1, TIME-WAIT 1", () => Describe(Read(diag).Client));
        var counts = Read(diag);
        Assert.Equal("ESTAB 3, CLOSE-WAIT 1", Describe(counts.Server));
        Assert.Equal((1, 0L, 64L), (counts.Listeners, counts.AcceptQueue, counts.AcceptQueueLimit));
    }

    [NetnsFact]
    public async Task Full_accept_queue_holds_one_more_than_its_limit_and_leaves_the_next_in_SYN_SENT()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.core.somaxconn", "2");
        using var sockets = new NamespaceSockets(network, backlog: 511);
        using var diag = Open(network, sockets.EndPoint);
        for (var waiting = 1; waiting <= 3; waiting++)
        {
            sockets.Connect();
            Assert.Equal((waiting, 2L), (diag.ReadListeners(_unseen)!.AcceptQueue, diag.ReadListeners(_unseen)!.AcceptQueueLimit));
        }

        sockets.BeginConnect();
        var counts = Read(diag);
        Assert.Equal((3L, 2L), (counts.AcceptQueue, counts.AcceptQueueLimit));
        Assert.Equal("ESTAB 3, SYN-SENT 1", Describe(counts.Client));
    }

    [NetnsFact]
    public async Task Half_open_connection_is_in_SYN_RECV_at_the_server()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var sockets = new NamespaceSockets(network);
        using var diag = Open(network, sockets.EndPoint);
        sockets.DeferAccepts();
        sockets.Connect();
        Assert.Equal("SYN-RECV 1", Describe(Read(diag).Server));
    }

    [NetnsFact]
    public async Task Only_watched_endpoints_are_counted()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var watched = new NamespaceSockets(network);
        using var other = new NamespaceSockets(network);
        using var diag = Open(network, watched.EndPoint);
        watched.Pair();
        other.Pair();
        other.Pair();
        var counts = Read(diag);
        Assert.Equal(("ESTAB 1", "ESTAB 1", 1), (Describe(counts.Client), Describe(counts.Server), counts.Listeners));

        using var both = Open(network, watched.EndPoint, other.EndPoint);
        counts = Read(both);
        Assert.Equal(("ESTAB 3", "ESTAB 3", 2), (Describe(counts.Client), Describe(counts.Server), counts.Listeners));

        using var none = Open(network);
        Assert.Equal("", Describe(Read(none).Client));
    }

    [NetnsFact]
    public async Task The_last_of_many_ports_is_found_too()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var sockets = new NamespaceSockets(network);
        using var diag = Open(network, [.. Enumerable.Range(1, 200).Select(port => new IPEndPoint(IPAddress.Loopback, port)), sockets.EndPoint]);
        sockets.Pair();
        Assert.Equal("ESTAB 1", Describe(Read(diag).Client));
    }

    [NetnsFact]
    public async Task Listener_on_all_addresses_of_both_families_is_seen_for_each_target()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var sockets = new NamespaceSockets(network, address: IPAddress.IPv6Any);
        using var overFour = Open(network, sockets.EndPoint);
        using var overSix = Open(network, new IPEndPoint(IPAddress.IPv6Loopback, sockets.Port));
        sockets.Pair();
        sockets.Pair(new IPEndPoint(IPAddress.IPv6Loopback, sockets.Port));
        foreach (var diag in new[] { overFour, overSix })
        {
            var counts = Read(diag);
            Assert.Equal(("ESTAB 1", "ESTAB 1", 1), (Describe(counts.Client), Describe(counts.Server), counts.Listeners));
        }

        using var overAll = Open(network, new IPEndPoint(IPAddress.Any, sockets.Port));
        var all = Read(overAll);
        Assert.Equal(("ESTAB 2", "ESTAB 2", 1), (Describe(all.Client), Describe(all.Server), all.Listeners));
    }

    [NetnsFact]
    public async Task Listener_on_all_addresses_here_is_not_a_remote_server_on_the_same_port()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var sockets = new NamespaceSockets(network, address: IPAddress.IPv6Any);
        using var diag = Open(network, new IPEndPoint(IPAddress.Parse("192.0.2.1"), sockets.Port));
        sockets.Pair();
        var counts = Read(diag);
        Assert.Equal(("", "", 0, null), (Describe(counts.Client), Describe(counts.Server), counts.Listeners, counts.AcceptQueue));
    }

    [NetnsFact]
    public async Task Thousands_of_sockets_in_many_pieces_are_all_counted()
    {
        const int pairs = 1_000;
        await using var network = await NetworkNamespace.CreateAsync();
        using var sockets = new NamespaceSockets(network);
        using var diag = Open(network, sockets.EndPoint);
        for (var pair = 0; pair < pairs; pair++)
        {
            sockets.Pair();
        }

        // The small answer first and between: pieces grow with the reader's buffer, and must not be cut by it.
        for (var reading = 0; reading < 3; reading++)
        {
            Assert.Equal(1, diag.ReadListeners(_unseen)!.Listeners);
            var counts = Read(diag);
            Assert.Equal((pairs, pairs), (counts.Client(TcpState.Established), counts.Server(TcpState.Established)));
        }
    }

    [NetnsFact]
    public async Task Kernel_without_the_older_message_is_asked_for_each_address_family()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var sockets = new NamespaceSockets(network, address: IPAddress.IPv6Any);
        using var diag = network.Inside(() => new SocketDiag([new IPEndPoint(IPAddress.Any, sockets.Port)], NoSuchMessage, Tcp));
        sockets.Pair();
        sockets.Pair(new IPEndPoint(IPAddress.IPv6Loopback, sockets.Port));
        for (var reading = 0; reading < 2; reading++)
        {
            var counts = Read(diag);
            Assert.Equal(("ESTAB 2", "ESTAB 2", 1), (Describe(counts.Client), Describe(counts.Server), counts.Listeners));
            Assert.Equal(1, diag.ReadListeners(_unseen)!.Listeners);
        }
    }

    [NetnsFact]
    public async Task Listener_is_found_on_its_own_address_on_all_addresses_and_among_many()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var onOne = new NamespaceSockets(network, backlog: 3);
        using var onAll = new NamespaceSockets(network, backlog: 4, address: IPAddress.IPv6Any);
        onAll.Connect();
        using var both = Open(network, onOne.EndPoint, onAll.EndPoint);
        using var six = Open(network, new IPEndPoint(IPAddress.IPv6Loopback, onAll.Port), new IPEndPoint(IPAddress.IPv6Loopback, onOne.Port));
        using var elsewhere = Open(network, new IPEndPoint(IPAddress.Parse("192.0.2.1"), onAll.Port));
        using var many = Open(network, [.. Enumerable.Range(1, 20).Select(port => new IPEndPoint(IPAddress.Loopback, port)), onAll.EndPoint]);
        Assert.Equal((2, 1, 3), Listeners(both));
        Assert.Equal((1, 1, 4), Listeners(six));
        Assert.Equal((0, null, null), Listeners(elsewhere));
        Assert.Equal((1, 1, 4), Listeners(many));
        onAll.StopListening();
        await Eventually.IsAsync((1, 0, 3), () => Listeners(both));
        Assert.Empty(_unseen.Sentences);

        (int, long?, long?) Listeners(SocketDiag diag) =>
            diag.ReadListeners(_unseen) is { } counts ? (counts.Listeners, counts.AcceptQueue, counts.AcceptQueueLimit) : default;
    }

    internal static string Describe(Func<TcpState, int> count) =>
        string.Join(", ", TcpStates.OfConnections.Where(state => count(state) > 0).Select(state => $"{state.Name()} {count(state)}"));

    private static void Fill(Socket socket)
    {
        socket.Blocking = false;
        for (var error = SocketError.Success; error == SocketError.Success;)
        {
            socket.Send(new byte[64 * 1024], 0, 64 * 1024, SocketFlags.None, out error);
        }
    }

    private static SocketDiag Open(NetworkNamespace network, params IPEndPoint[] endpoints) => network.Inside(() => new SocketDiag(endpoints));

    private SocketCounts Read(SocketDiag diag)
    {
        var counts = diag.Read(_unseen);
        Assert.Empty(_unseen.Sentences);
        return counts!;
    }
}
