using System.Text.Json;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Tests.Doctor;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>Real proxies before a real server: the listener is theirs, and so is what happens at it.</summary>
public sealed class ProxySpecs
{
    private const string Front = "127.0.0.1:7310";

    [HAProxyFact]
    public async Task The_short_queue_of_a_proxy_is_not_blamed_on_the_server()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);
        await using var proxy = await HAProxyAsync(network, "maxconn 10", $"server s {server.Target}");

        var storm = await RunAsync(network, Storm.Load(60));

        var cause = storm.Cause("accept-queue-overflow");
        var sentence = cause.GetProperty("sentence").GetString();
        Assert.Contains($"The accept queue of the proxy at {Front} overflowed", sentence, StringComparison.Ordinal);
        Assert.Contains($"It holds 10. The listener is a proxy or a mapped port, because the server behind it says that it listens on port {server.Port}", sentence, StringComparison.Ordinal);
        var remedy = Assert.Single(cause.GetProperty("remedies").EnumerateArray().ToArray());
        Assert.Equal(("proxy", "10"), (remedy.GetProperty("host").GetString(), remedy.GetProperty("present").GetString()));
        Assert.DoesNotContain("redis.conf", $"{storm.Result.GetProperty("findings")}", StringComparison.Ordinal);
        Apart(storm, server.Port);
    }

    [HAProxyFact]
    public async Task Connections_held_back_by_a_proxy_wait_in_its_queue()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);
        await using var proxy = await HAProxyAsync(network, "", $"server s {server.Target} maxconn 4", "timeout queue 300ms");

        var storm = await RunAsync(network, $"{Storm.Load(120)}\n connection.hold = 200ms\n {Storm.OneAttempt}");

        var cause = storm.Cause("proxy-queue");
        Assert.True(cause.GetProperty("explains").GetInt64() > 0, $"{cause}");
        Assert.Contains($"Connections waited in the queue of the proxy at {Front}, not for the server behind it", cause.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(storm.Rules, rule => rule is "server-stalled" or "server-cpu" or "unexplained-failures");
        Apart(storm, server.Port);
    }

    [HAProxyFact]
    public async Task Two_servers_behind_one_address_are_no_restarts()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);
        await using var other = await RedisServer.StartAsync(network);
        await using var proxy = await HAProxyAsync(network, "", $"server one {server.Target}", $"server two {other.Target}");

        var storm = await RunAsync(network, Storm.Load(40));

        Assert.Empty(storm.Rules);
        Assert.Contains("is a proxy's, or a port that is mapped", storm.Unseen, StringComparison.Ordinal);
    }

    [TwemproxyFact]
    public async Task Proxy_that_closes_on_INFO_gets_a_warning_and_its_storm_succeeds()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);
        await using var proxy = await TwemproxyAsync(network, server.Target);

        var check = (await Examination.OfAsync(Front, Storm.Load(40), network.Prefix)).Named("target");
        Assert.Equal(CheckState.Warn, check.State);
        Assert.Contains("answers PING, and closed the connection when it is asked for INFO", check.Sentence, StringComparison.Ordinal);
        Assert.Contains("its limits were not seen", check.Sentence, StringComparison.Ordinal);

        var storm = await RunAsync(network, Storm.Load(40));
        Assert.Equal((40, 0), (storm.Connections("succeeded"), storm.Findings.Length));
    }

    // Its own connections are in the counts of the kernel, and those of the server are not ours.
    private static void Apart(Storm storm, int port)
    {
        Assert.Contains($"the server behind it says that it listens on port {port}", storm.Unseen, StringComparison.Ordinal);
        var accepted = storm.Reconciled("accepted");
        Assert.Equal(JsonValueKind.Null, accepted.GetProperty("server").ValueKind);
        Assert.Equal(0, accepted.GetProperty("unexplained").GetInt64());
        Assert.Contains($"the server behind {Front} counted", accepted.GetProperty("remark").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, storm.Reconciled("attempts / SYNs").GetProperty("unexplained").GetInt64());
    }

    private static Task<Storm> RunAsync(NetworkNamespace network, string lines) =>
        Undisturbed.RunAsync(network, Front, lines);

    private static async Task<ChildProcess> HAProxyAsync(NetworkNamespace network, string frontend, params string[] backend)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("al-proxy-").FullName, "haproxy.cfg");
        await File.WriteAllTextAsync(
            file, $"defaults\n mode tcp\n timeout connect 2s\n timeout client 20s\n timeout server 20s\nfrontend f\n bind {Front}\n {frontend}\n default_backend b\n"
            + $"backend b\n {string.Join("\n ", backend)}\n");
        return await ListeningAsync(network, network.Start("haproxy", "-db", "-f", file));
    }

    private static async Task<ChildProcess> TwemproxyAsync(NetworkNamespace network, string server)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("al-proxy-").FullName, "nutcracker.yml");
        await File.WriteAllTextAsync(file, $"p:\n  listen: {Front}\n  hash: fnv1a_64\n  distribution: ketama\n  redis: true\n  servers:\n   - {server}:1\n");
        return await ListeningAsync(network, network.Start("nutcracker", "-c", file, "-s", "7321", "-m", "16384"));
    }

    private static async Task<ChildProcess> ListeningAsync(NetworkNamespace network, ChildProcess proxy)
    {
        var (address, port) = (Front.Split(':')[0], Front.Split(':')[1]);
        (await network.ExecAsync("timeout", "20", "bash", "-c", $"until (exec 3<>/dev/tcp/{address}/{port}) 2>/dev/null; do :; done")).Expect();
        return proxy;
    }
}
