using System.Net;
using System.Net.Sockets;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public sealed class ManyStrangersSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [OwnMountsFact]
    public async Task Unresolvable_names_delay_only_their_own_posts()
    {
        const string Silent = "127.0.77.53";
        using var resolver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        resolver.Bind(new IPEndPoint(IPAddress.Parse(Silent), 53));
        var wrapper = OwnMounts.File(_files.Write("resolv.conf", $"nameserver {Silent}\noptions timeout:30 attempts:1\n"), "/etc/resolv.conf");
        await using var daemon = await DaemonProcess.StartAsync(_files, new ActorLoadOptions { Wrapper = wrapper });

        var posts = Enumerable.Range(0, 50).Select(index => daemon.PostAsync($"actorload.target.endpoints = [\"n{index}.example:1\"]")).ToArray();
        await resolver.ReceiveAsync(new byte[512]);
        for (var times = 0; times < 20; times++)
        {
            Assert.Equal("alive\n", await daemon.Client.GetStringAsync("/healthz"));
            Assert.Equal("ready\n", await daemon.Client.GetStringAsync("/readyz"));
            Assert.Equal(0, (await daemon.GetAsync("/runs")).GetArrayLength());
        }

        Assert.All(posts, post => Assert.False(post.IsCompleted));
        foreach (var post in posts)
        {
            var problem = await DaemonProcess.ProblemAsync(post, 422);
            Assert.Contains("longer than 10 s", problem.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Size_of_an_error_answer_is_bounded()
    {
        await using var daemon = await DaemonProcess.StartAsync(_files, "--set", "daemon.max-body=1MiB");
        var name = new string('k', 2000);
        var body = string.Join('\n', Enumerable.Range(0, 500).Select(index => $"{name}{index} = 1"));
        using var response = await daemon.PostAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync()).Length, 1, 500_000);
    }

    [Fact]
    public async Task Posted_run_that_lasts_too_long_is_ended()
    {
        await using var peer = FaultPeer.Hanging();
        await using var daemon = await DaemonProcess.StartAsync(_files, "--set", "daemon.max-duration=1s");
        var id = await daemon.RunAsync(RunsApiSpecs.Body(peer, 3));
        Assert.Equal("interrupted", (await daemon.EndOfAsync(id)).GetProperty("state").GetString());
        var result = RunResultJson.Parse(await daemon.Client.GetStringAsync($"/runs/{id}"));
        Assert.Equal((Verdict.Interrupted, 3), (result.Verdict, result.Connections.Cancelled));
        Assert.Contains(result.VerdictReasons, reason => reason.StartsWith("stopped by daemon.max-duration", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_posted_run_whose_plan_is_too_long_is_refused()
    {
        await using var daemon = await DaemonProcess.StartAsync(_files);
        var problem = await DaemonProcess.ProblemAsync(daemon.PostAsync("actorload.load = [ { duration = 30d } ]"), 400);
        var error = Assert.Single(problem.GetProperty("errors").EnumerateArray());
        Assert.Equal("load", error.GetProperty("key").GetString());
        Assert.Contains("daemon.max-duration", error.GetProperty("allowed").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Posted_run_that_waits_too_long_is_refused_but_an_operators_run_is_not()
    {
        await using var peer = FaultPeer.Hanging();
        var file = _files.Write("own.conf", RunsApiSpecs.Body(peer, 1));
        var (own, second) = (file, _files.Write("second.conf", RunsApiSpecs.Body(peer, 1)));
        await using var daemon = await DaemonProcess.StartAsync(
            _files, "--set", "daemon.max-duration=1s", "--set", "daemon.max-wait=1s", "--set", "connection.reply-timeout=1h", own, second);
        await peer.AcceptedAsync(1);
        var id = await daemon.RunAsync(RunsApiSpecs.Body(peer, 1));
        var row = await daemon.EndOfAsync(id);
        Assert.Equal("failed", row.GetProperty("state").GetString());
        Assert.Contains("daemon.max-wait", row.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["queued", "running"],
            (await daemon.GetAsync("/runs")).EnumerateArray().Select(run => run.GetProperty("state").GetString()!).Where(state => state != "failed").Order());
    }
}
