using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using ActorLoad.Peers.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Peers;

public sealed class RedisServerSpecs
{
    [RedisFact]
    public async Task A_server_counts_the_connections_of_others_and_not_the_one_that_asks()
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
    public async Task Commands_give_what_the_server_says()
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
    public async Task A_password_and_other_arguments_hold_for_strangers()
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
    public async Task A_bad_argument_is_told_in_the_words_of_the_server()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RedisServer.StartAsync("--no-such-setting", "1"));
        Assert.Contains("no-such-setting", error.Message, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_killed_server_refuses()
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
