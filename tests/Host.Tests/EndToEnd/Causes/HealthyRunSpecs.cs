using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>Runs without trouble: no finding, and three ledgers that agree.</summary>
[Collection(nameof(RealTime))]
public sealed class HealthyRunSpecs
{
    private static readonly string[] _quantities =
        ["attempts / SYNs", "accepted", "rejected", "resets sent", "resets received", "failed connects", "retransmitted SYNs", "drops"];

    [RedisNetnsTheory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Three_ledgers_agree_to_the_last_connection_of_a_run_on_redis(string transport)
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await Undisturbed.RunAsync(
            network, server.Target, Storm.Load(200, count: 4, gap: "100ms") + $"\n observers.bystander.connections = 2\n transport.kind = {transport}");

        Assert.Empty(storm.Findings);
        Agree(storm, 800);
        var bystander = storm.Result.GetProperty("ledgers").GetProperty("bystander");
        Assert.Equal(2, bystander.GetProperty("connections").GetInt32());
        Assert.All(["before", "during", "after"], when => Assert.True(bystander.GetProperty(when).GetProperty("count").GetInt64() > 0, $"{bystander}"));
        Assert.Matches("^(recovered at once|recovered in [0-9.]+ s|did not recover in [0-9.]+ s)$", bystander.GetProperty("recovery").GetString());
        Assert.Empty(bystander.GetProperty("errors").EnumerateObject());
    }

    [RedisNetnsFact]
    public async Task Large_burst_has_no_finding_when_the_server_has_room()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await Undisturbed.RunAsync(network, server.Target, Storm.Load(1_200, count: 3, gap: "200ms"));

        Assert.Empty(storm.Findings);
        Assert.Equal("", storm.Unseen);
        Agree(storm, 3_600);
    }

    [NetnsFact]
    public async Task Three_ledgers_agree_to_the_last_connection_of_the_quick_run()
    {
        await using var network = await NetworkNamespace.CreateAsync();

        var storm = await Undisturbed.RunAsync(network, "embedded", Storm.Load(300, count: 2, gap: "200ms"));

        Assert.Empty(storm.Findings);
        Assert.Equal("", storm.Unseen);
        Agree(storm, 600);
    }

    [RedisNetnsFact]
    public async Task Storm_on_a_shared_machine_is_reconciled_without_the_idle_traffic()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);
        await using var other = ActorLoadProcess.Start(
            ["run", "--quiet", "--target", server.Target, "--cps", "40", "--gap", "20ms", "--duration", "10m", "--set", "observers.server.enabled=off"],
            new ActorLoadOptions { Wrapper = network.Prefix });
        await server.HasReceivedAsync(200); // until it is at work

        var storm = await Storm.RunObservedAsync(
            server.Target, Storm.Load(100, count: 2, gap: "100ms") + "\n observers.kernel.baseline = 2s", new ActorLoadOptions { Wrapper = network.Prefix });

        var opens = storm.Result.GetProperty("ledgers").GetProperty("kernel").GetProperty("counters").GetProperty("ActiveOpens");
        Assert.True(opens.GetProperty("idlePerSecond").GetDouble() > 100, storm.Process.ToString());
        Assert.True(storm.Reconciled("attempts / SYNs").GetProperty("kernel").GetInt64() < opens.GetProperty("delta").GetInt64());
        Assert.Equal(200, storm.Connections("succeeded"));
    }

    private static void Agree(Storm storm, long connections)
    {
        Assert.All(_quantities, quantity => Assert.True(storm.Reconciled(quantity).GetProperty("unexplained").GetInt64() == 0, $"{storm.Reconciled(quantity)}"));
        Assert.Equal(connections, storm.Reconciled("attempts / SYNs").GetProperty("kernel").GetInt64());
        foreach (var ledger in new[] { "client", "server", "kernel" })
        {
            Assert.Equal(connections, storm.Reconciled("accepted").GetProperty(ledger).GetInt64());
        }

        var proof = storm.Result.GetProperty("ledgers").GetProperty("timeWait");
        Assert.Equal(("pass", connections), (proof.GetProperty("state").GetString(), proof.GetProperty("kernelAborts").GetInt64()));
    }
}
