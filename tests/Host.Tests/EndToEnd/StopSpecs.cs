using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Runs that are stopped from outside, and runs that meet in one directory.</summary>
public sealed class StopSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [LinuxTheory]
    [InlineData(ChildSignal.Interrupt, ChildSignal.Interrupt)]
    [InlineData(ChildSignal.Terminate, ChildSignal.Terminate)]
    [InlineData(ChildSignal.Terminate, ChildSignal.HangUp)]
    [InlineData(ChildSignal.HangUp, ChildSignal.HangUp)]
    [InlineData(ChildSignal.Quit, ChildSignal.Quit)]
    public async Task Several_signals_in_a_row_count_as_one_and_lose_no_result(ChildSignal first, ChildSignal second)
    {
        await using var peer = FaultPeer.Hanging();
        await using var run = ActorLoadProcess.Start(["run", "--json", "--out", _files["out"], .. Load(peer)]);
        await peer.AcceptedAsync(20);
        run.Signal(first);
        run.Signal(second);
        var ended = (await run.ExitAsync()).Expect(130);
        var result = RunResultJson.Parse(ended.Stdout);
        Assert.Equal((Verdict.Interrupted, 20L), (result.Verdict, result.Connections.Cancelled));
        Assert.Equal(ended.Stdout.TrimEnd(), File.ReadAllText(_files["out/result.json"]));
    }

    [LinuxFact]
    public async Task Report_is_not_loaded_before_the_end_of_a_run()
    {
        await using var peer = FaultPeer.Hanging();
        await using var run = ActorLoadProcess.Start(["run", "--quiet", "--out", _files["out"], .. Load(peer)]);
        await peer.AcceptedAsync(20);
        Assert.DoesNotContain("Microsoft.AspNetCore.Components", File.ReadAllText($"/proc/{run.Id}/maps"), StringComparison.Ordinal);
        run.Signal(ChildSignal.Interrupt);
        (await run.ExitAsync()).Expect(130);
        Assert.True(File.Exists(_files["out/report.html"]));
    }

    [LinuxFact]
    public async Task Nohup_protects_a_run_from_the_end_of_its_terminal()
    {
        await using var peer = FaultPeer.Hanging();
        await using var run = ActorLoadProcess.Start(["run", "--json", .. Load(peer)], new ActorLoadOptions { Wrapper = ["nohup"] });
        await peer.AcceptedAsync(20);
        run.Signal(ChildSignal.HangUp);
        run.Signal(ChildSignal.Terminate);
        Assert.Contains("SIGTERM", string.Concat(RunResultJson.Parse((await run.ExitAsync()).Expect(130).Stdout).VerdictReasons), StringComparison.Ordinal);
    }

    /// <summary>A server that answers nothing any more keeps the observers, and with them the end, for as long as they may take.</summary>
    [RedisFact]
    public async Task Repeated_SIGTERM_ends_a_run_whose_server_hangs()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var run = ActorLoadProcess.Start(
            ["run", "--json", "--out", _files["out"], "--target", redis.Target, "--set", "load=[{ connections = 20, count = 10000, gap = 50ms }]",
             "--set", "metrics.interval=100ms"]);
        await run.StderrLineAsync(line => line.Contains("burst 3 ", StringComparison.Ordinal));
        (await ChildProcess.RunAsync("kill", "-STOP", $"{redis.ProcessId}")).Expect();
        try
        {
            var ending = run.ExitAsync();
            while (!ending.IsCompleted)
            {
                await ChildProcess.RunAsync("kill", "-TERM", $"{run.Id}"); // as one who presses Ctrl-C until it ends
            }

            // Whole, or not there: how much 200 ms are on this machine is not for a test to say.
            var ended = (await ending).Expect(130);
            var texts = new[] { ended.Stdout, File.Exists(_files["out/result.json"]) ? File.ReadAllText(_files["out/result.json"]) : "" };
            foreach (var result in texts.Where(text => text.Length > 0).Select(RunResultJson.Parse))
            {
                Assert.Equal(Verdict.Interrupted, result.Verdict);
                Assert.True(result.Connections.Succeeded > 0, $"{result.Connections}");
                Assert.Equal(0, result.Connections.Open);
            }
        }
        finally
        {
            (await ChildProcess.RunAsync("kill", "-CONT", $"{redis.ProcessId}")).Expect();
        }
    }

    [LinuxFact]
    public async Task Two_runs_at_once_do_not_share_a_directory()
    {
        await using var peer = FaultPeer.Hanging();
        await using var first = ActorLoadProcess.Start(["run", "--json", "--out", _files["out"], .. Load(peer)]);
        await peer.AcceptedAsync(20);
        var second = (await ActorLoadProcess.RunAsync(["run", "--json", "--quiet", "--out", _files["out"], .. Load(peer)])).Expect(2);
        Assert.Equal($"--out: cannot write to {_files["out"]}: another run writes there now", second.Stderr.TrimEnd().TrimEnd('.'));
        first.Signal(ChildSignal.Terminate);
        var result = RunResultJson.Parse((await first.ExitAsync()).Expect(130).Stdout);
        Assert.Equal((20L, 20L), (result.Connections.Planned, peer.Accepted));
    }

    [LinuxFact]
    public async Task A_run_that_was_killed_leaves_no_lock_behind()
    {
        await using var peer = FaultPeer.Hanging();
        await using (var killed = ActorLoadProcess.Start(["run", "--out", _files["out"], .. Load(peer)]))
        {
            await peer.AcceptedAsync(20);
            killed.Signal(ChildSignal.Kill);
            await killed.ExitAsync();
        }

        await using var answering = FaultPeer.Answering();
        (await ActorLoadProcess.RunAsync(["run", "--quiet", "--out", _files["out"], .. Load(answering)])).Expect();
    }

    private static string[] Load(FaultPeer peer) =>
        ["--target", peer.Target, "--set", "load=[{ connections = 20, count = 1 }]", "--set", "observers.server.enabled=off"];
}
