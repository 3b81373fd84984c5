using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

/// <summary>What cannot be carried out is said on stderr, one error a line, with exit code 2 and nothing on stdout.</summary>
public class BadInputSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose()
    {
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("storm", "'storm'")]
    [InlineData("run --nonsense", "'--nonsense'")]
    [InlineData("--nonsense", "'--nonsense'")]
    [InlineData("serve --nonsense", "'--nonsense'")]
    [InlineData("run a.conf b.conf", "'b.conf'")]
    [InlineData("target --port 70000", "70000")]
    [InlineData("target --port http", "http")]
    [InlineData("monitor", "'--port'")]
    [InlineData("monitor --port 0", "--port: 0 is not a port; 1 to 65535")]
    [InlineData("monitor --port 65536", "--port: 65536 is not a port")]
    [InlineData("monitor --port -1", "--port: -1 is not a port")]
    [InlineData("monitor --port redis", "--port: redis is not a port")]
    [InlineData("monitor --port 6379 --interval 1", "--interval: \"1\" has no unit")]
    [InlineData("monitor --port 6379 --interval 99ms", "--interval: 99ms is out of range; 100ms to 1h")]
    [InlineData("monitor --port 6379 --interval 61m", "--interval: 61m is out of range")]
    [InlineData("monitor --port 6379 --interval 5sec", "(write \"s\")")]
    [InlineData("monitor --port 6379 --for soon", "--for: \"soon\" is not a number with a unit")]
    [InlineData("monitor --port 6379 --for 0s", "--for: 0s is out of range; 1ms to 365d")]
    [InlineData("monitor --port 6379 --nonsense", "'--nonsense'")]
    [InlineData("run --for 10", "--for: run.deadline: \"10\" has no unit")]
    [InlineData("config --for -1s", "--for: run.deadline: \"-1s\" is not a number with a unit")]
    [InlineData("doctor --for 366d", "--for: run.deadline: \"366d\" is out of range; from 0s to 365d")]
    [InlineData("run --for", "'--for'")]
    [InlineData("search", "Required argument 'FILE' missing")]
    [InlineData("search hocon/quick.conf --of ramp", "--of: ramp cannot be searched; it is one of connections, population, rate")]
    [InlineData("search no-such.conf", "no-such.conf: no such file")]
    [InlineData("search hocon/quick.conf --for 10", "--for: \"10\" has no unit")]
    [InlineData("search hocon/quick.conf --connections 5", "'--connections'")]
    [InlineData("run --hold 25h", "--hold: connection.hold: \"25h\" is out of range; from 0s to 1d")]
    [InlineData("run --count many", "--count: load[0].count: \"many\" is not a whole number")]
    [InlineData("run --count 1000001", "--count: load[0].count: 1000001 is out of range")]
    [InlineData("run --count 3 --duration 3s", "count and duration in one phase")]
    [InlineData("run --script PING --script GET\"", "--script: connection.script[1]: ")]
    public async Task A_command_line_that_makes_no_sense_is_refused(string line, string named)
    {
        var errors = await RefusedAsync(line.Split(' '));
        Assert.Contains(errors, error => error.Contains(named, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rum", "unknown command 'rum'; did you mean 'run'?")]
    [InlineData("doctr hocon/storm.conf --cps 5", "unknown command 'doctr'; did you mean 'doctor'?")]
    [InlineData("storm", "unknown command 'storm'; it is one of run, serve, config, doctor, target, monitor, report, compare, search, completion")]
    [InlineData("hocon/storm.conf", "unknown command 'hocon/storm.conf'; did you mean 'run hocon/storm.conf'?")]
    [InlineData("--conections 5", "unknown option '--conections'; did you mean '--connections'?")]
    [InlineData("run storm.conf --conections=5", "unknown option '--conections'; did you mean '--connections'?")]
    [InlineData("-cps 8000", "unknown option '-cps'; did you mean '--cps'?")]
    [InlineData("config --trget 127.0.0.1:1", "unknown option '--trget'; did you mean '--target'?")]
    [InlineData("doctor --jsn", "unknown option '--jsn'; did you mean '--json'?")]
    [InlineData("serve --confg daemon.conf", "unknown option '--confg'; did you mean '--config'?")]
    [InlineData("monitor --prot 6379", "unknown option '--prot'; did you mean '--port'?")]
    [InlineData("target --prt 6379", "unknown option '--prt'; did you mean '--port'?")]
    [InlineData("run --stdin-lifeline", "unknown option '--stdin-lifeline'; a file of that name is ./--stdin-lifeline")]
    [InlineData("monitor --wait", "unknown option '--wait'; 'actorload monitor --help' lists all options")]
    [InlineData("--vrsion", "unknown option '--vrsion'; did you mean '--version'?")]
    [InlineData("completion bash zsh", "unexpected argument 'zsh'; 'actorload completion --help' says what it takes")]
    [InlineData("report results --ot x", "unknown option '--ot'; did you mean '--out'?")]
    [InlineData("compare a b --markdwn", "unknown option '--markdwn'; did you mean '--markdown'?")]
    [InlineData("run hocon/quick.conf quiet", "unexpected argument 'quiet'; did you mean '--quiet'?")]
    [InlineData("config a.conf b.conf", "unexpected argument 'b.conf'; 'actorload config --help' says what it takes")]
    public async Task Typo_is_one_sentence_with_the_intended_word(string line, string told) =>
        Assert.Equal($"actorload: {told}", Assert.Single(await RefusedAsync(line.Split(' '))));

    [Fact]
    public async Task Help_shows_which_commands_take_a_file_and_that_it_is_optional()
    {
        var lines = (await ActorLoadHere.RunAsync(["--help"])).Expect().Stdout.Split('\n');
        foreach (var command in new[] { "run [FILE] ", "serve [FILE]... ", "config [FILE] ", "doctor [FILE] ", "target ", "monitor --port P " })
        {
            Assert.Contains(lines, line => line.StartsWith($"  {command}", StringComparison.Ordinal));
        }

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains("actorload run [<FILE>] [options]", (await ActorLoadProcess.RunAsync(["run", "--help"])).Expect().Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("config")]
    [InlineData("serve")]
    [InlineData("doctor")]
    public async Task A_file_that_cannot_be_read_is_named_with_the_reason(string command)
    {
        Assert.Equal([$"{_files["none.conf"]}: no such file"], await RefusedAsync(command, _files["none.conf"]));
        Assert.Contains("is a directory", Assert.Single(await RefusedAsync(command, _files.Root)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_text_is_refused()
    {
        File.WriteAllBytes(_files["binary.conf"], [0xFF, 0xFE, 0x80]);
        Assert.Equal([$"{_files["binary.conf"]}: is not UTF-8 text"], await RefusedAsync("run", _files["binary.conf"]));
    }

    [Fact]
    public async Task An_include_that_is_missing_is_named()
    {
        var file = _files.Write("parts/run.conf", "include \"gone.conf\"\n");
        var error = Assert.Single(await RefusedAsync("run", file));
        Assert.Contains("gone.conf", error, StringComparison.Ordinal);
        Assert.Contains("no such file", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_errors_of_all_sources_are_reported_at_once()
    {
        var file = _files.Write("run.conf", "actorload {\n  conections = 5\n  connection.hold = 5\n}\n");
        var errors = await RefusedAsync(
            "run", file, "--set", "metrics.interval=soon", "--set", "nothing", "--cps", "many", "--gap", "1s", "--gaps", "2");
        Assert.Contains(errors, error => error.StartsWith($"{file}:2: conections: unknown key", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith($"{file}:3: connection.hold: ", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("--set: metrics.interval: ", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("--set: \"nothing\" sets nothing", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("--cps: load[0].connections: ", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("--gaps: load.0.gap: means the same as --gap", StringComparison.Ordinal));
        Assert.Equal(6, errors.Length);
    }

    [Fact]
    public async Task A_target_that_is_not_allowed_is_not_stormed()
    {
        var errors = await RefusedAsync("run", "--quiet", "--target", "192.0.2.1:6379");
        Assert.Contains("safety.allowed-targets", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unwritable_directory_is_reported_before_the_run()
    {
        var file = _files.Write("file", "");
        var errors = await RefusedAsync("run", "--quiet", "--target", "127.0.0.1:1", "--out", file);
        Assert.StartsWith("--out: ", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_that_listens_on_all_addresses_needs_a_token()
    {
        var errors = await RefusedAsync("serve", "--set", "daemon.url=http://0.0.0.0:0", "--set", $"daemon.results={_files.Root}");
        Assert.Contains("token", Assert.Single(errors), StringComparison.Ordinal);
    }

    private static async Task<string[]> RefusedAsync(params string[] args)
    {
        var result = (await ActorLoadHere.RunAsync(args)).Expect(2);
        Assert.Equal("", result.Stdout);
        return result.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
