using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Peers.Terminals;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal.Live;

/// <summary>Real runs on a real terminal: what a person sees, what keys do, and how the terminal is left.</summary>
public sealed class LiveTerminalSpecs
{
    private const string Page = "window: whole run";

    [TerminalFact]
    public async Task Run_on_a_terminal_is_shown_without_flicker_and_stopped_by_q()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal();
        var run = terminal.StartActorLoad(["run", .. Load(peer)], streams: "<\"$0\" 2>\"$0\"");
        await terminal.UntilAsync("first-reply");
        await terminal.UntilAsync(Page);
        Assert.False(await terminal.IsUsualAsync()); // keys are read one by one, without echo
        terminal.Press("x");
        await terminal.UntilAsync(screen =>
        {
            terminal.Press("-"); // without effect while the run is younger than the shortest window
            return screen.Text.Contains("window: last ", StringComparison.Ordinal);
        });
        terminal.Press("++++++");
        await terminal.UntilAsync(Page);
        terminal.Press("q");
        var ended = (await run.ExitAsync()).Expect(130);
        Assert.Contains("stopped by q", ended.Stdout, StringComparison.Ordinal);
        Assert.True(await terminal.IsUsualAsync());
        terminal.See(screen =>
        {
            Assert.True(screen.IsCursorVisible);
            Assert.Single(screen.History, row => row.Contains("connections/s ", StringComparison.Ordinal)); // nothing is left of earlier pages
            Assert.InRange(screen.Frames[^5..].Average(), 0, 1200); // a page has some 1,500 characters
            return 0;
        });
    }

    [TerminalFact]
    public async Task Resized_terminal_keeps_one_whole_page()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal();
        var run = terminal.StartActorLoad(["run", .. Load(peer)]);
        await terminal.UntilAsync(Page);
        foreach (var (columns, rows) in new[] { (50, 24), (100, 30), (80, 12), (80, 24) })
        {
            terminal.Resize(columns, rows);
            await terminal.UntilAsync(screen => screen.Rows.Max(row => row.Length) is var widest && widest < columns && widest > columns - 30
                && screen.Rows.Count(row => row.StartsWith("connections/s", StringComparison.Ordinal)) == 1);
        }

        terminal.Press("\u0003"); // Ctrl-C
        (await run.ExitAsync()).Expect(130);
        Assert.True(await terminal.IsUsualAsync());
    }

    [TerminalFact]
    public async Task NO_COLOR_shows_the_page_without_colours()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal();
        var run = terminal.StartActorLoad(["run", .. Load(peer)], new Dictionary<string, string?> { ["NO_COLOR"] = "1" });
        await terminal.UntilAsync("succeeded ");
        terminal.Press("q");
        await run.ExitAsync();
        Assert.DoesNotMatch("\u001b\\[[0-9;]*(3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;]*m", terminal.Written);
    }

    [TerminalFact]
    public async Task Outcomes_have_their_colours_on_a_terminal()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal();
        var run = terminal.StartActorLoad(["run", .. Load(peer)]);
        await terminal.UntilAsync(screen => screen.StyleOf("█")?.Contains("38;2;", StringComparison.Ordinal) == true || screen.Text.Contains("succeeded  ", StringComparison.Ordinal));
        terminal.Press("q");
        await run.ExitAsync();
        Assert.Contains("38;2;18;176;131", terminal.Written, StringComparison.Ordinal); // #12b083
    }

    [TerminalFact]
    public async Task Dumb_terminal_gets_plain_lines()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal();
        var run = terminal.StartActorLoad(["run", "--for", "600ms", .. Load(peer)], new Dictionary<string, string?> { ["TERM"] = "dumb" });
        await run.ExitAsync();
        Assert.Contains(" open ", terminal.Written, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", terminal.Written, StringComparison.Ordinal);
    }

    [TerminalFact]
    public async Task Stdin_that_is_no_terminal_is_left_alone()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal();
        var run = terminal.StartActorLoad(["run", .. Load(peer)], streams: "</dev/null >\"$0\" 2>&1");
        await terminal.UntilAsync("Ctrl-C stops");
        Assert.True(await terminal.IsUsualAsync());
        run.Signal(ChildSignal.Interrupt);
        (await run.ExitAsync()).Expect(130);
    }

    [TerminalFact]
    public async Task Json_on_a_pipe_is_whole_while_the_terminal_shows_the_run()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal(100, 30);
        var run = terminal.StartActorLoad(["run", "--json", .. Load(peer)], streams: "<\"$0\" 2>\"$0\"");
        await terminal.UntilAsync(screen => screen.Rows.Any(row => row.Length > 85)); // the width of stderr's terminal
        terminal.Press("q");
        Assert.Equal(Verdict.Interrupted, RunResultJson.Parse((await run.ExitAsync()).Expect(130).Stdout).Verdict);
    }

    [BashFact]
    public async Task Suspended_run_gives_the_terminal_back_and_continues()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal();
        terminal.Start(["bash", "--norc", "-i"], new Dictionary<string, string?> { ["PS1"] = "READY> " });
        await terminal.UntilAsync("READY>");
        terminal.Press($"dotnet {ActorLoadProcess.Dll} run {string.Join(' ', Load(peer))} 2>&1\n");
        await terminal.UntilAsync(Page);
        terminal.Press("\u001a"); // Ctrl-Z
        await terminal.UntilAsync(screen => screen.Rows.Any(row => row.Contains("Stopped", StringComparison.Ordinal)));
        terminal.Press("stty -a | tr ';' '\\n' | grep -o ' -*echo ' | sed s/^/mode:/; clear() { :; }\n");
        await terminal.UntilAsync("mode: echo");
        terminal.Press("fg\n");
        await terminal.UntilAsync(screen => screen.History.Count(row => row.Contains(Page, StringComparison.Ordinal)) == 2);
        terminal.Press("q");
        await terminal.UntilAsync("stopped by q");
    }

    [BashFact]
    public async Task Background_run_is_not_stopped_by_the_terminal_and_shows_nothing()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal();
        terminal.Start(["bash", "--norc", "-i"], new Dictionary<string, string?> { ["PS1"] = "READY> " });
        await terminal.UntilAsync("READY>");
        terminal.Press($"dotnet {ActorLoadProcess.Dll} run --for 1500ms {string.Join(' ', Load(peer))} >/dev/null & wait; echo code $?\n");
        await terminal.UntilAsync(screen => screen.Rows.Any(row => row.StartsWith("code ", StringComparison.Ordinal)));
        Assert.DoesNotContain("connections/s", terminal.Written, StringComparison.Ordinal);
        terminal.See(screen =>
        {
            Assert.Contains(screen.Rows, row => row is "code 0" or "code 3"); // 3: no figures on a busy machine
            return 0;
        });
    }

    [BashFact]
    public async Task Shell_has_its_terminal_again_after_kill_9()
    {
        await using var peer = FaultPeer.Answering();
        await using var terminal = new PseudoTerminal();
        var bash = terminal.Start(["bash", "--norc", "-i"], new Dictionary<string, string?> { ["PS1"] = "READY> " });
        await terminal.UntilAsync("READY>");
        terminal.Press($"dotnet {ActorLoadProcess.Dll} run {string.Join(' ', Load(peer))}\n");
        await terminal.UntilAsync(Page);
        (await ChildProcess.RunAsync("kill", "-9", File.ReadAllText($"/proc/{bash.Id}/task/{bash.Id}/children").Trim())).Expect();
        await terminal.UntilAsync("Killed");
        terminal.Press("stty -a | tr ';' '\\n' | grep -o ' -*echo ' | sed s/^/mode:/\n");
        await terminal.UntilAsync("mode: echo");
        terminal.See(screen => { Assert.True(screen.IsCursorVisible); return 0; });
    }

    private static string[] Load(FaultPeer peer) =>
    [
        "--target", peer.Target, "--force", "--set", "load.0.connections=20", "--set", "load.0.gap=100ms", "--set", "load.0.duration=60s", "--set", "metrics.interval=100ms",
    ];
}
