using System.Text;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Peers.Terminals;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

/// <summary>What shells get when they complete a command line, and that real shells complete it.</summary>
public sealed class CompletionSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("mon", "monitor")]
    [InlineData("comp", "compare completion")]
    [InlineData("xyz", "")]
    [InlineData("monitor --p", "--port")]
    [InlineData("monitor --port 80 --p", "")]
    [InlineData("--cp", "--cps")]
    [InlineData("run --set a=1 --se", "--set")]
    [InlineData("completion ", "bash zsh fish")]
    [InlineData("search x.conf --of ", "connections rate population")]
    [InlineData("run --target e", "embedded")]
    [InlineData("run --set connection.clo", "connection.close= connection.close-timeout=")]
    [InlineData("run --set conn", "connection.")]
    [InlineData("--set con", "connection.")]
    [InlineData("run --set=conn", "--set=connection.")]
    [InlineData("run --set connection.close=a", "connection.close=abort connection.close=abandon")]
    [InlineData("run --set connection.keep-alive=", "connection.keep-alive=on connection.keep-alive=off")]
    [InlineData("run --set load.", "load.0.")]
    [InlineData("run --set load.0.pa", "load.0.pacing=")]
    [InlineData("run --set load.3.pacing=f", "load.3.pacing=fixed")]
    [InlineData("run --set fleets.0.target.or", "fleets.0.target.order=")]
    [InlineData("run --set fleets.1.target.order=w", "fleets.1.target.order=weighted")]
    [InlineData("run --set fleets.0.load.0.sha", "fleets.0.load.0.shape=")]
    [InlineData("run --set fleets.0.load.0.shape=sp", "fleets.0.load.0.shape=spike")]
    [InlineData("run --set nothing.there", "")]
    [InlineData("run --set supervision.refused.directive=re", "supervision.refused.directive=restart")]
    [InlineData("run --json --js", "")]
    [InlineData("run --count ", "")]
    public async Task Begun_word_is_completed(string line, string words) => Assert.Equal(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), await AskAsync(line));

    [Theory]
    [InlineData("run {0}/")]
    [InlineData("serve first.conf {0}/")]
    [InlineData("serve --config {0}/")]
    public async Task Run_files_and_folders_are_offered_for_a_file(string line)
    {
        File.WriteAllText(_files["storm.conf"], "");
        File.WriteAllText(_files["result.json"], "");
        File.WriteAllText(_files[".hidden.conf"], "");
        Directory.CreateDirectory(_files["more"]);
        var folder = _files.Root;
        Assert.Equal([$"{folder}/more/", $"{folder}/storm.conf"], await AskAsync(string.Format(null, CompositeFormat.Parse(line), folder)));
    }

    [Fact]
    public async Task Cursor_within_a_line_completes_what_is_before_it()
    {
        const string Line = "actorload mon --port 80";
        Assert.Equal("monitor", (await ActorLoadHere.RunAsync([$"[suggest:{"actorload mon".Length}]", Line])).Expect().Stdout.Trim());
    }

    [Theory]
    [InlineData("bsh", "unknown shell 'bsh'; did you mean 'bash'?")]
    [InlineData("powershell", "unknown shell 'powershell'; it is one of bash, zsh, fish")]
    public async Task Unknown_shell_is_an_error_that_names_the_nearest(string shell, string sentence) =>
        Assert.Contains(sentence, (await ActorLoadHere.RunAsync(["completion", shell])).Expect(2).Stderr, StringComparison.Ordinal);

    [BashFact]
    public Task Bash_completes_commands_options_files_and_keys() =>
        CompleteAsync(["bash", "--norc", "-i"], "eval \"$(actorload completion bash)\"");

    [ZshFact]
    public Task Zsh_completes_commands_options_files_and_keys() =>
        CompleteAsync(["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; eval \"$(actorload completion zsh)\"");

    [FishFact]
    public Task Fish_completes_commands_options_files_and_keys() =>
        CompleteAsync(["fish", "--no-config", "-i"], "actorload completion fish | source");

    private static async Task<string[]> AskAsync(string line) =>
        (await ActorLoadHere.RunAsync([$"[suggest:{line.Length + 10}]", $"actorload {line}"])).Expect().Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Types begun lines, each with the key that completes it and the one that ends it, and looks at what the program was called with.</summary>
    private async Task CompleteAsync(string[] shell, string script)
    {
        var program = _files["actorload"];
        File.WriteAllText(program, $$"""
            #!/bin/sh
            case "$1" in
                completion | "[suggest"*) exec dotnet '{{ActorLoadProcess.Dll}}' "$@" ;;
                *) printf '%s\n' "$*" >>'{{_files["calls"]}}' ;;
            esac
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.WriteAllText(_files["storm.conf"], "");
        await using var terminal = new PseudoTerminal();
        terminal.Start(shell, new Dictionary<string, string?>
        {
            ["PATH"] = $"{_files.Root}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = _files.Root,
        });
        terminal.Press($"cd {_files.Root}\n{script}\nactorload is ready\n");
        await Eventually.IsAsync("is ready", LastCall);
        (string Typed, string Called)[] lines =
        [
            ("actorload mon\t--po\t80", "monitor --port 80"),
            ("actorload run sto\t", "run storm.conf"),
            ("actorload run --set connection.close=abo\t", "run --set connection.close=abort"),
            ("actorload run --set supervision.refused.dir\trest\t", "run --set supervision.refused.directive=restart"),
        ];
        foreach (var (typed, called) in lines)
        {
            terminal.Press(typed + "\n");
            await Eventually.IsAsync(called, LastCall);
        }
    }

    private string LastCall() => File.Exists(_files["calls"]) ? File.ReadLines(_files["calls"]).Last().Trim() : "";
}
