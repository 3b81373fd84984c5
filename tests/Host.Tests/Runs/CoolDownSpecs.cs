using System.Net.Sockets;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Runs;
using ActorLoad.Metrics;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Runs;

public sealed class CoolDownSpecs
{
    [RedisFact]
    public async Task Wait_lasts_until_the_clients_of_the_probe_have_gone()
    {
        await using var redis = await RedisServer.StartAsync();
        using var other = await ConnectAsync(redis); // was there before, and stays
        var coolDown = await BeginAsync(redis);
        var left = await ConnectAsync(redis);
        var received = await redis.ConnectionsReceivedAsync();

        var wait = coolDown.WaitAsync(1, TimeSpan.FromMinutes(1), default);
        await redis.HasReceivedAsync(received + 3); // it asks again and again
        Assert.False(wait.IsCompleted);
        left.Dispose();
        Assert.Null(await wait);
    }

    [RedisFact]
    public async Task Client_that_stays_is_told_of_after_the_longest_wait()
    {
        await using var redis = await RedisServer.StartAsync();
        var coolDown = await BeginAsync(redis);
        using var staying = await ConnectAsync(redis);
        var late = await coolDown.WaitAsync(1, TimeSpan.Zero, default);
        Assert.Equal((false, $"{redis.EndPoint} still has 2 other clients 0 ms later"), (late!.IsLost, late.Sentence));

        // One of a hundred may stay: other clients of the server come and go, too.
        Assert.Null(await coolDown.WaitAsync(100, TimeSpan.Zero, default));
    }

    [RedisFact]
    public async Task Server_that_has_died_is_lost()
    {
        await using var redis = await RedisServer.StartAsync();
        var coolDown = await BeginAsync(redis);
        await redis.KillAsync();
        var late = await coolDown.WaitAsync(1, TimeSpan.Zero, default);
        Assert.True(late!.IsLost);
        Assert.StartsWith($"{redis.EndPoint} refused the connection", late.Sentence, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Server_that_never_let_the_observer_in_delays_nothing()
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "secret");
        var coolDown = await BeginAsync(redis);
        Assert.Null(await coolDown.WaitAsync(1, TimeSpan.Zero, default));
    }

    [Fact]
    public async Task Nobody_asks_when_only_the_storm_may_connect()
    {
        await using var peer = FaultPeer.Answering();
        var coolDown = await CoolDown.BeginAsync(
            Settings(peer.Target, "observers.server.enabled = off"), Target(peer.Target, peer.EndPoint), TimeProvider.System, default);
        Assert.Null(await coolDown.WaitAsync(1, TimeSpan.Zero, default));
        Assert.Equal(0, peer.Accepted);
    }

    private static Task<CoolDown> BeginAsync(RedisServer redis) =>
        CoolDown.BeginAsync(Settings(redis.Target), Target(redis.Target, redis.EndPoint), TimeProvider.System, default);

    private static async Task<Socket> ConnectAsync(RedisServer redis)
    {
        var clients = await redis.ConnectedClientsAsync();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(redis.EndPoint);
        await redis.HasClientsAsync(clients + 1);
        return socket;
    }

    private static ResolvedTarget Target(string name, System.Net.IPEndPoint address) => new([name], [new Endpoint(address, name)]);

    private static RunSettings Settings(string target, string more = "") => ConfigLoader.Load(
        [new FileLayer("run.conf", $"actorload {{ target.endpoints = [\"{target}\"]\n {more}\n }}")]).Settings;
}
