using ActorLoad.Hosting.Tests.Daemon;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>How runs end that have no end of their own: by time, by their retries.</summary>
public sealed class EndingSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("failed == 0", 0)]
    [InlineData("succeeded >= 1000000", 3)]
    public async Task Run_with_for_ends_as_finished_and_cancels_its_open_connections(string threshold, int exitCode)
    {
        await using var peer = FaultPeer.Answering();
        var run = (await ActorLoadProcess.RunAsync([
            "run", "--quiet", "--json", "--target", peer.Target, "--for", "3s", "--script", "PING", "--set", "observers.server.enabled=off",
            "--set", $"thresholds=[\"{threshold}\"]",
            "--set", "load=[{ connections = 20, gap = 100ms, pacing = fixed, duration = 1h }]", "--set", "connection.hold=1s", "--set", "verdict.allow=[generator-limited]"])).Expect(exitCode);
        var result = RunResultJson.Parse(run.Stdout);

        Assert.True(result.Verdict is Verdict.Valid or Verdict.GeneratorLimited, run.Stdout); // a busy machine is the limit
        Assert.Contains(result.VerdictReasons, reason => reason.StartsWith("run.deadline: the load was ended after 3 s", StringComparison.Ordinal));
        Assert.True(result.Connections is { Open: 0, Failed: 0, Succeeded: > 0, Cancelled: > 0 }, $"{result.Connections}");
        Assert.Equal(result.Connections.Planned, result.Connections.Opened + result.Connections.Dropped);
        Assert.InRange(result.Connections.Planned, 1, 100 * 20);
    }

    [Fact]
    public async Task Posted_run_with_a_deadline_is_finished_and_not_interrupted()
    {
        await using var peer = FaultPeer.Answering();
        await using var daemon = await DaemonProcess.StartAsync(_files);
        var id = await daemon.RunAsync(
            $"actorload {{ target.endpoints = [\"{peer.Target}\"], load = [ {{ connections = 5, count = 1, gap = 1s }} ], connection.hold = 1h, run.deadline = 1s }}");

        Assert.Equal("finished", (await daemon.EndOfAsync(id)).GetProperty("state").GetString());
        Assert.Equal(5, RunResultJson.Parse(await daemon.Client.GetStringAsync($"/runs/{id}")).Connections.Cancelled);
    }

    [LinuxFact]
    public async Task All_loops_of_a_posted_run_but_one_end_with_it()
    {
        const string Ring = "actorload-uring";
        await using var peer = FaultPeer.Answering();
        await using var daemon = await DaemonProcess.StartAsync(_files, "--set", "transport.loops=4");
        var body = $"actorload {{ target.endpoints = [\"{peer.Target}\"], load = [ {{ connections = 20, count = 1, gap = 1s }} ] }}";
        for (var run = 0; run < 2; run++)
        {
            var id = await daemon.RunAsync(body);
            await daemon.EndOfAsync(id);
            var transport = RunResultJson.Parse(await daemon.Client.GetStringAsync($"/runs/{id}")).Transport;
            Assert.Equal(4, transport.Loops);
            var left = transport.Kind == "io-uring" ? 1 : 0;
            await SocketTable.UntilAsync(_ => BlockedThread.Named(daemon.Process, Ring).Count == left);
        }

        using var refused = await daemon.PostAsync(body.Replace("load =", "transport.loops = 5, load =", StringComparison.Ordinal));
        Assert.Equal(400, (int)refused.StatusCode);
    }

    [Fact]
    public async Task Connect_timeouts_longer_than_the_window_use_up_the_retries()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        var storm = await Storm.HereAsync(peer.Target, Storm.Load(5) + """

             connection.connect-timeout = 300ms
             supervision.connect-timeout { within = 100ms, backoff { min = 1ms, max = 2ms } }
             supervision.breaker.enabled = off
            """);

        Assert.Equal((4, "aborted"), (storm.ExitCode, storm.Verdict));
        Assert.Equal((5, 20, 15), (storm.Outcome("connect-timeout"), storm.Attempts, storm.Retries));
    }

    [RedisFact]
    public async Task Held_connection_returns_to_a_server_with_an_idle_timeout_up_to_its_retries()
    {
        await using var redis = await RedisServer.StartAsync("--timeout", "1");
        var storm = await Storm.HereAsync(
            redis.Target, Storm.Load(5) + "\n connection.hold = 1h\n supervision.peer-closed { within = 100ms, max-retries = 2 }");

        Assert.Equal(0, storm.ExitCode);
        Assert.NotEqual("aborted", storm.Verdict);
        Assert.Equal((5, 15, 10), (storm.Outcome("peer-closed"), storm.Attempts, storm.Retries));
    }
}
