using System.Globalization;
using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

public class RunCommandSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose()
    {
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Stdout_has_only_JSON()
    {
        await using var peer = FaultPeer.Answering();
        var run = (await ActorLoadProcess.RunAsync(
            ["run", "--json", "--target", peer.Target, "--cps", "20", "--durs", "0.2", "--gaps", "0.1", "--set", "observers.server.enabled=off"])).Expect();
        Assert.Equal('{', run.Stdout[0]);
        var result = RunResultJson.Parse(run.Stdout);
        Assert.Equal(Verdict.Valid, result.Verdict);
        Assert.Equal(peer.Accepted, result.Connections.Succeeded);
        Assert.Contains($"storming {peer.Target}", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_summary_begins_with_the_verdict_and_shows_the_arithmetic()
    {
        await using var peer = FaultPeer.Answering();
        var run = (await ActorLoadHere.RunAsync(["run", "--quiet", .. Bursts(peer, 1)])).Expect();
        // Whether they can be believed depends on what else this machine does.
        var lines = run.Stdout.TrimEnd().Split('\n');
        Assert.Matches(@"^100 % of 20 connections succeeded; .+ \((valid|generator-limited)\)$", lines[0]);
        Assert.Equal(lines[0], lines[^1]);
        Assert.Contains("20 planned = 20 succeeded + 0 failed + 0 cancelled + 0 dropped", run.Stdout, StringComparison.Ordinal);
        Assert.Equal("", run.Stderr);
        Assert.DoesNotContain('\u001b', run.Stdout);
    }

    [Fact]
    public async Task Files_are_written_to_the_given_directory()
    {
        await using var peer = FaultPeer.Answering();
        var run = (await ActorLoadHere.RunAsync(["run", "--json", "--out", _files["a/b"], .. Bursts(peer, 2)])).Expect();
        Assert.Equal(run.Stdout.TrimEnd(), File.ReadAllText(_files["a/b/result.json"]));
        var result = RunResultJson.Parse(run.Stdout);
        var lines = File.ReadAllLines(_files["a/b/samples.jsonl"]).Select(RunResultJson.ParseSnapshot).ToArray();
        Assert.InRange(result.Samples.Count, 1, lines.Length); // an interval that is short beside another joins it
        Assert.Equal(result.Connections, lines[^1].Connections);
        Assert.Equal(result.Run.Id, JsonDocument.Parse(File.ReadAllText(_files["a/b/run.json"])).RootElement.GetProperty("id").GetString());
        Assert.Equal(
            ["bursts.csv", "histograms.hlog", "outcomes.csv", "report.html", "result.json", "run.json", "samples.csv", "samples.jsonl"],
            Directory.GetFiles(_files["a/b"]).Select(Path.GetFileName).Where(name => !name!.EndsWith(".hgrm", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task Summaries_for_other_programs_are_written_also_of_an_aborted_run()
    {
        await using var peer = FaultPeer.ClosedPort();
        _files.Write("junit.xml", "of the run before");
        var run = await ActorLoadHere.RunAsync(
            ["run", "--junit", _files["junit.xml"], "--markdown", _files["run.md"], .. Bursts(peer, 1)]);
        Assert.Equal(4, run.ExitCode); // nothing listens: the check before the run ends it
        Assert.Contains("<error ", File.ReadAllText(_files["junit.xml"]), StringComparison.Ordinal);
        Assert.Contains("target-check", File.ReadAllText(_files["run.md"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--junit", "nowhere/x.xml", "cannot write to ")]
    [InlineData("--markdown", "", "cannot write to ")]
    [InlineData("--markdown", "same", "is the file of --markdown too; name another file")]
    public async Task Summary_that_cannot_be_written_ends_before_the_run(string option, string file, string problem)
    {
        await using var peer = FaultPeer.Answering();
        string[] other = file == "same" ? ["--junit", _files["same"]] : [];
        var run = (await ActorLoadHere.RunAsync(
            ["run", "--quiet", "--out", _files["out"], option, _files[file], .. other, .. Bursts(peer, 1)])).Expect(2);
        Assert.StartsWith(file == "same" ? "--junit: " : $"{option}: ", run.Stderr, StringComparison.Ordinal);
        Assert.Contains(problem, run.Stderr, StringComparison.Ordinal);
        Assert.Contains("; name ", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(0, peer.Accepted);
        Assert.False(Directory.Exists(_files["out"]));
    }

    [Fact]
    public async Task Run_without_out_option_writes_no_files()
    {
        await using var peer = FaultPeer.Answering();
        (await ActorLoadProcess.RunAsync(["run", "--quiet", .. Bursts(peer, 1)], new ActorLoadOptions { WorkingDirectory = _files.Root })).Expect();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_files.Root));
    }

    [Fact]
    public async Task A_threshold_that_is_not_met_is_exit_code_3()
    {
        await using var peer = FaultPeer.Answering();
        var run = (await ActorLoadProcess.RunAsync(["run", "--quiet", "--set", "thresholds=[\"succeeded >= 21\"]", .. Bursts(peer, 1)])).Expect(3);
        Assert.Contains("NOT MET", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_down_aborts_the_run_with_exit_code_4()
    {
        await using var peer = FaultPeer.ClosedPort();
        var run = (await ActorLoadHere.RunAsync(["run", "--quiet", "--target", peer.Target, "--cps", "200", "--durs", "3600"])).Expect(4);
        Assert.Contains("(aborted)\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("refused", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_does_not_begin_when_the_target_fails_its_check()
    {
        await using var peer = FaultPeer.ClosedPort();
        var run = (await ActorLoadHere.RunAsync(["run", "--json", "--out", _files["out"], "--target", peer.Target, "--cps", "200", "--durs", "3600"])).Expect(4);
        Assert.Contains("actorload: FAIL target: ", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("the run did not begin: no server of its target passed the check; --force begins it anyway", run.Stderr, StringComparison.Ordinal);
        var result = RunResultJson.Parse(run.Stdout);
        Assert.Equal((Verdict.Aborted, 0, peer.Target), (result.Verdict, result.Connections.Planned, Assert.Single(result.Target.Addresses)));
        var finding = Assert.Single(result.Findings);
        Assert.Equal("target-check", finding.Rule);
        Assert.Contains("nothing listens there", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(run.Stdout.TrimEnd(), File.ReadAllText(_files["out/result.json"]));
    }

    [Fact]
    public async Task Force_option_begins_a_run_whose_target_fails_its_check()
    {
        await using var peer = FaultPeer.ClosedPort();
        var run = (await ActorLoadHere.RunAsync(["run", "--json", "--force", "--target", peer.Target, "--cps", "20", "--count", "1"])).Expect(4);
        Assert.Contains("actorload: FAIL target: ", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(20, RunResultJson.Parse(run.Stdout).Connections.Planned);
    }

    [RedisFact]
    public async Task Run_begins_when_one_of_several_targets_passes_its_check()
    {
        await using var server = await RedisServer.StartAsync();
        await using var peer = FaultPeer.ClosedPort();
        var run = (await ActorLoadHere.RunAsync(["run", "--json", "--target", server.Target, "--target", peer.Target, "--cps", "20", "--count", "1"])).Expect();
        Assert.Equal(10, RunResultJson.Parse(run.Stdout).Connections.Succeeded);
    }

    [RedisFact]
    public async Task Run_whose_script_gives_the_password_is_not_stopped_by_the_check()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "word");
        string[] args = ["run", "--json", "--target", server.Target, "--cps", "20", "--count", "1"];
        (await ActorLoadHere.RunAsync([.. args, "--script", "PING"])).Expect(4);
        var run = (await ActorLoadHere.RunAsync([.. args, "--script", "AUTH word", "--script", "PING"])).Expect();
        Assert.Equal(20, RunResultJson.Parse(run.Stdout).Connections.Succeeded);
    }

    [Fact]
    public async Task Details_show_the_tables_that_the_summary_leaves_out()
    {
        await using var peer = FaultPeer.Answering();
        var brief = (await ActorLoadHere.RunAsync(["run", "--quiet", .. Bursts(peer, 1)])).Expect().Stdout;
        var all = (await ActorLoadHere.RunAsync(["run", "--quiet", "--details", .. Bursts(peer, 1)])).Expect().Stdout;
        Assert.InRange(brief.Split('\n').Length, 5, 24);
        Assert.DoesNotContain("Connections ended as", brief, StringComparison.Ordinal);
        Assert.Contains("Connections ended as", all, StringComparison.Ordinal);
        Assert.DoesNotMatch(" \n", brief + all);
    }

    [LinuxTheory]
    [InlineData(ChildSignal.Interrupt)]
    [InlineData(ChildSignal.Terminate)]
    public async Task A_signal_ends_the_run_with_its_result_written(ChildSignal signal)
    {
        await using var peer = FaultPeer.Hanging();
        await using var run = ActorLoadProcess.Start(["run", "--json", "--out", _files["out"], .. Bursts(peer, 1)]);
        await peer.AcceptedAsync(20);
        run.Signal(signal);
        var ended = (await run.ExitAsync()).Expect(130);
        var result = RunResultJson.Parse(ended.Stdout);
        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.Equal(20, result.Connections.Cancelled);
        Assert.Equal(ended.Stdout.TrimEnd(), File.ReadAllText(_files["out/result.json"]));
    }

    [LinuxFact]
    public async Task Every_finished_interval_is_on_disk_after_a_kill()
    {
        await using var peer = FaultPeer.Answering();
        await using var run = ActorLoadProcess.Start(["run", "--out", _files["out"], .. Bursts(peer, 1000)]);
        var seen = await run.StderrLineAsync(line => SucceededIn(line) >= 60);
        run.Signal(ChildSignal.Kill);
        await run.ExitAsync();
        var (last, samples) = Hosting.Journal.InterruptedRun.ReadSamples(_files["out"]);
        Assert.True(samples.Sum(sample => sample.Succeeded) >= SucceededIn(seen), seen);
        Assert.Equal(last!.Connections.Succeeded, samples.Sum(sample => sample.Succeeded));
        Assert.False(File.Exists(_files["out/result.json"]));
    }

    [LinuxFact]
    public async Task Full_disk_fails_the_exit_code_but_the_numbers_are_still_printed()
    {
        await using var peer = FaultPeer.Answering();
        Directory.CreateDirectory(_files["out"]);
        File.CreateSymbolicLink(_files["out/samples.jsonl"], "/dev/full");
        var run = (await ActorLoadHere.RunAsync(["run", "--quiet", "--out", _files["out"], .. Bursts(peer, 1)])).Expect(1);
        Assert.Contains("No space left on device", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("20 planned = 20 succeeded", run.Stdout, StringComparison.Ordinal);
        Assert.Equal(20, RunResultJson.Parse(File.ReadAllText(_files["out/result.json"])).Connections.Succeeded);
    }

    /// <summary>What the line of an interval tells; 0 for any other line.</summary>
    private static long SucceededIn(string line) =>
        line.Split(' ') is var words && Array.IndexOf(words, "succeeded") is var at and > 0 ? long.Parse(words[at + 1], CultureInfo.InvariantCulture) : 0;

    private static string[] Bursts(FaultPeer peer, int count) =>
    [
        "--target", peer.Target, "--set", $"load=[{{ connections = 20, count = {count}, gap = 50ms }}]", "--set", "metrics.interval=100ms",
        "--set", "connection.hold=0s",
    ];
}
