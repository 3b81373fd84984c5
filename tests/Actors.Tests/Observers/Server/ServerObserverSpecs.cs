using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorLoad.Actors.Tests.Peers;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Actors.Tests.Observers.Server;

/// <summary>What a real server counts.</summary>
public sealed class ServerObserverSpecs : ServerObserverKit
{
    [RedisFact]
    public async Task Ledger_has_the_servers_connections_in_the_storm_without_the_observers()
    {
        await using var redis = await RedisServer.StartAsync();
        await ComeAndGoAsync(redis.EndPoint, 5);
        await StartAsync(redis.EndPoint);
        Assert.Equal(6, await redis.ConnectionsReceivedAsync());
        Begin();
        await ComeAndGoAsync(redis.EndPoint, 30);
        using var staying = await StayAsync(redis.EndPoint);
        var ledger = await HealthyEndAsync();

        Assert.Equal(31, ledger.ConnectionsReceived);
        Assert.Equal((0, 0, 0), (ledger.ConnectionsRejected, ledger.ErrorReplies, ledger.EvictedClients));
        Assert.True(ledger.CommandsProcessed > 31, $"{ledger.CommandsProcessed} commands");
        Assert.Equal((0, 1), (ledger.ConnectedClients!.Before, ledger.ConnectedClients.After));
        Assert.True(ledger.UsedMemory!.Before > 0, $"{ledger.UsedMemory}");
        Assert.True(ledger.MainThreadCpuSeconds > 0, $"{ledger.MainThreadCpuSeconds} s");
        Assert.Equal(37, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task Ledger_has_the_servers_known_properties()
    {
        await using var redis = await RedisServer.StartAsync("--maxclients", "5000", "--tcp-backlog", "300");
        await StartAsync(redis.EndPoint);
        Begin();
        var ledger = await HealthyEndAsync();

        Assert.Equal((redis.Target, "redis"), (ledger.Endpoint, ledger.Kind));
        Assert.Equal((await redis.InfoAsync("server"))["redis_version"], ledger.Version);
        Assert.Equal((5000, 300), (ledger.MaxClients, ledger.TcpBacklog));
        var limits = await File.ReadAllLinesAsync($"/proc/{redis.ProcessId}/limits");
        Assert.Contains(limits, line => line.StartsWith($"Max open files            {ledger.OpenFilesLimit} ", StringComparison.Ordinal));
        Assert.Equal((await File.ReadAllTextAsync("/proc/sys/vm/overcommit_memory")).Trim(), ledger.OvercommitMemory);
        Assert.Empty(ledger.Meaningless);
    }

    [RedisFact]
    public async Task Observer_uses_one_connection_and_few_commands()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartAsync(redis.EndPoint);
        Begin();
        await AskedAgainAsync(redis);
        Assert.Equal((1, 1), (await redis.ConnectionsReceivedAsync(), await redis.ConnectedClientsAsync()));
        var commands = (await redis.InfoAsync("commandstats")).Keys.Order(StringComparer.Ordinal);
        Assert.Equal(["cmdstat_config|get", "cmdstat_info", "cmdstat_ping"], commands);
        Assert.StartsWith("calls=1,", (await redis.InfoAsync("commandstats"))["cmdstat_config|get"], StringComparison.Ordinal);

        await HealthyEndAsync();
        await redis.HasClientsAsync(0);
        Assert.DoesNotContain(SocketTable.Read().Rows, row => row.State == SocketState.TimeWait && row.IsOf(redis.Port));
    }

    [RedisFact]
    public async Task A_replica_is_observed_as_well()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync("--replicaof", "127.0.0.1", redis.Port.ToString(CultureInfo.InvariantCulture));
        await Eventually.HoldsAsync(async () => (await replica.InfoAsync("replication"))["master_link_status"] == "up");
        await StartAsync(replica.EndPoint, others: 2); // its primary is one of its clients
        Begin();
        await ComeAndGoAsync(replica.EndPoint, 3);
        Assert.Equal(3, (await HealthyEndAsync()).ConnectionsReceived);
    }

