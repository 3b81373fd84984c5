using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using ActorLoad.Peers.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Peers;

public sealed class RedisServerSpecs
{
    [RedisFact]
    public async Task Server_counts_other_connections_but_not_the_asking_one()
    {
        await using var redis = await RedisServer.StartAsync();
        Assert.Equal(0, await redis.ConnectionsReceivedAsync());
        for (var i = 0; i < 5; i++)
        {
            using var client = await RawClient.ConnectAsync(redis.EndPoint);
            await client.PingAsync();
            Assert.Equal("+PONG\r\n", await client.ReadAsync(7));
            await redis.HasClientsAsync(1); // a process that starts beside us may hold the last one's socket for a moment
            client.Abort();
        }

        Assert.Equal(5, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task Command_returns_the_servers_reply()
    {
        await using var redis = await RedisServer.StartAsync();
        Assert.Null(await redis.CommandAsync("GET", "foo"));
        Assert.Equal("OK", await redis.CommandAsync("SET", "foo", "0:7"));
        Assert.Equal("0:7", await redis.CommandAsync("GET", "foo"));
        Assert.Equal("tcp-backlog\n4096", await redis.CommandAsync("CONFIG", "GET", "tcp-backlog"));
        var error = await Assert.ThrowsAsync<RedisErrorException>(() => redis.CommandAsync("NO-SUCH"));
        Assert.StartsWith("ERR unknown command", error.Message, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Password_and_maxclients_apply_to_other_clients()
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "secret", "--maxclients", "2");
        using var client = await RawClient.ConnectAsync(redis.EndPoint);
        await client.PingAsync();
        Assert.Equal("-NOAUTH", await client.ReadAsync(7));
        using var tooMany = await RawClient.ConnectAsync(redis.EndPoint);
        Assert.Equal("-ERR max number of clients", await tooMany.ReadAsync(26));
        client.Abort();
    }

    [RedisFact]
    public async Task Bad_argument_is_reported_in_the_words_of_the_server()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RedisServer.StartAsync("--no-such-setting", "1"));
        Assert.Contains("no-such-setting", error.Message, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Killed_server_refuses_connections()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        var error = await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => RawClient.ConnectAsync(redis.EndPoint));
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [RedisNetnsFact]
    public async Task A_server_in_a_namespace_is_reachable_inside_only()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var redis = await RedisServer.StartAsync(network);
        var port = redis.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var inside = (await network.ExecAsync("bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{port} && printf 'PING\\r\\n' >&3 && head -c 7 <&3"))
            .Expect();
        Assert.Equal("+PONG\r\n", inside.Stdout);
        Assert.Equal(1, await redis.ConnectionsReceivedAsync());
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => RawClient.ConnectAsync(redis.EndPoint));
    }
}
