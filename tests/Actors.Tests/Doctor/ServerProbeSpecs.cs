using ActorLoad.Doctor;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using ActorLoad.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Doctor;

public sealed class ServerProbeSpecs
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    [RedisFact]
    public async Task Probe_reads_limits_from_the_server_and_sees_its_listener_and_process()
    {
        await using var redis = await RedisServer.StartAsync("--maxclients", "123", "--tcp-backlog", "99");
        var seen = await AskAsync(redis);
        Assert.True(seen is { IsHere: true, IsElsewhere: false, IsDown: false, Problem: null, Forks: false }, $"{seen}");
        Assert.Equal(("redis", 123L, 99L, 99L, redis.ProcessId), (seen.Kind, seen.MaxClients, seen.TcpBacklog, seen.QueueLimit, seen.ProcessId));
        Assert.True(seen.Descriptors is { Soft: >= 123 + 32 } limits && limits.Hard >= limits.Soft, $"{seen}");
        Assert.Equal(1, seen.Others); // the one over which the spec asks
        Assert.Equal(1, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task Look_at_a_server_opens_no_connection()
    {
        await using var redis = await RedisServer.StartAsync("--tcp-backlog", "99");
        var seen = ServerProbe.Look(redis.EndPoint);
        Assert.Equal((true, 99L, null), (seen.IsHere, seen.QueueLimit, seen.Reading));
        Assert.Equal(0, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task User_without_CONFIG_GET_still_has_INFO()
    {
        await using var redis = await RedisServer.StartAsync("--tcp-backlog", "99");
        await redis.CommandAsync("ACL", "SETUSER", "storm", "on", ">word", "~*", "+@all", "-config");
        var seen = await ServerProbe.AskAsync(redis.EndPoint, new Credentials("storm", "word"), _limit, TimeProvider.System, CancellationToken.None);
        Assert.StartsWith("NOPERM", seen.Configuration?.Refusal, StringComparison.Ordinal);
        Assert.Equal((99L, null, null, "storm"), (seen.QueueLimit, seen.TcpBacklog, seen.Forks, seen.User));
        Assert.NotNull(seen.MaxClients);
    }

    [RedisFact]
    public async Task User_without_INFO_may_still_storm()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("ACL", "SETUSER", "storm", "on", ">word", "~*", "+get", "+ping");
        var seen = await ServerProbe.AskAsync(redis.EndPoint, new Credentials("storm", "word"), _limit, TimeProvider.System, CancellationToken.None);
        Assert.False(seen.IsDown, $"{seen}");
        Assert.Contains("NOPERM", seen.Problem, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Server_that_wants_a_password_counts_as_down()
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "word");
        var seen = await AskAsync(redis);
        Assert.True(seen.IsDown, $"{seen}");
        Assert.Contains("NOAUTH", seen.Problem, StringComparison.Ordinal);
        Assert.False((await ServerProbe.AskAsync(redis.EndPoint, new Credentials("", "word"), _limit, TimeProvider.System, CancellationToken.None)).IsDown);
    }

    [Fact]
    public async Task Server_without_a_listener_is_down_and_not_elsewhere()
    {
        await using var peer = FaultPeer.ClosedPort();
        var seen = await ServerProbe.AskAsync(peer.EndPoint, Credentials.None, _limit, TimeProvider.System, CancellationToken.None);
        Assert.True(seen is { IsDown: true, IsElsewhere: false, Reading: null }, $"{seen}");
        Assert.Contains("nothing listens", seen.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hanging_server_is_given_up_by_the_probe()
    {
        await using var peer = FaultPeer.Hanging();
        var seen = await ServerProbe.AskAsync(peer.EndPoint, Credentials.None, TimeSpan.FromSeconds(3), TimeProvider.System, CancellationToken.None); // long enough to connect, whatever else runs
        Assert.True(seen.IsDown, $"{seen}");
        Assert.Contains("did not answer", seen.Problem, StringComparison.Ordinal);
    }

    private static Task<ServerReadings> AskAsync(RedisServer redis) => ServerProbe.AskAsync(redis.EndPoint, Credentials.None, _limit, TimeProvider.System, CancellationToken.None);
}
