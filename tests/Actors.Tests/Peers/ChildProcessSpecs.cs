using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Peers;

public sealed class ChildProcessSpecs
{
    [LinuxFact]
    public async Task Output_and_exit_code_are_kept_exactly()
    {
        var result = await ChildProcess.RunAsync("sh", "-c", "printf 'a\\nb'; echo c >&2; exit 3");
        Assert.Equal("a\nb", result.Stdout);
        Assert.Equal("c\n", result.Stderr);
        Assert.Equal(3, result.ExitCode);
        Assert.Throws<InvalidOperationException>(() => result.Expect());
    }

    [LinuxTheory]
    [InlineData(ChildSignal.Interrupt, 130)]
    [InlineData(ChildSignal.Terminate, 143)]
    [InlineData(ChildSignal.Kill, 137)]
    public async Task A_signal_reaches_the_child(ChildSignal signal, int exitCode)
    {
        await using var child = ChildProcess.Start(["sh", "-c", "echo ready; exec sleep 1000"]);
        await child.StdoutLineAsync(line => line == "ready");
        child.Signal(signal);
        (await child.ExitAsync()).Expect(exitCode);
        Assert.Throws<InvalidOperationException>(() => child.Signal(signal));
    }

    [LinuxFact]
    public async Task Missing_line_is_an_error_that_shows_the_output()
    {
        await using var child = ChildProcess.Start(["sh", "-c", "echo something else; echo why >&2"]);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => child.StdoutLineAsync(line => line == "ready"));
        Assert.Contains("something else", error.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_child_that_does_not_end_is_killed()
    {
        await using var child = ChildProcess.Start(["sleep", "1000"]);
        await Assert.ThrowsAsync<TimeoutException>(() => child.ExitAsync(TimeSpan.FromMilliseconds(1)));
        (await child.ExitAsync()).Expect(137);
    }

    [LinuxFact]
    public async Task Environment_variable_is_set_or_removed()
    {
        var environment = new Dictionary<string, string?> { ["PEER_SPEC"] = "here", ["HOME"] = null };
        await using var child = ChildProcess.Start(["sh", "-c", "echo $PEER_SPEC:$HOME"], environment);
        Assert.Equal("here:\n", (await child.ExitAsync()).Stdout);
    }

    [PrlimitFact]
    public async Task A_wrapper_limits_the_child()
    {
        var result = await ChildProcess.RunAsync("prlimit", "--nofile=64:64", "sh", "-c", "ulimit -n");
        Assert.Equal("64\n", result.Expect().Stdout);
    }

    [LinuxFact]
    public async Task Missing_program_is_named_in_the_error()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ChildProcess.RunAsync("no-such-program"));
        Assert.Contains("no-such-program", error.Message, StringComparison.Ordinal);
    }
}
