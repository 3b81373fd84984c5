using System.Globalization;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>Limits of either side that a run meets.</summary>
[Collection(nameof(RealTime))]
public sealed class LimitSpecs
{
    // All are open at once, also where starting them takes long.
    private const string Held = "\n connection.hold = 3s\n ";

    [RedisNetnsFact]
    public async Task Clients_beyond_maxclients_are_diagnosed_and_reconciled()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network, "--maxclients", "50");

        var storm = await RunAsync(network, server.Target, Storm.Load(150) + Held + Storm.OneAttempt);

        var cause = storm.Cause("maxclients");
        Assert.Equal(("error", "50"), (cause.GetProperty("severity").GetString(), cause.GetProperty("remedies")[0].GetProperty("present").GetString()));

        // One that asks over the Unix socket, one observer: 48 of 50 are left.
        Assert.Equal((48, 102), (storm.Connections("succeeded"), storm.Connections("failed")));
        Assert.Equal(102, cause.GetProperty("numbers").GetProperty("rejectedConnections").GetDouble());
        Assert.Equal(0, storm.Reconciled("rejected").GetProperty("unexplained").GetInt64());
        var accepted = storm.Reconciled("accepted");
        Assert.Equal((150, 48, 150, 0), (Count("client"), Count("server"), Count("kernel"), Count("unexplained")));
        Assert.StartsWith("rejected_connections are not counted as received: 102", accepted.GetProperty("remark").GetString(), StringComparison.Ordinal);

        long Count(string ledger) => accepted.GetProperty(ledger).GetInt64();
    }

    [RedisNetnsFact]
    public async Task Low_descriptor_limit_of_the_server_is_diagnosed_as_server_descriptors()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartWrappedAsync(network, ["prlimit", "--nofile=200"], "--maxclients", "5000");

        var storm = await RunAsync(network, server.Target, Storm.Load(300) + Held + Storm.OneAttempt);

        var cause = storm.Cause("server-descriptors");
        Assert.Equal(168, cause.GetProperty("numbers").GetProperty("maxclients").GetDouble());
        Assert.Equal("nofile", cause.GetProperty("remedies")[0].GetProperty("key").GetString());
    }

    [RedisNetnsFact]
    public async Task Low_descriptor_limit_is_diagnosed_as_client_descriptors()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await RunAsync(network, server.Target, Storm.Load(500) + Held + Storm.OneAttempt, "prlimit", "--nofile=320");

        var cause = storm.Cause("client-descriptors");
        Assert.Equal(("nofile", "320"), Remedy(cause));
        Assert.Equal("generator-limited", storm.Verdict);
    }

    [RedisNetnsFact]
    public async Task Narrow_port_range_is_found_with_its_remedy()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.ip_local_port_range", "20000 20099");
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await RunAsync(network, server.Target, Storm.Load(200) + Held + Storm.OneAttempt);

        var cause = storm.Cause("port-exhaustion");
        Assert.Equal(("net.ipv4.ip_local_port_range", "20000 20099"), Remedy(cause));
        Assert.Contains("connection.source-addresses='[\"127.0.0.2-127.0.0.4\"]'", $"{cause.GetProperty("remedies")[1].GetProperty("command")}", StringComparison.Ordinal);
        Assert.Equal("generator-limited", storm.Verdict);
    }

    [RedisNetnsTheory]
    [InlineData("slot")]
    [InlineData("kernel")]
    public async Task Three_source_addresses_have_three_times_the_ports(string ports)
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.ip_local_port_range", "20000 20099");
        await using var server = await Undisturbed.RedisAsync(network, "--protected-mode", "no");

        var storm = await RunAsync(
            network, server.Target, $$"""
            {{Storm.Load(300)}}
            connection { hold = 1s, ports = {{ports}}, source-addresses = ["127.0.0.2-127.0.0.4"] }
            {{Storm.OneAttempt}}
            """);

        Assert.Equal((300, 0), (storm.Connections("succeeded"), storm.Outcome("local-exhausted")));
        Assert.Equal("pass", storm.Result.GetProperty("ledgers").GetProperty("timeWait").GetProperty("state").GetString());
        Assert.Equal(300, storm.Reconciled("accepted").GetProperty("server").GetInt64());
    }

    [RedisNetnsFact]
    public async Task Ports_left_in_TIME_WAIT_by_earlier_bursts_are_diagnosed()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.ip_local_port_range", "20000 20499");
        await network.SysctlAsync("net.ipv4.tcp_tw_reuse", "0");
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await RunAsync(
            network, server.Target, Storm.Load(300, count: 3, gap: "100ms") + "\n connection { close = graceful, ports = kernel }\n " + Storm.OneAttempt);

        Assert.Equal(("connection.close", "graceful"), Remedy(storm.Cause("time-wait")));
        Assert.Contains("port-exhaustion", storm.Rules);
    }

    [RedisNetnsFact]
    public async Task Graceful_close_is_an_info_finding_and_fails_the_TIME_WAIT_proof()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await RunAsync(network, server.Target, Storm.Load(60) + "\n connection.close = graceful");

        var cause = storm.Cause("time-wait");
        Assert.Equal(("info", 60.0), (cause.GetProperty("severity").GetString(), cause.GetProperty("numbers").GetProperty("after").GetDouble()));
        Assert.Equal("fail", storm.Result.GetProperty("ledgers").GetProperty("timeWait").GetProperty("state").GetString());
    }

    [RedisNetnsFact]
    public async Task Kernel_ports_beyond_half_of_the_range_are_diagnosed_as_half_range_cliff()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.ip_local_port_range", "20000 20499");
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await RunAsync(network, server.Target, Storm.Load(350) + Held + "connection.ports = kernel");

        Assert.Equal(("connection.ports", "kernel"), Remedy(storm.Cause("half-range-cliff")));
    }

    [RedisNetnsFact]
    public async Task Missing_password_is_diagnosed_as_access_denied()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network, "--requirepass", "x");

        var storm = await RunAsync(network, server.Target, Storm.Load(30) + "\n " + Storm.OneAttempt);

        Assert.Contains("target.password", storm.Cause("access-denied").GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Contains("wants a password", storm.Unseen, StringComparison.Ordinal);
    }

    // Whom the kernel takes for local, Redis does not: it knows 127.0.0.1 and ::1.
    [RedisNetnsFact]
    public async Task Protected_mode_is_reported()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        (await network.ExecAsync("ip", "route", "replace", "local", "127.0.1.1", "dev", "lo", "table", "local", "src", "127.0.1.1")).Expect();
        await using var server = await Undisturbed.RedisAsync(network, "--bind", "127.0.0.1 127.0.1.1", "--protected-mode", "yes");

        var storm = await RunAsync(network, $"127.0.1.1:{server.Port}", Storm.Load(30) + "\n connection.ports = kernel\n " + Storm.OneAttempt);

        var cause = storm.Cause("access-denied");
        Assert.Contains("protected mode takes only 127.0.0.1", cause.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal(30, cause.GetProperty("numbers").GetProperty("DENIED").GetDouble());
        Assert.Contains("protected mode", storm.Unseen, StringComparison.Ordinal);
    }

    // Overcommit itself cannot be provoked: the setting is the whole machine's, and a machine that refuses memory refuses it to all its programs. A
    // fork that fails for want of processes is refused in the same words, and the finding says that it may be either.
    [OvercommitFact]
    public async Task Failed_fork_for_a_save_is_diagnosed_as_memory_overcommit()
    {
        using var folder = new TemporaryDirectory();
        (await ChildProcess.RunAsync("chmod", "777", folder.Root)).Expect();
        var port = FreshPort.NumberApart();
        var user = (100_000 + Environment.ProcessId).ToString(CultureInfo.InvariantCulture); // with no process but this one
        await using var server = ChildProcess.Start(
        [
            "setpriv", $"--reuid={user}", "--clear-groups", "prlimit", "--nproc=5", "redis-server", "--port", port.ToString(CultureInfo.InvariantCulture),
            "--bind", "127.0.0.1", "--dir", folder.Root, "--save", "3600 1",
        ]);
        await server.StdoutLineAsync(line => line.Contains("eady to accept connections", StringComparison.Ordinal));
        using (var client = await Peers.Resp.RespClient.ConnectAsync(port))
        {
            await client.CommandAsync("SET", "a", "b");
            await Assert.ThrowsAsync<Peers.Resp.RedisErrorException>(() => client.CommandAsync("BGSAVE"));
        }

        await server.StdoutLineAsync(line => line.Contains("fork", StringComparison.Ordinal));

        var storm = await Storm.RunObservedAsync($"127.0.0.1:{port}", Storm.Load(30) + "\n " + Storm.OneAttempt);

        var cause = storm.Cause("memory-overcommit");
        Assert.Equal("vm.overcommit_memory", Remedy(cause).Key);
        Assert.EndsWith(
            "for lack of memory or processes. The server's log says which", cause.GetProperty("sentence").GetString(), StringComparison.Ordinal);
    }

    private static (string? Key, string? Present) Remedy(System.Text.Json.JsonElement cause)
    {
        var remedy = cause.GetProperty("remedies")[0];
        return (remedy.GetProperty("key").GetString(), remedy.GetProperty("present").GetString());
    }

    private static Task<Storm> RunAsync(NetworkNamespace network, string target, string lines, params string[] wrapper) =>
        Undisturbed.RunAsync(network, target, lines, wrapper);
}