    [RedisFact]
    public async Task Rejections_by_maxclients_are_counted_separately()
    {
        await using var redis = await RedisServer.StartAsync("--maxclients", "4"); // the test's, the observer's and two more
        await StartAsync(redis.EndPoint);
        Begin();
        using var one = await StayAsync(redis.EndPoint);
        using var two = await StayAsync(redis.EndPoint);
        for (var i = 0; i < 6; i++)
        {
            using var rejected = await RawClient.ConnectAsync(redis.EndPoint);
            Assert.StartsWith("-ERR max number of clients", await rejected.ReadAsync(28), StringComparison.Ordinal);
        }

        var ledger = await HealthyEndAsync();
        Assert.Equal((2, 6, 4), (ledger.ConnectionsReceived, ledger.ConnectionsRejected, ledger.MaxClients));
        Assert.Equal((0, 2), (ledger.ConnectedClients!.Before, ledger.ConnectedClients.After));
    }

    [RedisFact]
    public async Task Restarted_server_is_a_restart_and_a_loss_and_both_lives_are_counted()
    {
        await using var first = await RedisServer.StartAsync();
        await StartAsync(first.EndPoint);
        Begin();
        await ComeAndGoAsync(first.EndPoint, 10);
        await AskedAgainAsync(first);
        await first.KillAsync();
        await using var second = await RedisServer.StartAsync("--port", first.Port.ToString(CultureInfo.InvariantCulture));
        await second.HasClientsAsync(1);
        await ComeAndGoAsync(first.EndPoint, 5);

        var observed = await EndAsync();
        Assert.Equal(10 + 5 + 1, observed.Ledger!.ConnectionsReceived); // the test's own to the second server is one
        Assert.Single(observed.Ledger.Restarts);
        Assert.Empty(observed.Ledger.Resets);
        var loss = Assert.Single(observed.Ledger.Losses);
        Assert.NotNull(loss.Seconds);
        Assert.Matches("^(closed|reset) the connection$", loss.Reason);
        Assert.Contains($"{first.Target} restarted", Assert.Single(observed.Unseen), StringComparison.Ordinal);
        Assert.True(observed.OwnConnections >= 1, $"{observed.OwnConnections}");
    }

    [RedisFact]
    public async Task Server_that_says_BUSY_during_a_script_is_a_loss_until_the_script_ends()
    {
        await using var redis = await RedisServer.StartAsync("--lua-time-limit", "100");
        await StartAsync(redis.EndPoint);
        Begin();
        await redis.CommandAsync("EVAL", "local s = redis.call('time')[1]; repeat until redis.call('time')[1] - s > 1", "0");
        await AskedAgainAsync(redis);

        var observed = await EndAsync();
        var loss = Assert.Single(observed.Ledger!.Losses, loss => loss.IsRefusal);
        Assert.StartsWith("refused INFO (BUSY ", loss.Reason, StringComparison.Ordinal);
        Assert.NotNull(loss.Seconds);
        Assert.Equal((0, 0), (observed.Ledger.ConnectionsReceived, observed.Ledger.Restarts.Count));
    }

    [RedisFact]
    public async Task CONFIG_RESETSTAT_is_not_taken_for_a_restart()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartAsync(redis.EndPoint);
        Begin();
        await ComeAndGoAsync(redis.EndPoint, 10);
        await AskedAgainAsync(redis);
        await redis.CommandAsync("CONFIG", "RESETSTAT");
        await ComeAndGoAsync(redis.EndPoint, 5);

        var observed = await EndAsync();
        Assert.Equal(15, observed.Ledger!.ConnectionsReceived);
        Assert.Empty(observed.Ledger.Restarts);
        Assert.Empty(observed.Ledger.Losses);
        Assert.Single(observed.Ledger.Resets);
        Assert.Contains("CONFIG RESETSTAT", Assert.Single(observed.Unseen), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Disconnected_observer_reconnects_and_subtracts_its_own_connections()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartAsync(redis.EndPoint);
        Begin();
        await redis.CommandAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await Eventually.HoldsAsync(async () => await redis.ConnectedClientsAsync() == 1 && await redis.ConnectionsReceivedAsync() == 2);
        await ComeAndGoAsync(redis.EndPoint, 3);

        var observed = await EndAsync();
        Assert.Equal(3, observed.Ledger!.ConnectionsReceived);
        Assert.InRange(observed.OwnConnections, 1, 2);
        Assert.NotNull(Assert.Single(observed.Ledger.Losses).Seconds);
        Assert.Empty(observed.Ledger.Restarts);
        Assert.Empty(observed.Unseen);
    }

