using ActorLoad.Hosting.Tests.Daemon;
using ActorLoad.Hosting.Tests.EndToEnd;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Transport;

/// <summary>Runs in networks with narrow port ranges: which ports they use, and that none of their connections fails for want of one.</summary>
public abstract class SlotPortsStormSpecs(string transport)
{
    // Servers of tests listen above these ranges. A graceful close leaves each port that was used in TIME_WAIT, to be read when the run is over.
    private const string Graceful = "\n connection.close = graceful";

    [RedisNetnsFact]
    public async Task Storm_uses_slot_ports_from_the_start_of_the_range_without_reserved_ones()
    {
        await using var network = await NarrowAsync("20000 20099");
        await network.SysctlAsync("net.ipv4.ip_local_reserved_ports", "20003,20010-20019");
        await using var server = await RedisServer.StartAsync(network);

        var storm = await RunAsync(network, server.Target, Storm.Load(30) + Graceful);

        Assert.Equal((30, 0), (storm.Connections("succeeded"), storm.Retries));
        int[] expected = [.. Enumerable.Range(20000, 3), .. Enumerable.Range(20004, 6), .. Enumerable.Range(20020, 21)];
        Assert.Equal(expected, await UsedAsync(network, server, expected.Length));
    }

    [RedisNetnsFact]
    public async Task Each_port_of_the_range_is_usable_and_each_loop_has_its_own_ports()
    {
        const int Ports = 60;
        await using var network = await NarrowAsync("20000 20059");
        await using var server = await RedisServer.StartAsync(network);
        var gate = new Gate(server);

        var storm = await gate.LetThroughAsync(Ports, RunAsync(network, server.Target, Storm.Load(Ports) + Gate.Script + Graceful, loops: 3));

        Assert.Equal((Ports, 0, 3), (storm.Connections("succeeded"), storm.Retries, storm.Transport.Loops));
        Assert.Equal(Enumerable.Range(20000, Ports), await UsedAsync(network, server, Ports));
    }

    [RedisNetnsFact]
    public async Task Immediate_next_burst_finds_the_ports_of_the_last_burst_free()
    {
        await using var network = await NarrowAsync("20000 20059");
        await using var server = await RedisServer.StartAsync(network);

        var storm = await RunAsync(network, server.Target, Storm.Load(60, count: 30));

        Assert.Equal((60 * 30, 0), (storm.Connections("succeeded"), storm.Retries));
    }

    [RedisNetnsFact]
    public async Task A_burst_is_split_evenly_over_loops()
    {
        await using var network = await NarrowAsync("20000 20099");
        await using var server = await RedisServer.StartAsync(network);
        var gate = new Gate(server);

        var storm = await gate.LetThroughAsync(20, RunAsync(network, server.Target, Storm.Load(20) + Gate.Script + Graceful, loops: 2));

        // Loop 0 has the even ports and loop 1 the odd ones, each ten of them.
        Assert.Equal(20, storm.Connections("succeeded"));
        Assert.Equal(Enumerable.Range(20000, 20), await UsedAsync(network, server, 20));
    }

    [RedisNetnsFact]
    public async Task Two_runs_at_once_that_share_ports_and_server_have_no_failed_connection()
    {
        const int Each = 45;
        await using var network = await NarrowAsync("20000 20099");
        await using var server = await RedisServer.StartAsync(network);
        var gate = new Gate(server);
        Task<Storm> Start() => RunAsync(network, server.Target, Storm.Load(Each) + Gate.Script);

        var storms = await gate.LetThroughAsync(2 * Each, Task.WhenAll(Start(), Start()));

        Assert.All(storms, storm => Assert.Equal((Each, 0), (storm.Connections("succeeded"), storm.Retries)));
    }

    [RedisNetnsFact]
    public async Task Two_runs_at_once_that_open_and_close_have_no_failed_connection()
    {
        await using var network = await NarrowAsync("20000 20099");
        await using var server = await RedisServer.StartAsync(network);
        Task<Storm> Start() => RunAsync(network, server.Target, Storm.Load(45, count: 60));

        var storms = await Task.WhenAll(Start(), Start());

        Assert.All(storms, storm => Assert.Equal((45 * 60, 0), (storm.Connections("succeeded"), storm.Retries)));
    }

