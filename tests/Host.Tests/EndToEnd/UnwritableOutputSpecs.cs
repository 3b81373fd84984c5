using ActorLoad.Hosting.Journal;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>stdout and stderr that are full, closed, or read by nobody.</summary>
public sealed class UnwritableOutputSpecs : IDisposable
{
    // A pipe that is full from the start, and whose reader is the writer itself, which never reads.
    private const string Paused = "exec 9<>\"$0\"; head -c 65536 /dev/zero >&9; exec \"$@\" ";

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [LinuxTheory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    [InlineData("2>&- <&-")]
    public async Task A_run_does_not_depend_on_stderr(string redirection)
    {
        await using var peer = FaultPeer.Answering();
        var run = (await RunAsync(redirection, ["run", "--json", "--out", _files["out"], .. Bursts(peer, 5)])).Expect();
        ExpectWhole(run.Stdout);
    }

    [LinuxFact]
    public async Task A_run_does_not_wait_for_a_reader_of_stderr()
    {
        await using var peer = FaultPeer.Answering();
        await MakePipeAsync();
        var run = (await RunAsync("2>\"$0\"", ["run", "--json", "--out", _files["out"], .. Bursts(peer, 5)], Paused)).Expect();
        ExpectWhole(run.Stdout);
    }

    [SkippableFact]
    public async Task Log_on_a_full_disk_does_not_harm_the_journal()
    {
        Transport.Needs.These(Requirement.Root);
        await using var peer = FaultPeer.Answering();
        Directory.CreateDirectory(_files["small"]);
        string[] wrapper = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=4k none \"$0\" && exec \"$@\" 2>\"$0/log\"", _files["small"]];
        var run = (await ActorLoadProcess.RunAsync(
            ["run", "--json", "--out", _files["out"], .. Bursts(peer, 60)], new ActorLoadOptions { Wrapper = wrapper })).Expect();
        ExpectWhole(run.Stdout);
        Assert.True(RunResultJson.Parse(run.Stdout).Samples.Count > 20); // more lines than 4 KiB hold
    }

    [LinuxTheory]
    [InlineData(">/dev/full", "No space left on device")]
    [InlineData(">&-", "Bad file descriptor")]
    public async Task Unwritable_result_ends_with_one_sentence_and_exit_code_1(string redirection, string reason)
    {
        await using var peer = FaultPeer.Answering();
        string[][] commands =
        [
            ["run", "--quiet", "--out", _files["out"], .. Bursts(peer, 1)], ["run", "--quiet", "--json", .. Bursts(peer, 1)], ["config"], ["doctor"], ["--help"], ["target"],
            ["serve", "--set", "daemon.url=http://127.0.0.1:0", "--set", $"daemon.results={_files["results"]}"],
        ];
        foreach (var command in commands)
        {
            var ended = (await RunAsync(redirection, command)).Expect(1);
            Assert.Equal($"actorload: stdout could not be written: {reason}\n", ended.Stderr);
        }

        var watched = (await RunAsync(redirection, ["monitor", "--port", $"{peer.Port}", "--json", "--interval", "100ms"])).Expect(1);
        Assert.EndsWith($"actorload: stdout could not be written: {reason}\n", watched.Stderr, StringComparison.Ordinal);
        Assert.True(File.Exists(_files["out/result.json"]));
    }

    [LinuxFact]
    public async Task Signal_ends_a_run_with_an_unread_result()
    {
        await using var peer = FaultPeer.Answering();
        await MakePipeAsync();
        await using var run = Start(">\"$0\"", ["run", "--json", "--out", _files["out"], .. Bursts(peer, 1)], Paused);
        await run.StderrLineAsync(line => line.Contains("started", StringComparison.Ordinal));
        run.Signal(ChildSignal.Terminate);
        var ended = (await run.ExitAsync()).Expect(1);
        Assert.EndsWith("actorload: stdout could not be written: nobody reads it\n", ended.Stderr, StringComparison.Ordinal);
        Assert.True(File.Exists(_files["out/result.json"]));
    }

    [LinuxFact]
    public async Task Broken_pipe_on_stdout_is_reported()
    {
        await MakePipeAsync();
        var ended = (await RunAsync(">&8", ["config"], "exec 9<>\"$0\" 8>\"$0\" 9>&-; exec \"$@\" ")).Expect(1);
        Assert.Equal("actorload: stdout could not be written: Broken pipe\n", ended.Stderr);
    }

    private void ExpectWhole(string json)
    {
        var result = RunResultJson.Parse(json);
        Assert.Equal(json.TrimEnd(), File.ReadAllText(_files["out/result.json"]));
        var (last, samples) = InterruptedRun.ReadSamples(_files["out"]);
        Assert.Equal(result.Samples.Count, samples.Count);
        Assert.Equal(result.Connections, last!.Connections);
    }

    private async Task MakePipeAsync() => (await ChildProcess.RunAsync("mkfifo", _files["pipe"])).Expect();

    private async Task<ProcessResult> RunAsync(string redirection, string[] command, string before = "exec \"$@\" ")
    {
        await using var child = Start(redirection, command, before);
        return await child.ExitAsync();
    }

    private ChildProcess Start(string redirection, string[] command, string before) =>
        ActorLoadProcess.Start(command, new ActorLoadOptions { Wrapper = ["bash", "-c", before + redirection, _files["pipe"]] });

    private static string[] Bursts(FaultPeer peer, int count) =>
    [
        "--target", peer.Target, "--set", $"load=[{{ connections = 20, count = {count}, gap = 50ms }}]", "--set", "metrics.interval=100ms",
        "--set", "observers.server.enabled=off",
    ];
}
