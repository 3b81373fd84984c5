using System.Globalization;
using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>Servers that do not answer: busy, blocked, starved, gone, or there again; and a generator that is starved itself.</summary>
[Collection(nameof(RealTime))]
public sealed class ServerTroubleSpecs
{
    private const string FirstCore = "0";
    private const int Hogs = 3;

    // Some seconds of small bursts, so that there is time to do something to the server.
    private static readonly string _drum = Storm.Load(50, count: 30, gap: "100ms") + "\n supervision { breaker.enabled = off, refused.max-retries = 3 }";

    [RedisNetnsFact]
    public async Task Slow_command_is_diagnosed_as_server_cpu()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await DuringAsync(network, server, _ => server.CommandAsync(
            "EVAL", "local s = redis.call('time')[1]; repeat until redis.call('time')[1] - s > 3", "0"));

        Assert.Contains("main thread", storm.Cause("server-cpu").GetProperty("sentence").GetString(), StringComparison.Ordinal);
    }

    [RedisNetnsFact]
    public async Task Blocked_main_thread_is_diagnosed_as_server_stalled()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network, "--enable-debug-command", "yes");

        var storm = await DuringAsync(network, server, _ => server.CommandAsync("DEBUG", "SLEEP", "3"));

        Assert.Contains("something blocks it", storm.Cause("server-stalled").GetProperty("sentence").GetString(), StringComparison.Ordinal);
    }

    [StarvedRedisFact]
    public async Task Server_without_processor_time_is_diagnosed_as_server_stalled()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartWrappedAsync(network, ["taskset", "--cpu-list", FirstCore, "nice", "-n", "19"]);
        await using var hogs = new Crowd(Hogs);

        // Whoever has no reply after three seconds gets none, and INFO has waited long by then: the run does not wait until such a server has answered all.
        var storm = await AcknowledgedAsync(() => Undisturbed.RunAsync(
            network, server.Target, $"{Storm.Load(1_000)}\n {Storm.OneAttempt}\n connection.reply-timeout = 3s\n run.deadline = 20s"));

        storm.Cause("server-stalled");
        Assert.Equal("valid", storm.Verdict);
    }

    // Where other tests keep the kernel itself from a core, it does not acknowledge the observer's question in time. That looks like a line that loses
    // data, which is not the subject: the storm is repeated.
    private static async Task<Storm> AcknowledgedAsync(Func<Task<Storm>> run)
    {
        const int Attempts = 3;
        var storm = await run();
        for (var attempt = 1; attempt < Attempts && storm.Findings.Any(IsUnacknowledged); attempt++)
        {
            storm = await run();
        }

        return storm;

        static bool IsUnacknowledged(JsonElement finding) =>
            finding.GetProperty("sentence").GetString()!.Contains("nobody acknowledged it", StringComparison.Ordinal);
    }

    [StarvedRedisFact]
    public async Task Generator_without_processor_time_gets_verdict_generator_limited()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);

        // A third of one core is left to it, from the beginning of the storm on: enough to come to its end. How much it does until then is left to the
        // machine, and how long that takes is not.
        var storm = await DuringAsync(
            network, server, async run =>
            {
                await using var hogs = new Crowd(Hogs - 1);
                await run;
            },
            "load = [ { connections = 50, duration = 4s, gap = 0s } ]\n run.deadline = 10s", "taskset", "--cpu-list", FirstCore);

        storm.Cause("generator-limited");
        Assert.Equal("generator-limited", storm.Verdict);
        Assert.Contains("had no processor", storm.Reasons, StringComparison.Ordinal);
    }

    [RedisNetnsFact]
    public async Task Killed_and_restarted_server_is_diagnosed_as_server_restarted()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);
        RedisServer? next = null;

        var storm = await DuringAsync(network, server, async _ =>
        {
            await server.KillAsync();
            next = await Undisturbed.RedisAsync(network, "--port", server.Port.ToString(CultureInfo.InvariantCulture));
        });

        await next!.DisposeAsync();
        // Even if it was gone between two bursts and cost no attempt.
        storm.Cause("server-restarted");
    }

    [RedisNetnsFact]
    public async Task Killed_server_is_diagnosed_as_server_unreachable()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);

        // Each burst waits for the last one's end: retries would only make it longer.
        var storm = await DuringAsync(network, server, _ => server.KillAsync(), $"{_drum}\n {Storm.OneAttempt}");

        Assert.Contains("did not answer its observer", storm.Cause("server-unreachable").GetProperty("sentence").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_without_a_listener_is_reported()
    {
        await using var peer = FaultPeer.ClosedPort();

        var storm = await Storm.RunObservedAsync(peer.Target, Storm.Load(20));

        storm.Cause("server-unreachable");
        Assert.Contains("nothing listens there", storm.Unseen, StringComparison.Ordinal);
    }

    [RedisNetnsFact]
    public async Task Disconnected_observer_is_a_finding_and_not_an_error()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await Undisturbed.RedisAsync(network);

        var storm = await DuringAsync(network, server, async _ =>
        {
            // All but the connection that asks: the observer's among them, which stands first in the list.
            var observer = (await server.CommandAsync("CLIENT", "LIST", "TYPE", "NORMAL"))!.Split('\n').First(line => line.Contains("cmd=info", StringComparison.Ordinal));
            await server.CommandAsync("CLIENT", "KILL", "ID", observer.Split(' ')[0]["id=".Length..]);
        });

        storm.Cause("observer-lost");
        Assert.Equal((0, "valid"), (storm.ExitCode, storm.Verdict));
    }

    /// <summary>A run during which something is done once the server has seen some of it.</summary>
    private static async Task<Storm> DuringAsync(NetworkNamespace network, RedisServer server, Func<Task, Task> act, string? lines = null, params string[] wrapper)
    {
        var run = wrapper.Length == 0 ? Undisturbed.RunAsync(network, server.Target, lines ?? _drum)
            : Storm.RunObservedAsync(server.Target, lines ?? _drum, new ActorLoadOptions { Wrapper = [.. network.Prefix, .. wrapper] });
        await server.HasReceivedAsync(120, () => run.IsCompleted);
        await act(run);
        return await run;
    }

    /// <summary>Programs that keep the first core busy.</summary>
    private sealed class Crowd(int size) : IAsyncDisposable
    {
        private readonly ChildProcess[] _members =
            [.. Enumerable.Range(0, size).Select(_ => ChildProcess.Start(["taskset", "--cpu-list", FirstCore, "sh", "-c", "while :; do :; done"]))];

        public async ValueTask DisposeAsync()
        {
            foreach (var member in _members)
            {
                await member.DisposeAsync();
            }
        }
    }
}
