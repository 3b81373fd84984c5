using System.Globalization;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>A run one of whose loops hangs.</summary>
public sealed class HangingLoopSpecs
{
    [PerlTraceTheory]
    [InlineData("io-uring", 1, 0)]
    [InlineData("io-uring", 2, 1)]
    [InlineData("sockets", 1, 0)]
    public async Task Hanging_loop_is_named_and_the_run_ends_with_its_counts(string transport, int loops, int blocked)
    {
        await using var peer = FaultPeer.Answering();
        await using var run = ActorLoadProcess.Start([
            "run", "--json", "--target", peer.Target, "--set", $"transport.kind={transport}", "--set", $"transport.loops={loops}",
            "--set", "observers.server.enabled=off", "--set", "metrics.interval=100ms",
            "--set", "load=[{ connections = 20, gap = 50ms, pacing = fixed, duration = 1h }]"]);
        var seen = SucceededIn(await run.StderrLineAsync(line => SucceededIn(line) >= 40));
        await using var hanging = await BlockedThread.StartAsync(run, transport == "sockets" ? ".NET Sockets" : "actorload-uring", blocked);
        var ended = (await run.ExitAsync()).Expect(4);

        var loop = $"loop actorload-{(transport == "sockets" ? "sockets" : "uring")}-{blocked} (lane {blocked}) did not answer for 5 s";
        Assert.Contains(loop, ended.Stderr, StringComparison.Ordinal);
        var result = RunResultJson.Parse(ended.Stdout);
        Assert.Equal(Verdict.Aborted, result.Verdict);
        Assert.Contains(result.VerdictReasons, reason => reason.StartsWith(loop, StringComparison.Ordinal));
        var counts = result.Connections;
        Assert.True(counts.Succeeded >= seen && counts.Open == 0 && counts.Planned == counts.Opened + counts.Dropped, $"{counts}");
        Assert.Equal(result.Attempts, counts.Opened + result.Retries);
        Assert.Equal(counts.Succeeded, result.Samples.Sum(sample => sample.Succeeded));
    }

    // What the line of an interval tells; 0 for any other line.
    private static long SucceededIn(string line) =>
        line.Split(' ') is var words && Array.IndexOf(words, "succeeded") is var at and > 0 ? long.Parse(words[at + 1], CultureInfo.InvariantCulture) : 0;
}
