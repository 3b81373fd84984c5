using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>Handshakes that go wrong: queues that are too short, lines that lose packets, a firewall that is full.</summary>
[Collection(nameof(RealTime))]
public sealed class LostOnTheWaySpecs
{
    private const string Patient = "\n connection { connect-timeout = 20s, reply-timeout = 4s }";

    [StarvedRedisFact]
    public async Task Accept_queue_cut_by_somaxconn_has_a_somaxconn_remedy()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.core.somaxconn", "16");
        await using var server = await Undisturbed.RedisOnOneCoreAsync(network, "--tcp-backlog", "511");

        var storm = await Undisturbed.OnItsCoreAsync(network, server.Target, Storm.Load(400) + Patient);

        var cause = storm.Cause("accept-queue-overflow");
        Remedies(cause, ("net.core.somaxconn", "16"), ("tcp-backlog", null));
        Assert.Contains("cuts the tcp-backlog of 511", cause.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.True(cause.GetProperty("numbers").GetProperty("listenOverflows").GetDouble() > 0);
        Assert.True(storm.Reconciled("retransmitted SYNs").GetProperty("client").GetInt64() > 0, storm.Process.ToString());
    }

    [StarvedRedisFact]
    public async Task Accept_queue_limited_by_the_server_has_a_tcp_backlog_remedy()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisOnOneCoreAsync(network, "--tcp-backlog", "32");

        var storm = await Undisturbed.OnItsCoreAsync(network, server.Target, Storm.Load(200) + Patient);

        Remedies(storm.Cause("accept-queue-overflow"), ("tcp-backlog", "32"));
    }

    // The same number bounds the accept queue: where the server does not run for some milliseconds, that is found too, and first.
    [RedisNetnsFact]
    public async Task Half_open_handshakes_beyond_the_backlog_are_diagnosed_as_SYN_queue_overflow()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await SlowDownAsync(network, "10mbit", "400kb");
        await using var server = await Undisturbed.RedisAsync(network, "--tcp-backlog", "64");

        var storm = await RunAsync(network, server, Storm.Load(500) + "\n observers.ready-timeout = 0s");

        Assert.Equal("tcp-backlog", storm.Finding("syn-queue-overflow").GetProperty("remedies")[0].GetProperty("key").GetString());
    }

    [RedisFirewallFact]
    public async Task Loss_of_one_SYN_in_three_is_diagnosed_as_SYN_retransmits()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);

        // The third, the sixth ...: the observer's, which is the first, comes through.
        await FirewallAsync(network, $"tcp dport {server.Port} tcp flags & (syn|ack) == syn numgen inc mod 3 2 drop");

        var storm = await RunAsync(network, server, Storm.Load(300) + Patient);

        var cause = storm.Cause("syn-retransmits");
        Assert.Matches("[0-9]+ near [12] s", cause.GetProperty("sentence").GetString());
        Assert.True(cause.GetProperty("numbers").GetProperty("synRetransmits").GetDouble() >= 100, storm.Process.ToString());
        Assert.Equal(300, storm.Connections("succeeded"));
    }

    // What does not fit into the bucket's queue is lost, and the rest comes late: connects take a second or more, and are near no whole one.
    [RedisNetnsFact]
    public async Task Slow_and_lossy_line_is_diagnosed_as_SYN_retransmits()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await SlowDownAsync(network, "2mbit", "8kb");
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await RunAsync(network, server, Storm.Load(300) + Patient + "\n observers.ready-timeout = 0s");

        var numbers = storm.Cause("syn-retransmits").GetProperty("numbers");
        Assert.True(numbers.GetProperty("synRetransmits").GetDouble() > 0 && numbers.GetProperty("slowConnects").GetDouble() > 0, storm.Process.ToString());
    }

    // The limit is the machine's: it is lowered only where nobody has anything tracked, and put back at once.
    [ConntrackFact]
    public async Task Full_conntrack_table_is_diagnosed_as_conntrack_full()
    {
        const string Limit = "/proc/sys/net/netfilter/nf_conntrack_max";
        await using var network = await NetworkNamespace.CreateAsync();
        await FirewallAsync(network, "ct state new accept");
        await using var server = await Undisturbed.RedisAsync(network);
        var before = await File.ReadAllTextAsync(Limit);
        await File.WriteAllTextAsync(Limit, "100");
        try
        {
            var storm = await RunAsync(network, server, Storm.Load(300) + "\n connection.connect-timeout = 3s\n " + Storm.OneAttempt);

            var cause = storm.Cause("conntrack-full");
            Remedies(cause, ("net.netfilter.nf_conntrack_max", "100"));
            Assert.True(cause.GetProperty("numbers").GetProperty("dropped").GetDouble() > 0);
        }
        finally
        {
            await File.WriteAllTextAsync(Limit, before);
        }
    }

    private static async Task FirewallAsync(NetworkNamespace network, string rule) =>
        (await network.ExecAsync("nft", $"add table ip t; add chain ip t c {{ type filter hook input priority 0; }}; add rule ip t c {rule}")).Expect();

    // Not by netem, which not every kernel has.
    private static async Task SlowDownAsync(NetworkNamespace network, string rate, string limit) =>
        (await network.ExecAsync("tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", rate, "burst", "4kb", "limit", limit)).Expect();

    private static Task<Storm> RunAsync(NetworkNamespace network, RedisServer server, string lines) => Undisturbed.RunAsync(network, server.Target, lines);

    /// <summary>The first remedies, in order; a second one that is not needed may be missing.</summary>
    private static void Remedies(JsonElement cause, params (string Key, string? Present)[] expected)
    {
        var remedies = cause.GetProperty("remedies").EnumerateArray()
            .Select(remedy => (remedy.GetProperty("key").GetString()!, remedy.GetProperty("present").GetString())).ToArray();
        Assert.Equal(expected.Where(remedy => remedy.Present is not null), remedies.Take(expected.Count(remedy => remedy.Present is not null)));
    }
}