    /// <summary>Its tries to come back are rejections too.</summary>
    [RedisFact]
    public async Task Observer_without_a_client_slot_is_not_counted_as_rejected()
    {
        await using var redis = await RedisServer.StartAsync("--maxclients", "2");
        await StartAsync(redis.EndPoint);
        Begin();
        await redis.CommandAsync("CONFIG", "SET", "maxclients", "1");
        await redis.CommandAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await Eventually.HoldsAsync(async () => long.Parse((await redis.InfoAsync("stats"))["rejected_connections"], CultureInfo.InvariantCulture) >= 3);
        await redis.CommandAsync("CONFIG", "SET", "maxclients", "2");
        await redis.HasClientsAsync(1);

        var observed = await EndAsync();
        Assert.Equal((0, 0), (observed.Ledger!.ConnectionsReceived, observed.Ledger.ConnectionsRejected));
        Assert.True(observed.OwnConnections >= 4, $"{observed.OwnConnections}");
        Assert.NotNull(Assert.Single(observed.Ledger.Losses).Seconds);
    }

    [RedisFact]
    public async Task Server_gone_at_the_end_keeps_its_earlier_counts()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartAsync(redis.EndPoint);
        Begin();
        await ComeAndGoAsync(redis.EndPoint, 10);
        await AskedAgainAsync(redis);
        await redis.KillAsync();

        var ledger = (await EndAsync()).Ledger!;
        Assert.Equal(10, ledger.ConnectionsReceived);
        Assert.Null(Assert.Single(ledger.Losses).Seconds);
        Assert.Empty(ledger.Restarts);
    }

    [RedisFact]
    public async Task A_server_that_is_too_busy_to_answer_is_a_loss_of_that_length()
    {
        await using var redis = await RedisServer.StartAsync("--enable-debug-command", "yes");
        await StartAsync(redis.EndPoint, limit: TimeSpan.FromSeconds(2));
        Begin();
        await redis.CommandAsync("DEBUG", "SLEEP", "3"); // the server's own time is the subject
        await ComeAndGoAsync(redis.EndPoint, 3);

        var observed = await EndAsync();
        Assert.Equal(3, observed.Ledger!.ConnectionsReceived);
        Assert.Contains(observed.Ledger.Losses, loss => loss.Seconds >= 2 && loss.Reason == "did not answer INFO within 2 s");
        Assert.InRange(observed.OwnConnections, 0, 1); // the connection is kept
    }

    [SkippableFact]
    public async Task A_server_on_an_ipv6_address_is_observed_as_well()
    {
        Skip.If(Requirement.Redis.Skip is not null, Requirement.Redis.Skip);
        Skip.IfNot(Requirement.RequireAll || Socket.OSSupportsIPv6, "needs IPv6");
        await using var redis = await RedisServer.StartAsync("--bind", "::1");
        await StartAsync(new IPEndPoint(IPAddress.IPv6Loopback, redis.Port));
        Begin();
        var ledger = await HealthyEndAsync();
        Assert.Equal(($"[::1]:{redis.Port}", 0), (ledger.Endpoint, ledger.ConnectionsReceived));
        Assert.NotNull(ledger.OpenFilesLimit);
    }

    [RedisFact]
    public async Task Observer_answers_at_any_time_with_its_counts_so_far()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartAsync(redis.EndPoint);
        Begin();
        await ComeAndGoAsync(redis.EndPoint, 4);
        await AskedAgainAsync(redis);
        Assert.Equal(4, (await ConcludeAsync(ConcludeNow.Instance)).Ledger!.ConnectionsReceived);
    }

    [RedisFact]
    public async Task A_storm_that_ended_before_it_began_has_an_empty_ledger()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartAsync(redis.EndPoint);
        var ledger = await HealthyEndAsync();
        Assert.Equal((0, 0), (ledger.ConnectionsReceived, ledger.ConnectionsRejected));
    }
}
