using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Tests.Daemon;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Runs with thousands of open connections that are stopped: all of it ends, and nothing of what was counted is lost.</summary>
public sealed class StoppedStormSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [RedisTheory]
    [InlineData(4_000, "500")]
    [InlineData(5_000, "500")]
    [InlineData(8_000, "500")]
    [InlineData(12_000, "10000")]
    public async Task Storm_ends_when_the_server_has_too_few_client_slots(int connections, string maxClients)
    {
        await using var server = await RedisServer.StartAsync("--maxclients", maxClients);

        var storm = await Storm.RunAsync(server.Target, Storm.Load(connections));

        Assert.Equal(connections, storm.Connections("planned"));
        Assert.InRange(storm.Rejections("ERR"), 1, storm.Attempts);
        await server.HasClientsAsync(0);
    }

    [RedisFact]
    public async Task Storm_of_the_run_file_ends_when_the_server_wants_a_password()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "secret");

        var run = await ActorLoadProcess.RunAsync(["run", Path.Combine(Sources.Root, "hocon", "storm.conf"), "--target", server.Target, "--json", "--quiet"]);

        var result = RunResultJson.Parse(run.Expect(4).Stdout);
        Assert.Equal((Verdict.Aborted, 8_000, 0), (result.Verdict, result.Connections.Planned, result.Connections.Open));
    }

    [RedisTheory]
    [InlineData(1)]
    [InlineData(15_000)]
    public async Task Result_equals_the_last_sample_when_a_burst_of_thousands_is_stopped(int untilOpen)
    {
        const int Connections = 15_000;
        await using var server = await RedisServer.StartAsync("--maxclients", "19000");
        await using var run = ActorLoadProcess.Start(
        [
            "run", "--json", "--out", _files["out"], "--target", server.Target, "--connections", $"{Connections}", "--duration", "1s",
            "--set", "connection.hold=1h", "--set", "metrics.interval=100ms",
        ]);
        await run.StderrLineAsync(line => OpenIn(line) >= untilOpen);

        run.Signal(ChildSignal.Terminate);
        var result = RunResultJson.Parse((await run.ExitAsync()).Expect(130).Stdout);

        var (last, samples) = InterruptedRun.ReadSamples(_files["out"]);
        Assert.Equal((Verdict.Interrupted, Connections, 0), (result.Verdict, result.Connections.Planned, result.Connections.Open));

        // On a machine that gives us no processor the stop is given up: then the last sample has some open, and they count as cancelled.
        Assert.Equal(result.Connections, last!.Connections with { Cancelled = last.Connections.Cancelled + last.Open });
        Assert.Equal(result.Connections.Planned, samples.Sum(sample => sample.Planned));
        Assert.Equal(result.Connections.Cancelled, samples.Sum(sample => sample.Cancelled) + last.Open);
        Assert.InRange(result.Connections.Cancelled, 1, Connections);
        await server.HasClientsAsync(0);
    }

    [RedisFact]
    public async Task Daemon_frees_the_targets_client_slots_when_a_run_is_deleted()
    {
        await using var server = await RedisServer.StartAsync("--maxclients", "10000");
        await using var daemon = await DaemonProcess.StartAsync(_files);
        var id = await daemon.RunAsync(
            $"actorload {{ target.endpoints = [\"{server.Target}\"], load = [ {{ connections = 9500, count = 1 }} ], connection.hold = 1h, metrics.interval = 100ms }}");
        await server.HasClientsAsync(9_500 + 1); // and the observer

        using (var stopped = await daemon.Client.DeleteAsync($"/runs/{id}"))
        {
            Assert.True(stopped.IsSuccessStatusCode, $"{stopped.StatusCode}");
        }

        await daemon.EndOfAsync(id);
        await server.HasClientsAsync(0);
        var result = RunResultJson.Parse(await daemon.Client.GetStringAsync($"/runs/{id}"));
        Assert.Equal((9_500, 9_500), (result.Connections.Planned, result.Connections.Cancelled));
    }

    // A line of progress: "    0.2 s  burst 1 of 1  open 0  succeeded 0 ..."
    private static int OpenIn(string line) =>
        line.Split("  open ") is [_, var rest] && int.TryParse(rest.Split(' ')[0], out var open) ? open : -1;
}
