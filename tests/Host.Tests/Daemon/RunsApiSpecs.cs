using System.Text;
using System.Text.Json;
using ActorLoad.Peers.Faults;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public sealed class RunsApiSpecs : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private DaemonProcess _daemon = null!;

    public async Task InitializeAsync() => _daemon = await DaemonProcess.StartAsync(_files, "--set", "daemon.max-queue=1", "--set", "daemon.max-body=4KiB");

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Finished_run_returns_its_result()
    {
        await using var peer = FaultPeer.Answering();
        var id = await _daemon.RunAsync(Body(peer, 20));
        var row = await _daemon.EndOfAsync(id);
        Assert.Equal("finished", row.GetProperty("state").GetString());
        var text = await _daemon.Client.GetStringAsync($"/runs/{id}");
        using var result = JsonDocument.Parse(text);
        Assert.Equal(result.RootElement.GetProperty("verdict").GetString(), row.GetProperty("verdict").GetString());
        Assert.Equal(File.ReadAllText(_files[$"results/{id}/result.json"]), text);
        Assert.Equal(20, RunResultJson.Parse(text).Connections.Succeeded);
        await DaemonProcess.ProblemAsync(_daemon.Client.DeleteAsync($"/runs/{id}"), 409);
    }

    [Fact]
    public async Task A_run_can_be_watched_and_stopped_and_the_next_begins()
    {
        await using var peer = FaultPeer.Hanging();
        await using var next = FaultPeer.Answering();
        var running = await _daemon.RunAsync(Body(peer, 20));
        var waiting = await _daemon.RunAsync(Body(next, 5));
        await peer.AcceptedAsync(20);
        await _daemon.RowAsync(running, state => state == "running"); // told once its journal has been begun
        Assert.Equal("queued", (await _daemon.GetAsync($"/runs/{waiting}")).GetProperty("state").GetString());
        Assert.Equal([waiting, running], (await _daemon.GetAsync("/runs")).EnumerateArray().Select(row => row.GetProperty("id").GetString()));
        await DaemonProcess.ProblemAsync(_daemon.PostAsync(Body(next, 5)), 429);

        using (var stopped = await _daemon.Client.DeleteAsync($"/runs/{running}"))
        {
            Assert.Equal(202, (int)stopped.StatusCode);
        }

        Assert.Equal("interrupted", (await _daemon.EndOfAsync(running)).GetProperty("state").GetString());
        var result = RunResultJson.Parse(await _daemon.Client.GetStringAsync($"/runs/{running}"));
        Assert.Equal((Verdict.Interrupted, 20), (result.Verdict, result.Connections.Cancelled));
        Assert.Equal("finished", (await _daemon.EndOfAsync(waiting)).GetProperty("state").GetString());
        Assert.Equal(2, (await _daemon.GetAsync("/runs")).GetArrayLength()); // the one that was refused left nothing behind
    }

    [Fact]
    public async Task Waiting_run_can_be_deleted()
    {
        await using var peer = FaultPeer.Hanging();
        var running = await _daemon.RunAsync(Body(peer, 1));
        var waiting = await _daemon.RunAsync(Body(peer, 1));
        using var stopped = await _daemon.Client.DeleteAsync($"/runs/{waiting}");
        Assert.Equal(202, (int)stopped.StatusCode);
        Assert.Equal("interrupted", (await _daemon.EndOfAsync(waiting)).GetProperty("state").GetString());
        var result = RunResultJson.Parse(await _daemon.Client.GetStringAsync($"/runs/{waiting}"));
        Assert.Equal((Verdict.Interrupted, 0), (result.Verdict, result.Connections.Planned));
        Assert.Equal("running", (await _daemon.RowAsync(running, state => state == "running")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task All_mistakes_in_a_run_file_are_reported_at_once()
    {
        var problem = await DaemonProcess.ProblemAsync(_daemon.PostAsync(
            "actorload {\n conections = 1\n safety.allowed-targets = [\"0.0.0.0/0\"]\n daemon.results = \"/tmp\"\n connection.hold = 5\n}"), 400);
        var keys = problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("key").GetString());
        Assert.Equal(["conections", "safety", "daemon", "connection.hold"], keys);
    }

    [Theory]
    [InlineData("include \"/etc/passwd\"")]
    [InlineData("include file(\"/etc/passwd\")")]
    [InlineData("actorload { target { endpoints = [\"127.0.0.1:1\"]")]
    [InlineData(" \n")]
    public async Task Body_that_is_not_a_run_file_is_refused_with_400(string body)
    {
        var problem = await DaemonProcess.ProblemAsync(_daemon.PostAsync(body), 400);
        Assert.DoesNotContain("root:", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_outside_the_daemons_list_is_refused()
    {
        var problem = await DaemonProcess.ProblemAsync(_daemon.PostAsync("actorload { target.endpoints = [\"192.0.2.1:6379\"] }"), 422);
        Assert.Equal("target.endpoints[0]", Assert.Single(problem.GetProperty("errors").EnumerateArray()).GetProperty("key").GetString());
        Assert.Equal(0, (await _daemon.GetAsync("/runs")).GetArrayLength());
    }

    [Fact]
    public async Task Every_error_is_a_problem_document()
    {
        await DaemonProcess.ProblemAsync(_daemon.Client.GetAsync("/nothing"), 404);
        await DaemonProcess.ProblemAsync(_daemon.Client.GetAsync("/runs/20261122-225935-4f2a9c"), 404);
        await DaemonProcess.ProblemAsync(_daemon.Client.GetAsync("/runs/..%2F..%2Fetc"), 404);
        await DaemonProcess.ProblemAsync(_daemon.Client.DeleteAsync("/runs/unknown"), 404);
        await DaemonProcess.ProblemAsync(_daemon.Client.PutAsync("/runs", null), 405);
        await DaemonProcess.ProblemAsync(_daemon.PostAsync(new StringContent("x", Encoding.UTF8, "image/png")), 415);
        await DaemonProcess.ProblemAsync(_daemon.PostAsync(new StringContent("x", Encoding.Latin1, "text/plain")), 415);
        await DaemonProcess.ProblemAsync(_daemon.PostAsync(new ByteArrayContent([0xFF, 0xFE])), 400);
        await DaemonProcess.ProblemAsync(_daemon.PostAsync(new string('#', 4097)), 413);
        await DaemonProcess.ProblemAsync(_daemon.PostAsync(new string('#', 500_000)), 413);
        await DaemonProcess.ProblemAsync(_daemon.PostAsync(new StreamContent(new Endless(5000))), 413);
    }

    [Fact]
    public async Task Run_file_of_the_maximum_length_is_accepted()
    {
        await using var peer = FaultPeer.Answering();
        var body = Body(peer, 1);
        await _daemon.EndOfAsync(await _daemon.RunAsync(body + new string('#', 4096 - body.Length)));
        Assert.Equal(1, peer.Accepted);
    }

    [Fact]
    public async Task Request_from_a_foreign_web_page_is_refused_with_403()
    {
        using var fromPage = new HttpRequestMessage(HttpMethod.Post, "/runs") { Content = new StringContent("actorload {}") };
        fromPage.Headers.Add("Origin", "http://example.com");
        await DaemonProcess.ProblemAsync(_daemon.Client.SendAsync(fromPage), 403);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/runs");
        rebound.Headers.Host = "example.com";
        await DaemonProcess.ProblemAsync(_daemon.Client.SendAsync(rebound), 403);
    }

    [Fact]
    public async Task Health_probes_are_answered()
    {
        Assert.Equal("alive\n", await _daemon.Client.GetStringAsync("/healthz"));
        Assert.Equal("ready\n", await _daemon.Client.GetStringAsync("/readyz"));
    }

    internal static string Body(FaultPeer peer, int connections) =>
        $"actorload {{ observers.server.enabled = off, target.endpoints = [{JsonSerializer.Serialize(peer.Target)}], load = [ {{ connections = {connections}, count = 1 }} ] }}";

    /// <summary>A body whose length is not told beforehand.</summary>
    private sealed class Endless(int length) : MemoryStream(new byte[length])
    {
        public override bool CanSeek => false;
    }
}
