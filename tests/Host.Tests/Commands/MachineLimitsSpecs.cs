using ActorLoad.Hosting.Tests.Transport;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

/// <summary>A machine that gives too little is told in one sentence, by every command, before anything is begun.</summary>
public sealed class MachineLimitsSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [PrlimitTheory]
    [InlineData("--nofile=32", "open files (ulimit -n)", "run --quiet", "serve", "target", "monitor --port 7300", "doctor", "config")]
    [InlineData("--nofile=128", "open files (ulimit -n)", "run", "serve")]
    [InlineData("--as=1900000000", "address space (ulimit -v)", "run", "serve", "target", "monitor --port 7300", "doctor", "config")]
    [InlineData("--as=3000000000", "address space (ulimit -v)", "run", "serve", "target")]
    public async Task Limit_that_is_too_low_ends_with_one_sentence_and_exit_code_1(string limit, string named, params string[] commands)
    {
        foreach (var command in commands)
        {
            ExpectOneSentence(await RunAsync(["prlimit", limit], command), named);
        }
    }

    [SkippableFact]
    public async Task Lack_of_processes_ends_with_one_sentence_and_exit_code_1()
    {
        Needs.These(Requirement.LesserRoot);
        string[] nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        var reads = await ChildProcess.RunAsync([.. nobody, "test", "-r", ActorLoadProcess.Dll]);
        Skip.If(reads.ExitCode != 0, "needs a build that an ordinary user may read");
        foreach (var command in new[] { "run", "serve", "target" })
        {
            ExpectOneSentence(await RunAsync([.. nobody, "prlimit", "--nproc=10"], command), "processes and threads (ulimit -u");
        }
    }

    private static void ExpectOneSentence(ProcessResult ended, string named)
    {
        ended.Expect(1);
        var sentence = Assert.Single(ended.Stderr.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("actorload: ", sentence, StringComparison.Ordinal);
        Assert.Contains(named, sentence, StringComparison.Ordinal);
        Assert.Equal("", ended.Stdout);
    }

    private Task<ProcessResult> RunAsync(string[] wrapper, string command) => ActorLoadProcess.RunAsync(
        command.Split(' '),
        new ActorLoadOptions
        {
            Wrapper = wrapper,
            WorkingDirectory = _files.Root,
            Environment = new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" }, // it would want a socket
        });
}
