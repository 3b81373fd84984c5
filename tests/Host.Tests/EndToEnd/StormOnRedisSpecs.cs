using System.Globalization;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Storms on a real redis-server, compared with the server's own count and with the kernel's.</summary>
public abstract class StormOnRedisSpecs(string transport)
{
    // In a namespace of its own the kernel's counters are this storm's alone, and can be asserted to the last connection.
    [RedisNetnsFact]
    public async Task Server_counts_every_connection_and_none_is_left_in_TIME_WAIT()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network, "--maxclients", "19000");
        var kernelBefore = await KernelCounters.ReadAsync(network);

        var storm = await RunAsync(
            server.Target, Storm.Load(500, count: 6, gap: "100ms"), new ActorLoadOptions { Wrapper = network.Prefix });

        var kernel = (await KernelCounters.ReadAsync(network)).Since(kernelBefore);
        Assert.Equal((0, "valid"), (storm.ExitCode, storm.Verdict));
        Assert.Equal((3_000, 3_000, 3_000), (storm.Connections("planned"), storm.Connections("succeeded"), storm.Attempts));
        Assert.Equal(3_000, await server.ConnectionsReceivedAsync());
        Assert.Equal(3_000, kernel["TcpActiveOpens"]);
        Assert.Equal(3_000, kernel["TcpExtTCPAbortOnData"]);
        Assert.Equal(0, (await SocketTable.ReadAsync(network)).TimeWaitCount(server.Port));
        Assert.Equal(0, await server.ConnectedClientsAsync());
    }

    [RedisFact]
    public async Task The_last_value_written_names_a_connection_of_the_last_burst()
    {
        await using var server = await RedisServer.StartAsync();

        var storm = await RunAsync(server.Target, Storm.Load(20, count: 3, gap: "50ms"));

        var foo = (await server.CommandAsync("GET", "foo"))!.Split(':');
        Assert.Equal(storm.Bursts[^1].GetProperty("index").GetRawText(), foo[0]);
        Assert.InRange(int.Parse(foo[1], CultureInfo.InvariantCulture), 0, 19);
    }

    [RedisFact]
    public async Task Result_counts_how_often_queues_to_the_kernel_were_full()
    {
        await using var server = await RedisServer.StartAsync();

        var storm = await RunAsync(server.Target, Storm.Load(20));

        // Twenty connections fill no queue of thousands.
        string[] counts = storm.Transport.Kind == "io-uring" ? ["fullQueues 0", "overflows 0"] : [];
        Assert.Equal(counts, storm.Result.GetProperty("transport").EnumerateObject()
            .Where(member => member.Name is "fullQueues" or "overflows").Select(member => $"{member.Name} {member.Value}"));
    }

    [RedisFact]
    public async Task Graceful_close_leaves_one_TIME_WAIT_for_each_connection()
    {
        await using var server = await RedisServer.StartAsync();

        await RunAsync(server.Target, Storm.Load(40) + "\n connection.close = graceful");

        await SocketTable.UntilAsync(table => table.TimeWaitCount(server.Port) == 40);
    }

    [RedisFact]
    public async Task Connections_are_held_open_together_after_their_script()
    {
        await using var server = await RedisServer.StartAsync();

        var storm = await RunAsync(server.Target, Storm.Load(300) + "\n connection.hold = 1500ms\n metrics.interval = 100ms");

        Assert.Equal(300, storm.Connections("succeeded"));
        Assert.Equal(300, storm.Result.GetProperty("generator").GetProperty("peakOpen").GetInt64());
        Assert.Contains(storm.Result.GetProperty("samples").EnumerateArray(), sample => sample.GetProperty("open").GetInt64() == 300);
    }

    [RedisFact]
    public async Task Overlapping_bursts_beyond_max_open_are_dropped_and_counted()
    {
        await using var server = await RedisServer.StartAsync();

        var storm = await RunAsync(server.Target,
            "load = [ { connections = 60, count = 2, gap = 200ms, pacing = fixed } ]\n connection { hold = 3s, max-open = 100 }");

        Assert.Equal((120, 100, 20), (storm.Connections("planned"), storm.Connections("opened"), storm.Connections("dropped")));
        Assert.Equal("valid", storm.Verdict); // what was opened can be believed; what was not is told
        Assert.Contains("max-open", storm.Reasons, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Password_in_the_run_file_opens_the_server_and_is_never_shown()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "s3cret-word");

        var storm = await RunAsync(server.Target, Storm.Load(10) + "\n target.password = \"s3cret-word\"");

        Assert.Equal(10, storm.Connections("succeeded"));
        Assert.Equal((10, 10), (storm.Recorded("setup"), storm.Recorded("first-reply")));
        Assert.DoesNotContain("s3cret-word", storm.Process.Stdout + storm.Process.Stderr, StringComparison.Ordinal);
    }

    private Task<Storm> RunAsync(string target, string lines, ActorLoadOptions? options = null) =>
        Storm.RunOverAsync(transport, target, lines, options);
}

[Collection(nameof(EndToEnd))]
public sealed class StormOnRedisOverAutoSpecs() : StormOnRedisSpecs("auto");

[Collection(nameof(EndToEnd))]
public sealed class StormOnRedisOverSocketsSpecs() : StormOnRedisSpecs("sockets");

/// <summary>Storms read counters of the whole machine: they run one after the other.</summary>
[CollectionDefinition(nameof(EndToEnd), DisableParallelization = true)]
public sealed class EndToEnd;
