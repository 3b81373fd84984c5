using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Fleets on real servers: what each says, what the servers count, and that one fleet's trouble is not the other's.</summary>
public sealed class FleetsSpecs
{
    [RedisTheory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Each_fleet_storms_its_own_server_with_its_own_session(string transport)
    {
        await using var web = await RedisServer.StartAsync();
        await using var jobs = await RedisServer.StartAsync("--requirepass", "pw");
        var storm = await Storm.HereOverAsync(transport, web.Target, $$"""
            fleets = [
              { name = web, connection { script = ["GET a"] }, load = [ { shape = rate, rate = "100/s", duration = 1s } ] }
              { name = jobs, target { endpoints = ["{{jobs.Target}}"], password = pw }, connection { script = ["SET a b", "INCR n"] }
                load = [ { connections = 20, count = 2, gap = 100ms } ] }
            ]
            verdict.allow = ["generator-limited"] # what is counted does not depend on the machine
            thresholds = ["fleets.web.succeeded == 100", "fleets.jobs.phases.storm.succeeded == 40"]
            """);

        Assert.Equal((0, 140), (storm.ExitCode, storm.Connections("succeeded")));
        Assert.Equal(["web", "jobs"], Fleets(storm).Select(fleet => fleet.GetProperty("name").GetString()));
        Assert.Equal([100, 40], Fleets(storm).Select(fleet => fleet.GetProperty("connections").GetProperty("succeeded").GetInt64()));
        Assert.False(Fleets(storm)[0].GetProperty("latency").TryGetProperty("setup", out _));
        Assert.Equal(40, Fleets(storm)[1].GetProperty("latency").GetProperty("setup").GetProperty("count").GetInt64());
        Assert.Equal((100, 40), (await web.ConnectionsReceivedAsync(), await jobs.ConnectionsReceivedAsync()));
        Assert.Equal("40", await jobs.CommandAsync("GET", "n"));
    }

    [RedisFact]
    public async Task Fleet_whose_server_is_down_ends_alone_and_the_verdict_says_so()
    {
        await using var well = await RedisServer.StartAsync();
        await using var down = FaultPeer.ClosedPort();
        var storm = await Storm.HereAsync(well.Target, $$"""
            supervision.refused.directive = stop
            fleets = [
              { name = web, load = [ { shape = rate, rate = "200/s", duration = 1s } ] }
              { name = jobs, target.endpoints = ["{{down.Target}}"], load = [ { connections = 50, count = 3, gap = 100ms } ] }
            ]
            """);

        Assert.Equal((4, "aborted", 200), (storm.ExitCode, storm.Verdict, storm.Connections("succeeded")));
        Assert.Contains($"{down.Target} was given up", storm.Reasons, StringComparison.Ordinal);
        Assert.Equal(200, Fleets(storm)[0].GetProperty("connections").GetProperty("succeeded").GetInt64());
        var jobs = Fleets(storm)[1].GetProperty("connections");
        Assert.Equal((50, 0), (jobs.GetProperty("planned").GetInt64(), jobs.GetProperty("succeeded").GetInt64()));
    }

    private static JsonElement[] Fleets(Storm storm) => [.. storm.Result.GetProperty("fleets").EnumerateArray()];
}
