using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Peers;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>What a real redis-server sends of its own accord, several times, or not at all.</summary>
public abstract class ConnectionAndRedisSpecs(string transport) : ConnectionKit(transport)
{
    [RedisFact]
    public async Task Push_beside_a_reply_is_skipped()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("HSET", "h", "f", "1");
        await OpenAsync(server.EndPoint, Given.Connection("HELLO 3", "CLIENT TRACKING ON", "HGET h f", "HDEL h f", "PING"));
        await EndsAsync(Outcome.Succeeded);
    }

    [RedisFact]
    public async Task Push_alone_is_not_a_reply_and_an_error_after_it_is_noticed()
    {
        await using var server = await RedisServer.StartAsync();
        await OpenAsync(server.EndPoint, Given.Connection("HELLO 3", "CLIENT SETNAME waiting", "CLIENT TRACKING ON", "GET k", "BLPOP q 0"));
        await Eventually.HoldsAsync(async () => (await server.InfoAsync("clients"))["blocked_clients"] == "1");
        await server.CommandAsync("SET", "k", "1");
        var id = (await server.CommandAsync("CLIENT", "LIST"))!.Split('\n').Single(line => line.Contains("name=waiting", StringComparison.Ordinal)).Split(' ')[0][3..];
        await server.CommandAsync("CLIENT", "UNBLOCK", id, "ERROR");
        Assert.Equal("UNBLOCKED", Assert.IsType<RejectedException>(await FailsAsync(Outcome.Rejected)).Prefix);
    }

    [RedisTheory]
    [InlineData("HELLO 2")]
    [InlineData("HELLO 3")]
    public async Task A_subscriber_gets_a_reply_for_each_channel_and_holds_whatever_is_published(string hello)
    {
        await using var server = await RedisServer.StartAsync();
        await OpenAsync(server.EndPoint, Given.Connection(
            hello, "SUBSCRIBE a b gone", "UNSUBSCRIBE gone", "PSUBSCRIBE a*", "SSUBSCRIBE s", "SUNSUBSCRIBE") with
        { Hold = Given.Patience });
        await Eventually.HoldsAsync(async () => await server.CommandAsync("PUBSUB", "SHARDNUMSUB", "s") == "s\n0" && await server.CommandAsync("PUBSUB", "NUMPAT") == "1");
        for (var message = 0; message < 20; message++)
        {
            Assert.Equal("2", await server.CommandAsync("PUBLISH", "a", new string('x', 50 * message)));
        }

        await server.CommandAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await FailsAsync(Outcome.PeerClosed);
    }

    [RedisFact]
    public async Task MONITOR_lines_may_arrive_between_replies_and_during_the_hold()
    {
        await using var server = await RedisServer.StartAsync();
        await OpenAsync(server.EndPoint, Given.Connection("CLIENT SETNAME watching", "MONITOR", "PING", "PING", "ECHO x") with { Hold = Given.Patience });
        await Eventually.HoldsAsync(async () => (await server.CommandAsync("CLIENT", "LIST"))!.Contains("cmd=echo", StringComparison.Ordinal));
        await server.CommandAsync("CLIENT", "KILL", "TYPE", "normal");
        await FailsAsync(Outcome.PeerClosed);
    }

    [RedisFact]
    public async Task CLIENT_REPLY_decides_which_commands_are_answered()
    {
        await using var server = await RedisServer.StartAsync();
        await OpenAsync(server.EndPoint, Given.Connection(
            "CLIENT REPLY OFF", "SET a 1", "SET b 2", "CLIENT REPLY ON", "GET a", "CLIENT REPLY SKIP", "SET c 3", "GET c"));
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal("1\n2\n3", await server.CommandAsync("MGET", "a", "b", "c"));
        Assert.True(Entry.Timings.FirstReply > 0);
    }

    [RedisFact]
    public async Task Unanswered_commands_are_sent_before_the_connection_ends()
    {
        await using var server = await RedisServer.StartAsync();
        await OpenAsync(server.EndPoint, Given.Connection("PING", "CLIENT REPLY OFF", "SET c 3"));
        await EndsAsync(Outcome.Succeeded);
        await Eventually.HoldsAsync(async () => await server.CommandAsync("GET", "c") == "3");
    }

    private Task OpenAsync(Endpoint server, ConnectionSettings settings) => OpenAsync(server, settings, restarts: 0);
}

public sealed class ConnectionAndRedisOverRingSpecs() : ConnectionAndRedisSpecs(LoopsOf.Ring);

public sealed class ConnectionAndRedisOverSocketsSpecs() : ConnectionAndRedisSpecs(LoopsOf.Sockets);
