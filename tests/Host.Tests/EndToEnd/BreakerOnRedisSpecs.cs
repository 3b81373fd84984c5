using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>The storms that the tool exists for do not end before their time, with all defaults.</summary>
public class BreakerOnRedisSpecs
{
    [RedisTheory]
    [InlineData("auto", 561, 600)]
    [InlineData("auto", 51, 1000)]
    [InlineData("sockets", 561, 600)]
    [InlineData("sockets", 51, 1000)]
    public async Task Burst_larger_than_maxclients_runs_to_its_end(string transport, int maxClients, int connections)
    {
        await using var server = await RedisServer.StartAsync("--maxclients", $"{maxClients}");
        var storm = await Storm.HereOverAsync(transport, server.Target, Storm.Load(connections, 2) + "\n connection.hold = 500ms");
        Assert.Equal((0, 2 * connections, 0), (storm.ExitCode, storm.Connections("opened"), storm.Outcome("cancelled")));
        Assert.InRange(storm.Connections("succeeded"), maxClients, 2 * connections);
    }

    [RedisTheory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Held_fleet_reconnects_after_its_connections_are_killed(string transport)
    {
        const int Fleet = 400;
        await using var server = await RedisServer.StartAsync();
        await using var run = ActorLoadProcess.Start(
        [
            "run", "--quiet", "--json", "--target", server.Target, "--set", $"transport.kind={transport}", "--set", "observers.server.enabled=off",
            "--set", $"load.0.connections={Fleet}", "--set", "load.0.count=1", "--set", "connection.hold=3s",
        ]);
        await server.HasClientsAsync(Fleet);
        await server.CommandAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        var result = JsonDocument.Parse((await run.ExitAsync()).Expect(0).Stdout).RootElement;
        Assert.NotEqual("aborted", result.GetProperty("verdict").GetString());
        Assert.Equal((Fleet, Fleet), (result.GetProperty("connections").GetProperty("succeeded").GetInt32(), result.GetProperty("retries").GetInt32()));
    }
}