    [RedisNetnsFact]
    public async Task Each_target_may_have_the_whole_range()
    {
        await using var network = await NarrowAsync("20000 20019");
        await using var one = await RedisServer.StartAsync(network);
        await using var six = await RedisServer.StartAsync(network, "--bind", "127.0.0.1", "::1");
        var gateOfOne = new Gate(one);
        var gateOfSix = new Gate(six);
        var run = RunAsync(network, $"{one.Target}\", \"[::1]:{six.Port}", Storm.Load(40) + Gate.Script);

        var storm = await gateOfOne.LetThroughAsync(20, gateOfSix.LetThroughAsync(20, run));

        Assert.Equal((40, 0), (storm.Connections("succeeded"), storm.Retries));
    }

    [RedisNetnsFact]
    public async Task Daemon_reads_the_port_range_when_a_run_begins()
    {
        await using var network = await NarrowAsync("20000 20099");
        await using var server = await RedisServer.StartAsync(network);
        var gate = new Gate(server);
        using var files = new TemporaryDirectory();
        var lines = $"{Storm.Load(20)}{Gate.Script}{Graceful}\n transport.kind = {transport}";
        var body = $"actorload {{ observers.server.enabled = off, target.endpoints = [\"{server.Target}\"]\n {lines} }}";
        await using var daemon = await DaemonProcess.StartAsync(
            files, new ActorLoadOptions { Wrapper = network.Prefix }, files.Write("first.conf", body), files.Write("second.conf", body));

        var never = new TaskCompletionSource().Task;
        await gate.OpenAsync(20, never, () => network.SysctlAsync("net.ipv4.ip_local_port_range", "30000 30099"));
        await gate.OpenAsync(20, never);

        Assert.All(await ResultsAsync(files["results"], 2), result => Assert.Equal((20, 20), (result.Connections.Succeeded, result.Attempts)));
        var listening = daemon.Client.BaseAddress!.Port; // the kernel chose it, from the range too
        int[] expected = [.. Enumerable.Range(20000, 100).Where(port => port != listening).Take(20), .. Enumerable.Range(30000, 20)];
        Assert.Equal(expected, await UsedAsync(network, server, 40));
    }

    private static async Task<RunResult[]> ResultsAsync(string directory, int count)
    {
        string[] files = [];
        await Eventually.IsAsync(count, () => (files = Directory.GetFiles(directory, "result.json", SearchOption.AllDirectories)).Length);
        return await Task.WhenAll(files.Select(async file => RunResultJson.Parse(await File.ReadAllTextAsync(file))));
    }

    private static async Task<NetworkNamespace> NarrowAsync(string range)
    {
        var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.ip_local_port_range", range);
        return network;
    }

    /// <summary>The ports from which that many connections were closed, once the server has closed its side of all of them too.</summary>
    private static async Task<int[]> UsedAsync(NetworkNamespace network, RedisServer server, int count)
    {
        SocketRow[] closed = [];
        await Eventually.HoldsAsync(async () =>
        {
            closed = [.. (await SocketTable.ReadAsync(network)).Rows.Where(row => row.RemotePort == server.Port)];
            return closed.Count(row => row.State == SocketState.TimeWait) >= count;
        });
        return [.. closed.Select(row => row.LocalPort).Order()];
    }

    private Task<Storm> RunAsync(NetworkNamespace network, string target, string lines, int loops = 1) => Storm.RunOverAsync(
        transport,
        target,
        $"{lines}\n transport.loops = {loops}\n {Storm.OneAttempt}",
        new ActorLoadOptions { Wrapper = network.Prefix });
}

public sealed class SlotPortsOverAutoSpecs() : SlotPortsStormSpecs("auto");

public sealed class SlotPortsOverSocketsSpecs() : SlotPortsStormSpecs("sockets");
