using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>What a user writes reaches the server as it was written: words of scripts, passwords, variables.</summary>
public sealed class TextAsItIsSpecs : IDisposable
{
    private const string Hex = "return (redis.call('get', KEYS[1]):gsub('.', function(c) return string.format('%02x', c:byte()) end))";

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [RedisFact]
    public async Task Script_sends_the_bytes_that_redis_cli_sends_for_the_same_line()
    {
        string[] values =
        [
            "\"\\x00\\xff\\x41\"", "\"a\\bb\\ac\\n\\r\\t\\\\\\\"\\q\\x4\"", "'it\\'s \\n \"x\"'", "pre\"two words\"", "'a'", "\"\"", "plain\\x41", "\"\\xe9é\"",
        ];
        await using var server = await RedisServer.StartAsync();
        _files.Write("lines", string.Concat(values.Select((value, index) => $"SET cli{index} {value}\n")));
        await using var cli = ChildProcess.Start(["sh", "-c", $"redis-cli -p {server.Port} < '{_files["lines"]}'"]);
        Assert.Equal(0, (await cli.ExitAsync()).ExitCode);
        var script = string.Join(", ", values.Select((value, index) => $"\"\"\"SET own{index} {value} \"\"\""));

        var storm = await Storm.HereAsync(server.Target, $"{Storm.Load(1)}\n connection.script = [{script}]");

        Assert.Equal((0, 1), (storm.ExitCode, storm.Connections("succeeded")));
        for (var index = 0; index < values.Length; index++)
        {
            Assert.Equal(
                await server.CommandAsync("EVAL", Hex, "1", $"cli{index}"), await server.CommandAsync("EVAL", Hex, "1", $"own{index}"));
        }

        Assert.Equal("00ff41", await server.CommandAsync("EVAL", Hex, "1", "own0"));
    }

    [RedisTheory]
    [InlineData("  outer spaces  ")]
    [InlineData("${x}")]
    [InlineData("\"")]
    [InlineData("[a")]
    [InlineData("#{a}//")]
    [InlineData("line\nbreak")]
    public async Task Password_reaches_the_server_as_given_by_a_variable(string password)
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "first");
        await server.CommandAsync("ACL", "SETUSER", "default", "resetpass", $">{password}");
        const string Load = "load = [ { connections = 3, count = 1 } ]";
        string[] run = ["run", _files.Write("run.conf", $"actorload {{ target.endpoints = [\"{server.Target}\"], {Load} }}"), "--quiet", "--json"];
        _files.Write("two.conf",
            $"actorload {{ target.endpoints = [\"{server.Target}\"], fleets = [ {{ name = a, {Load} }}, {{ name = b, {Load}, target.password = ${{?PW}} }} ] }}");

        var variables = new ActorLoadOptions
        {
            Environment = new Dictionary<string, string?> { ["ACTORLOAD__TARGET__PASSWORD"] = password, ["PW"] = password },
        };

        var one = await ActorLoadProcess.RunAsync(run, variables);
        var two = await ActorLoadProcess.RunAsync([run[0], _files["two.conf"], .. run[2..]], variables);

        Assert.Equal(3, RunResultJson.Parse(one.Expect(0).Stdout).Connections.Succeeded);
        Assert.Equal(6, RunResultJson.Parse(two.Expect(0).Stdout).Connections.Succeeded);
        Assert.All([one, two], result => Assert.Contains("\"***\"", result.Stdout, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Short_option_names_the_phases_it_replaces_even_when_quiet()
    {
        var file = _files.Write("two.conf",
            "actorload.load = [ { name = a, connections = 10, count = 3, gap = 100ms, pacing = fixed }, { name = b, connections = 20, count = 2 } ]");
        var run = (await ActorLoadHere.RunAsync(
            ["run", file, "--target", "embedded", "--connections", "7", "--gap", "10ms", "--duration", "20ms", "--quiet"])).Expect(0);

        Assert.Contains(
            "actorload: --connections, --duration and --gap replace load: not the 2 phases \"a\" (connections 10, gap 100ms, count 3, pacing fixed), "
            + "\"b\" (connections 20, gap 5s, count 2, pacing after-burst), but one phase \"storm\" (connections 7, gap 10ms, duration 20ms, pacing after-burst)",
            run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load.0.count=4")]
    [InlineData("load=[{}]")]
    [InlineData("load[0].gap=1s")]
    public async Task Set_option_for_a_replaced_load_is_an_error(string set)
    {
        var refused = (await ActorLoadHere.RunAsync(["config", "--connections", "7", "--set", set])).Expect(2);

        Assert.Equal(
            $"--set: {set.Split('=')[0]}: --connections replaces load, so this setting would be lost; use short options alone, or --set alone", refused.Stderr.Trim());
    }

    [Theory]
    [InlineData("--script", "PING", "connection.script.1=QUIT", "connection.script.1: --script replaces connection.script")]
    [InlineData("--hold", "1s", "connection.hold=2s", "connection.hold: --hold replaces connection.hold")]
    [InlineData("--target", "127.0.0.1:7", "target.endpoints=[\"127.0.0.1:8\"]", "target.endpoints: --target replaces target.endpoints")]
    [InlineData("--for", "1s", "run.deadline=2s", "run.deadline: --for replaces run.deadline")]
    public async Task Set_option_beside_its_short_option_is_an_error(string option, string value, string set, string problem)
    {
        var refused = (await ActorLoadHere.RunAsync(["config", option, value, "--set", set])).Expect(2);

        Assert.Equal($"--set: {problem}, so this setting would be lost; use short options alone, or --set alone", refused.Stderr.Trim());
    }

    [Fact]
    public async Task Short_option_is_silent_without_a_load_in_the_file()
    {
        var file = _files.Write("none.conf", "actorload.phase-defaults.gap = 1s");

        Assert.Equal("", (await ActorLoadHere.RunAsync(["config", file, "--connections", "7"])).Expect(0).Stderr);
        Assert.Equal("", (await ActorLoadHere.RunAsync(["config", file, "--set", "load.0.count=7"])).Expect(0).Stderr);
    }
}
