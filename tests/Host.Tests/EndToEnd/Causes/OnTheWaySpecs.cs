using System.Globalization;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>A firewall that lets the observer pass, and does something to the storm: the findings tell of the way, and not of the server.</summary>
public sealed class OnTheWaySpecs
{
    // Connections have the first ports of the range; the observer, which the kernel gives one, is rarely among them.
    private const string Range = "20000 29999";

    [RedisFirewallFact]
    public async Task Firewall_that_resets_data_is_diagnosed_as_connection_resets()
    {
        var storm = await RunAsync("tcp sport 20000-20029 tcp flags & psh == psh reject with tcp reset");

        var cause = storm.Cause("connection-resets");
        Assert.Equal((60, 60), (storm.Outcome("reset"), cause.GetProperty("explains").GetInt64()));
        Assert.Matches("still held [0-9]+ connections of the run|came from a firewall", cause.GetProperty("sentence").GetString());
        Assert.DoesNotContain("server-stalled", storm.Rules);
    }

    [RedisFirewallFact]
    public async Task Firewall_that_drops_data_is_diagnosed_as_line_loss()
    {
        var storm = await RunAsync("tcp sport 20000-20029 tcp flags & psh == psh drop");

        var cause = storm.Cause("line-loss");
        Assert.Equal((60, 60), (storm.Outcome("reply-timeout"), cause.GetProperty("explains").GetInt64()));
        Assert.Contains("as often as data that never arrives", cause.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("server-stalled", storm.Rules);
    }

    [RedisFirewallFact]
    public async Task Rejecting_firewall_and_full_server_are_two_causes()
    {
        // The fifth, the tenth ...: the observer's, which is the first, comes through.
        var storm = await RunAsync("tcp flags & (syn|ack) == syn numgen inc mod 5 4 reject with tcp reset", "\n connection.hold = 1s", "--maxclients", "152");

        // One that asks over the Unix socket, one observer: 150 of 152 are left, for 160 in each of two bursts.
        Assert.Equal((80, 20), (storm.Outcome("refused"), storm.Attempts - storm.Outcome("refused") - storm.Connections("succeeded")));
        Assert.Equal(
            [("refused-on-the-way", 80L), ("maxclients", 20L)],
            storm.Findings.Take(2).Select(finding => (finding.GetProperty("rule").GetString()!, finding.GetProperty("explains").GetInt64())));
        Assert.EndsWith("This explains 80 of 100 failed attempts", storm.Findings[0].GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("server-unreachable", storm.Rules);
    }

    private static async Task<Storm> RunAsync(string rule, string lines = "", params string[] redis)
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.ip_local_port_range", Range);
        await using var server = await RedisServer.StartAsync(network, redis);
        (await network.ExecAsync("nft", string.Create(
            CultureInfo.InvariantCulture, $"add table ip t; add chain ip t c {{ type filter hook input priority 0; }}; add rule ip t c tcp dport {server.Port} {rule}"))).Expect();
        return await Undisturbed.RunAsync(
            network, server.Target, Storm.Load(200, count: 2, gap: "2s") + "\n connection.reply-timeout = 2s" + lines + "\n " + Storm.OneAttempt);
    }
}
