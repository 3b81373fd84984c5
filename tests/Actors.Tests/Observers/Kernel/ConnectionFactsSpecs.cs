using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

/// <summary>What kernel and server do with connections, where findings and docs/ build on it and nobody else has written it down.</summary>
public sealed class ConnectionFactsSpecs
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [RedisNetnsFact]
    public async Task Words_of_a_full_server_are_readable_after_its_RST()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var redis = await RedisServer.StartAsync(network, "--maxclients", "1"); // which is the test's own
        using var client = Turned(network, redis);

        Assert.StartsWith("-ERR max number of clients reached", Read(client), StringComparison.Ordinal);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => Read(client)).SocketErrorCode);
    }

    [RedisNetnsFact]
    public async Task Command_sent_after_the_RST_fails_and_the_server_error_is_still_readable()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var redis = await RedisServer.StartAsync(network, "--maxclients", "1");
        using var client = Turned(network, redis);

        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => client.Send("PING\r\n"u8)).SocketErrorCode);
        Assert.StartsWith("-ERR max number of clients reached", Read(client), StringComparison.Ordinal);
    }

    [NetnsFact]
    public async Task Kernel_gives_all_ports_of_one_parity_before_the_other()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.ip_local_port_range", "20000 20019");
        var sockets = new List<Socket>();
        try
        {
            var listener = Make(network, sockets);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 7000));
            listener.Listen(32);
            var ports = Enumerable.Range(0, 20).Select(_ =>
            {
                var client = Make(network, sockets);
                client.Connect(listener.LocalEndPoint!);
                return ((IPEndPoint)client.LocalEndPoint!).Port;
            }).ToArray();

            Assert.All(ports[..10], port => Assert.Equal(0, port % 2)); // that of the range's first
            Assert.All(ports[10..], port => Assert.Equal(1, port % 2));
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>A connection whose command lay unread at the server when that turned it away; its RST has come.</summary>
    private static Socket Turned(NetworkNamespace network, RedisServer redis)
    {
        redis.Signal(ChildSignal.Stop);
        try
        {
            var client = Make(network, []);
            client.Connect(redis.EndPoint);
            client.Send("PING\r\n"u8);
            redis.Signal(ChildSignal.Continue);
            Assert.True(client.Poll(_patience, SelectMode.SelectError), "no RST came");
            return client;
        }
        finally
        {
            redis.Signal(ChildSignal.Continue);
        }
    }

    private static Socket Make(NetworkNamespace network, List<Socket> made)
    {
        var socket = network.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        made.Add(socket);
        return socket;
    }

    private static string Read(Socket socket)
    {
        var buffer = new byte[256];
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }
}
