using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>A real Redis Cluster: its nodes are found, keys belong to the node that is asked, and what moves is rejected by its own name.</summary>
public sealed class ClusterSpecs(ClusterSpecs.Shared shared) : IClassFixture<ClusterSpecs.Shared>
{
    private const string OwnKeys = "connection.script = [\"SET {key:user:1000} x\", \"GET {key:user:1000000000}\", \"INCR {key:n:50}:count\"]";

    [RedisTheory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Each_master_is_an_endpoint_and_is_asked_for_its_own_keys(string transport)
    {
        var masters = shared.Cluster.Masters;
        var storm = await Storm.RunOverAsync(transport, masters[1].Target, $"target.cluster = on\n {Storm.Load(150, 2)}\n {OwnKeys}");

        Assert.Equal((300, 0), (storm.Connections("succeeded"), storm.Rejections("MOVED")));
        Assert.Equal(
            masters.Select(master => (master.Target, 100L)).Order(),
            Endpoints(storm).Select(endpoint => (endpoint.GetProperty("address").GetString()!, endpoint.GetProperty("connections").GetProperty("succeeded").GetInt64())).Order());
    }

    [RedisFact]
    public async Task Key_of_another_node_is_rejected_as_MOVED_with_its_remedy()
    {
        var storm = await Storm.RunAsync(
            shared.Cluster.Masters[0].Target, $"target.cluster = on\n {Storm.Load(90)}\n connection.script = [\"GET foo\"]"); // its slot is 12182

        Assert.Equal((30, 60, 60), (storm.Connections("succeeded"), storm.Outcome("rejected"), storm.Rejections("MOVED")));
        var finding = storm.Finding("error-replies");
        Assert.Equal("connection.script", finding.GetProperty("remedies")[0].GetProperty("key").GetString());
        Assert.Contains(shared.Cluster.Masters[2].Target, $"{finding.GetProperty("sentence")}", StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Plain_target_that_is_a_node_gets_the_remedy_of_the_whole_cluster()
    {
        var storm = await Storm.RunAsync(shared.Cluster.Masters[0].Target, $"{Storm.Load(20)}\n connection.script = [\"GET foo\"]");

        Assert.Equal(20, storm.Rejections("MOVED"));
        Assert.Equal("target.cluster", storm.Finding("error-replies").GetProperty("remedies")[0].GetProperty("key").GetString());
    }

    [RedisFact]
    public async Task Failover_in_the_middle_of_a_storm_is_counted_and_a_master_that_is_down_is_named()
    {
        await using var cluster = await RedisCluster.StartAsync(replicas: 1);
        var (old, next) = (cluster.Masters[0], cluster.Replicas[0]);
        var storm = await Storm.RunObservedAsync(
            old.Target,
            $"target.cluster = on\n {OwnKeys}\n load = [ {{ shape = rate, rate = \"150/s\", duration = 4s }} ]",
            during: async _ =>
            {
                await old.HasReceivedAsync(40);
                await cluster.FailOverAsync();
            });

        Assert.Equal(600, storm.Connections("planned"));
        Assert.True(storm.Rejections("MOVED") > 0, $"{storm.Process}");
        Assert.Equal(storm.Rejections("MOVED"), Endpoints(storm).Single(endpoint => endpoint.GetProperty("address").GetString() == old.Target).GetProperty("rejections").GetProperty("MOVED").GetInt64());
        Assert.All(
            Endpoints(storm).Where(endpoint => endpoint.GetProperty("address").GetString() != old.Target),
            endpoint => Assert.Equal(200, endpoint.GetProperty("connections").GetProperty("succeeded").GetInt64()));
        Assert.Contains($"--target {next.Target}", $"{storm.Finding("error-replies").GetProperty("remedies")}", StringComparison.Ordinal);

        // Nobody takes over from the second master.
        await cluster.Masters[1].KillAsync();
        await RedisCluster.UntilAsync(old, nodes => nodes.Split('\n').Any(line => line.Contains($":{cluster.Masters[1].Port}@") && line.Contains("master,fail ")));
        var run = await ActorLoadProcess.RunAsync(["run", "--quiet", "--target", old.Target, "--set", "target.cluster=on", "--count", "1"]);
        Assert.Contains(
            $"target: target.cluster: the cluster has a node down: {cluster.Masters[1].Target} (slots 5461-10921) is fail; a cluster whose masters all serve",
            run.Expect(2).Stderr, StringComparison.Ordinal);
    }

    private static JsonElement[] Endpoints(Storm storm) => [.. storm.Result.GetProperty("endpoints").EnumerateArray()];

    /// <summary>A cluster of three masters.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        public RedisCluster Cluster { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            if (Requirement.Redis.Skip is null)
            {
                Cluster = await RedisCluster.StartAsync();
            }
        }

        public Task DisposeAsync() => Cluster?.DisposeAsync().AsTask() ?? Task.CompletedTask;
    }
}
