using System.Net.Http.Headers;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public class DaemonLifeSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose()
    {
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    [LinuxFact]
    public async Task Results_are_listed_after_a_restart()
    {
        await using var peer = FaultPeer.Answering();
        string id, result;
        await using (var daemon = await DaemonProcess.StartAsync(_files))
        {
            id = await daemon.RunAsync(RunsApiSpecs.Body(peer, 5));
            await daemon.EndOfAsync(id);
            result = await daemon.Client.GetStringAsync($"/runs/{id}");
            daemon.Process.Signal(ChildSignal.Terminate);
            (await daemon.Process.ExitAsync()).Expect(130);
        }

        await using var again = await DaemonProcess.StartAsync(_files);
        Assert.Equal("finished", (await again.EndOfAsync(id)).GetProperty("state").GetString());
        Assert.Equal(result, await again.Client.GetStringAsync($"/runs/{id}"));
    }

    [LinuxFact]
    public async Task Run_interrupted_by_a_crash_is_listed_with_its_measurements()
    {
        await using var peer = FaultPeer.Answering();
        string id;
        await using (var daemon = await DaemonProcess.StartAsync(_files))
        {
            id = await daemon.RunAsync(
                $"actorload {{ target.endpoints = [\"{peer.Target}\"], load = [ {{ connections = 5, count = 10000, gap = 50ms }} ], metrics.interval = 100ms }}");
            await MeasuredAsync(daemon, id);
            daemon.Process.Signal(ChildSignal.Kill);
            await daemon.Process.ExitAsync();
        }

        await using var again = await DaemonProcess.StartAsync(_files);
        Assert.Equal("interrupted", (await again.EndOfAsync(id)).GetProperty("state").GetString());
        var result = RunResultJson.Parse(await again.Client.GetStringAsync($"/runs/{id}"));
        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.True(result.Connections.Succeeded > 0);
        Assert.Equal(0, result.Connections.Open);
        Assert.Equal(result.Connections.Succeeded, result.Samples.Sum(sample => sample.Succeeded));
    }

    [LinuxFact]
    public async Task A_stopped_daemon_writes_the_result_of_its_run()
    {
        await using var peer = FaultPeer.Hanging();
        await using var daemon = await DaemonProcess.StartAsync(_files);
        var running = await daemon.RunAsync(RunsApiSpecs.Body(peer, 20));
        var waiting = await daemon.RunAsync(RunsApiSpecs.Body(peer, 20));
        await peer.AcceptedAsync(20);
        daemon.Process.Signal(ChildSignal.Terminate);
        (await daemon.Process.ExitAsync(TimeSpan.FromSeconds(20))).Expect(130);
        Assert.Equal(20, RunResultJson.Parse(File.ReadAllText(_files[$"results/{running}/result.json"])).Connections.Cancelled);
        Assert.Equal(20, peer.Accepted); // the run that waited did not begin
        Assert.False(File.Exists(_files[$"results/{waiting}/result.json"]));
    }

    [Fact]
    public async Task Garbage_among_the_results_does_no_harm()
    {
        _files.Write("results/notes/readme.txt", "mine");
        _files.Write("results/20261122-225935-4f2a9c/run.json", "{ not json");
        _files.Write("results/20261122-225936-4f2a9c/nothing", "");
        await using var daemon = await DaemonProcess.StartAsync(_files);
        var rows = (await daemon.GetAsync("/runs")).EnumerateArray().ToArray();
        Assert.Equal(2, rows.Length);
        Assert.All(rows, row => Assert.Equal("failed", row.GetProperty("state").GetString()));
        Assert.Equal("failed", (await daemon.GetAsync("/runs/20261122-225935-4f2a9c")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Token_is_required_except_for_probes()
    {
        await using var daemon = await DaemonProcess.StartAsync(_files, "--set", "daemon.token=correct-horse");
        await DaemonProcess.ProblemAsync(daemon.Client.GetAsync("/runs"), 401);
        await DaemonProcess.ProblemAsync(daemon.Client.PutAsync("/nothing", null), 401);
        daemon.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "correct-horsf");
        await DaemonProcess.ProblemAsync(daemon.PostAsync("actorload {}"), 401);
        Assert.Equal("ready\n", await daemon.Client.GetStringAsync("/readyz"));
        daemon.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "correct-horse");
        Assert.Equal(0, (await daemon.GetAsync("/runs")).GetArrayLength());
    }

    [Fact]
    public async Task Files_on_the_command_line_are_run()
    {
        await using var peer = FaultPeer.Answering();
        await using var daemon = await DaemonProcess.StartAsync(_files, _files.Write("first.conf", RunsApiSpecs.Body(peer, 3)));
        var id = Assert.Single((await daemon.GetAsync("/runs")).EnumerateArray()).GetProperty("id").GetString()!;
        Assert.Equal("finished", (await daemon.EndOfAsync(id)).GetProperty("state").GetString());
        Assert.Equal(3, RunResultJson.Parse(await daemon.Client.GetStringAsync($"/runs/{id}")).Connections.Succeeded);
    }

    [Fact]
    public async Task Two_daemons_do_not_share_their_results()
    {
        await using var daemon = await DaemonProcess.StartAsync(_files);
        var second = (await ActorLoadProcess.RunAsync(
            ["serve", "--set", "daemon.url=http://127.0.0.1:0", "--set", $"daemon.results={_files["results"]}"])).Expect(2);
        Assert.Contains("daemon.results: cannot be used", second.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_url_settings_do_not_change_where_the_daemon_listens(bool byVariable)
    {
        const string Elsewhere = "http://0.0.0.0:0";
        var options = new ActorLoadOptions { WorkingDirectory = Path.GetDirectoryName(_files["x"]) };
        if (byVariable)
        {
            options = options with { Environment = new Dictionary<string, string?> { ["Kestrel__Endpoints__X__Url"] = Elsewhere } };
        }
        else
        {
            await File.WriteAllTextAsync(_files["appsettings.json"], "{\"Kestrel\":{\"Endpoints\":{\"X\":{\"Url\":\"" + Elsewhere + "\"}}}}");
        }

        await using var process = ActorLoadProcess.Start(
            ["serve", "--set", "daemon.url=http://127.0.0.1:0", "--set", $"daemon.results={_files["results"]}"], options);
        var line = await process.StdoutLineAsync(line => line.StartsWith("listening on ", StringComparison.Ordinal));
        Assert.StartsWith("listening on http://127.0.0.1:", line, StringComparison.Ordinal);
        Assert.DoesNotContain("0.0.0.0", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_clear_error()
    {
        await using var daemon = await DaemonProcess.StartAsync(_files);
        var url = daemon.Client.BaseAddress!.ToString();
        var second = (await ActorLoadProcess.RunAsync(
            ["serve", "--set", $"daemon.url={url}", "--set", $"daemon.results={_files["others"]}"])).Expect(1);
        Assert.StartsWith($"actorload serve: cannot listen on {url}", second.Stderr, StringComparison.Ordinal);
    }

    private static Task MeasuredAsync(DaemonProcess daemon, string id) => Eventually.HoldsAsync(
        async () => (await daemon.GetAsync($"/runs/{id}")).TryGetProperty("snapshot", out var snapshot)
            && snapshot.ValueKind == System.Text.Json.JsonValueKind.Object
            && snapshot.GetProperty("connections").GetProperty("succeeded").GetInt64() > 0,
        () => "nothing was measured");
}
