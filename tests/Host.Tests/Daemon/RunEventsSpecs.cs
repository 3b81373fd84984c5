using System.Net.Sockets;
using System.Text;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public sealed class RunEventsSpecs(RunningDaemon running) : IClassFixture<RunningDaemon>
{
    private readonly TemporaryDirectory _files = running.Files;
    private readonly DaemonProcess _daemon = running.Process;

    [Fact]
    public async Task Events_are_the_lines_of_the_journal_while_the_run_goes_on()
    {
        await using var peer = FaultPeer.Hanging();
        var id = await _daemon.RunAsync(Body(peer));
        await using var events = await EventStream.OpenAsync(_daemon, id);
        Assert.Equal("text/event-stream", events.Response.Content.Headers.ContentType!.ToString());
        var first = (await events.NextAsync())!.Value;
        Assert.Equal("1", first.EventId);
        using (await _daemon.Client.DeleteAsync($"/runs/{id}"))
        {
            var (samples, end) = await events.ToEndAsync();
            var lines = File.ReadAllLines(_files[$"results/{id}/samples.jsonl"]);
            Assert.Equal(lines, samples.Select(sample => sample.Data).Prepend(first.Data));
            Assert.Equal(Enumerable.Range(2, lines.Length - 1).Select(line => $"{line}"), samples.Select(sample => sample.Id));
            Assert.Equal((id, "interrupted"), (end.GetProperty("id").GetString(), end.GetProperty("state").GetString()));
        }
    }

    [Fact]
    public async Task A_waiting_run_is_followed_from_its_beginning_to_its_end()
    {
        await using var peer = FaultPeer.Hanging();
        await using var next = FaultPeer.Answering();
        var running = await _daemon.RunAsync(Body(peer));
        var waiting = await _daemon.RunAsync(RunsApiSpecs.Body(next, 5));
        await using var events = await EventStream.OpenAsync(_daemon, waiting);
        using (await _daemon.Client.DeleteAsync($"/runs/{running}"))
        {
            var (samples, end) = await events.ToEndAsync();
            Assert.NotEmpty(samples);
            Assert.Equal("finished", end.GetProperty("state").GetString());
        }
    }

    [LinuxFact]
    public async Task Last_event_id_resumes_after_the_daemon_was_killed()
    {
        using var files = new TemporaryDirectory();
        await using var peer = FaultPeer.Hanging();
        await using var daemon = await DaemonProcess.StartAsync(files);
        var id = await daemon.RunAsync(Body(peer));
        await using (var events = await EventStream.OpenAsync(daemon, id))
        {
            while ((await events.NextAsync())!.Value.EventId != "3")
            {
            }
        }

        daemon.Process.Signal(ChildSignal.Kill);
        await daemon.Process.ExitAsync();
        await using var again = await DaemonProcess.StartAsync(files);
        await using var resumed = await EventStream.OpenAsync(again, id, "3");
        var (samples, end) = await resumed.ToEndAsync();
        Assert.Equal(File.ReadAllLines(files[$"results/{id}/samples.jsonl"])[3..], samples.Select(sample => sample.Data));
        Assert.Equal("interrupted", end.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Lines_that_are_no_samples_are_skipped_but_keep_their_numbers()
    {
        var stored = Store($"{{\"a\":1}}\n{{\"half\":\n\nnull\n{new string('x', 3 << 20)}\n{{\"a\":\r2}}\n{{\"b\":[1,{{}}]}}\n{{\"c\":\"cut o");
        await using var events = await EventStream.OpenAsync(_daemon, stored);
        Assert.Equal([("1", "{\"a\":1}"), ("7", "{\"b\":[1,{}]}")], (await events.ToEndAsync()).Samples);
        await using var after = await EventStream.OpenAsync(_daemon, stored, "6");
        Assert.Equal([("7", "{\"b\":[1,{}]}")], (await after.ToEndAsync()).Samples);
        await using var beyond = await EventStream.OpenAsync(_daemon, stored, "1000000");
        Assert.Empty((await beyond.ToEndAsync()).Samples);
    }

    [Fact]
    public async Task A_run_without_samples_has_an_end()
    {
        var stored = Store(null);
        await using var events = await EventStream.OpenAsync(_daemon, stored);
        Assert.Empty((await events.ToEndAsync()).Samples);
    }

    [Fact]
    public async Task A_client_that_does_not_read_delays_nobody()
    {
        var line = $"{{\"text\":\"{new string('x', 4000)}\"}}";
        var stored = Store(string.Concat(Enumerable.Repeat(line + "\n", 10_000)));
        var idle = new List<Socket>();
        try
        {
            for (var client = 0; client < 20; client++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                idle.Add(socket);
                await socket.ConnectAsync(_daemon.Client.BaseAddress!.Host, _daemon.Client.BaseAddress.Port);
                await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /runs/{stored}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
                Assert.True(await socket.ReceiveAsync(new byte[100]) > 0);
            }

            await using var events = await EventStream.OpenAsync(_daemon, stored);
            Assert.Equal(10_000, (await events.ToEndAsync()).Samples.Count);
            Assert.Equal("ready\n", await _daemon.Client.GetStringAsync("/readyz"));
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Unknown_run_and_malformed_id_are_problems()
    {
        await DaemonProcess.ProblemAsync(_daemon.Client.GetAsync("/runs/20261122-225935-4f2a9c/events"), 404);
        await DaemonProcess.ProblemAsync(_daemon.Client.GetAsync("/runs/..%2F..%2Fetc/events"), 404);
        var stored = Store(null);
        var problem = await DaemonProcess.ProblemAsync(_daemon.Client.GetAsync($"/runs/{stored}/events?after=-1"), 400);
        Assert.Contains("the number of its line", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_stopped_daemon_does_not_wait_for_its_readers()
    {
        using var files = new TemporaryDirectory();
        await using var peer = FaultPeer.Hanging();
        await using var daemon = await DaemonProcess.StartAsync(files);
        var id = await daemon.RunAsync(Body(peer));
        await using var events = await EventStream.OpenAsync(daemon, id);
        Assert.NotNull(await events.NextAsync());
        daemon.Process.Signal(ChildSignal.Terminate);
        (await daemon.Process.ExitAsync()).Expect(130);
    }

    private static string Body(FaultPeer peer) => RunsApiSpecs.Body(peer, 5) + "\nactorload.metrics.interval = 100ms\nactorload.connection.reply-timeout = 1h";

    private string Store(string? samples)
    {
        var id = RunIds.New(TimeProvider.System);
        _files.Write($"results/{id}/run.json", $"{{\"schemaVersion\":1,\"id\":\"{id}\",\"queuedAt\":\"2026-11-22T22:59:35Z\",\"configuration\":{{}}}}");
        if (samples is not null)
        {
            _files.Write($"results/{id}/samples.jsonl", samples);
        }

        return id;
    }
}
