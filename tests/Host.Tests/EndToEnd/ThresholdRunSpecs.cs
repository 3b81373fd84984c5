using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Runs that pass or fail a build.</summary>
public sealed class ThresholdRunSpecs
{
    // 20 connections each 100 ms, for an hour.
    private const string LongLoad = "load = [ { connections = 20, gap = 100ms, pacing = fixed, duration = 1h } ]\n metrics.interval = 100ms";

    [RedisFact]
    public async Task Failed_threshold_ends_a_long_run_on_redis_in_order()
    {
        await using var redis = await RedisServer.StartAsync();
        var storm = await Storm.HereAsync(redis.Target, LongLoad + """

            thresholds = ["success-ratio >= 0.99", { metric = "succeeded <= 100", abort-on-fail = on, after = 500ms }]
            """);

        Assert.Equal(3, storm.ExitCode);
        var result = RunResultJson.Parse(storm.Process.Stdout);
        Assert.Equal([true, false], result.Thresholds.Select(threshold => threshold.Met));
        var failed = result.Thresholds[1];
        Assert.True(failed is { Measured: > 100, EndedRunAt: >= 0.5 }, $"{failed}");
        Assert.Contains(result.VerdictReasons, reason => reason.StartsWith("threshold succeeded <= 100 failed after ", StringComparison.Ordinal));
        Assert.True(result.Connections is { Open: 0, Failed: 0 }, $"{result.Connections}");
        Assert.False(result.Passed);
    }

    [RedisFact]
    public async Task Bystander_endpoint_and_findings_are_judged_after_a_run_on_redis()
    {
        await using var redis = await RedisServer.StartAsync();
        var storm = await Storm.HereObservedAsync(redis.Target, Storm.Load(20, 2, "100ms") + $$"""

            observers.bystander { connections = 1, before = 200ms, after = 1s, window = 200ms }
            thresholds = [
              "bystander.during.count >= 1", "bystander.p99 < 10s", "endpoints.'{{redis.Target}}'.succeeded == 40", "findings.wrong-protocol == 0"
              "bursts.duration.max < 10s", "generator.peak-open >= 1", "unexplained >= 0"
            ]
            verdict.allow = [generator-limited]
            """);

        Assert.Equal(0, storm.ExitCode);
        Assert.All(RunResultJson.Parse(storm.Process.Stdout).Thresholds, threshold => Assert.True(threshold is { Met: true, Measured: not null }, $"{threshold}"));
    }

    [RedisFact]
    public async Task Shipped_gate_measures_each_of_its_thresholds()
    {
        await using var redis = await RedisServer.StartAsync();
        var run = await ActorLoadProcess.RunAsync(
        [
            "run", Path.Combine(Sources.Root, "hocon", "gate.conf"), "--target", redis.Target, "--quiet", "--json", "--set", "load.0.duration=500ms",
            "--set", "observers.bystander.after=1s",
        ]);
        var result = RunResultJson.Parse(run.Stdout);

        // A busy machine may not meet them.
        run.Expect(result.Passed == true ? 0 : 3);
        Assert.All(result.Thresholds, threshold => Assert.True(threshold.Measured is not null, $"{threshold}"));
        Assert.Equal(300, result.Connections.Succeeded);
    }

    [PrlimitTheory]
    [InlineData("", 3)]
    [InlineData("verdict.allow = [generator-limited]", 0)]
    public async Task Generator_limited_run_passes_only_if_that_is_allowed(string allowed, int exitCode)
    {
        await using var peer = FaultPeer.Hanging();
        var storm = await Storm.RunAsync(peer.Target, Storm.Load(400) + $"""

            connection.reply-timeout = 500ms
            {Storm.OneAttempt}
            thresholds = ["planned == 400"]
            {allowed}
            """, new ActorLoadOptions { Wrapper = ["prlimit", "--nofile=300:300"] });

        Assert.Equal((exitCode, "generator-limited"), (storm.ExitCode, storm.Verdict));
        Assert.Equal(exitCode == 3, storm.Reasons.Contains("thresholds do not pass in a generator-limited run (exit code 3)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("thresholds.0=conect.p99 < 1s", "thresholds[0]: unknown metric \"conect.p99\"; did you mean connect.p99?")]
    [InlineData("thresholds=[\"endpoints.'127.0.0.9:1'.refused == 0\"]", "target: thresholds[0]: endpoints.\"127.0.0.9:1\".refused: no endpoint has this address; the target is ")]
    public async Task Unknown_path_is_refused_before_anything_is_opened(string set, string problem)
    {
        await using var peer = FaultPeer.Answering();
        var target = peer.Target.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        var run = (await ActorLoadHere.RunAsync(["run", "--target", target, "--cps", "5", "--count", "1", "--set", set])).Expect(2);

        Assert.Contains(problem, run.Stderr, StringComparison.Ordinal);
        Assert.Equal("", run.Stdout);
        Assert.Equal(0, peer.Accepted);
    }
}
