using ActorLoad.Peers;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Runs whose bursts take over idle connections, on a real server.</summary>
public sealed class ReuseSpecs
{
    [RedisTheory]
    [InlineData("io-uring")]
    [InlineData("sockets")]
    public async Task Server_receives_only_the_connections_that_were_opened(string transport)
    {
        await using var server = await RedisServer.StartAsync();
        var storm = await Storm.RunAsync(
            server.Target,
            $"load = [ {{ connections = 40, count = 3, gap = 0s }}, {{ connections = 60, count = 2, gap = 0s }} ]\n transport.kind = {transport}\n "
            + "connection { reuse = between-bursts, pool { max-idle = 50, test-idle = 0s } }");

        Assert.Equal((70, 170, 240), (storm.Connections("opened"), storm.Connections("reused"), storm.Connections("uses")));
        Assert.Equal(70, await server.ConnectionsReceivedAsync());
        var pool = storm.Result.GetProperty("pool");
        Assert.Equal((0, 0), (pool.GetProperty("idle").GetInt64(), pool.GetProperty("replaced").GetInt64()));
        Assert.Equal((20, 50), (pool.GetProperty("closed").GetProperty("surplus").GetInt64(), pool.GetProperty("closed").GetProperty("run-over").GetInt64()));
        Assert.True(pool.GetProperty("closeMillis").GetDouble() > 0);
        Assert.Equal(70, storm.Result.GetProperty("ledgers").GetProperty("client").GetProperty("abortiveCloses").GetInt64());
        Assert.Equal([0, 40, 40, 40, 50], storm.Bursts.Select(burst => burst.GetProperty("reused").GetInt64()));
    }
}
