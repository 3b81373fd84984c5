using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

public class ConfigCommandSpecs
{
    [Fact]
    public async Task Options_win_over_variables_and_variables_over_the_file()
    {
        using var files = new TemporaryDirectory();
        var file = files.Write("run.conf", "actorload { seed = 11, connection { max-open = 11, hold = 11s }, load = [ { connections = 11, gap = 11s } ] }");
        var environment = new Dictionary<string, string?>
        {
            ["ACTORLOAD__CONNECTION__HOLD"] = "22s",
            ["ACTORLOAD__CONNECTION__MAX_OPEN"] = "22",
            ["ACTORLOAD__LOAD__0__CONNECTIONS"] = "22",
        };
        var printed = await PrintAsync(
            ["config", file, "--set", "connection.max-open=33", "--cps", "44"], environment);
        Assert.Contains("seed = 11\n", printed, StringComparison.Ordinal);
        Assert.Contains("hold = 22s\n", printed, StringComparison.Ordinal);
        Assert.Contains("max-open = 33\n", printed, StringComparison.Ordinal);
        Assert.Contains("connections = 44\n", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("gap = 11s", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flags_of_the_ancestor_keep_their_meaning()
    {
        var load = LoadOf(await PrintAsync(["config", "--cps", "8000", "--durs", "20", "--gaps", "0.5"]));
        Assert.Contains("connections = 8000\n", load, StringComparison.Ordinal);
        Assert.Contains("duration = 20s\n", load, StringComparison.Ordinal);
        Assert.Contains("gap = 500ms\n", load, StringComparison.Ordinal);
        Assert.Contains("pacing = after-burst\n", load, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unnamed_values_beside_a_short_option_come_from_the_ancestor()
    {
        var load = LoadOf(await PrintAsync(["config", "--durs", "7"]));
        Assert.Contains("connections = 5\n", load, StringComparison.Ordinal);
        Assert.Contains("gap = 5s\n", load, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Count_option_overrides_the_load_and_drops_its_duration()
    {
        var load = LoadOf(await PrintAsync(["config", "--count", "3", "--gap", "0s"]));
        Assert.Contains("count = 3\n", load, StringComparison.Ordinal);
        Assert.Contains("connections = 5\n", load, StringComparison.Ordinal);
        Assert.DoesNotContain("duration", load, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hold_script_and_for_options_leave_the_load_unchanged()
    {
        using var files = new TemporaryDirectory();
        var file = files.Write("run.conf", "actorload { load = [ { connections = 11, gap = 11s } ], connection.script = [PING, PING, PING] }");
        var printed = await PrintAsync(["config", file, "--hold", "90s", "--script", "SET a \"b c\"", "--script", "GET ä#", "--for", "1.5h"]);
        Assert.Contains("connections = 11\n", printed, StringComparison.Ordinal);
        Assert.Contains("hold = 90s\n", printed, StringComparison.Ordinal);
        Assert.Contains("run { deadline = 1.5h }\n", printed, StringComparison.Ordinal);
        Assert.Contains("script = [\"SET a \\\"b c\\\"\", \"GET ä#\"]", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Target_option_may_be_given_more_than_once() => Assert.Contains(
        "endpoints = [\"127.0.0.1:1\", \"[::1]:2\"]",
        await PrintAsync(["config", "--target", "127.0.0.1:1", "--target", "[::1]:2"]),
        StringComparison.Ordinal);

    [Fact]
    public async Task Secrets_are_masked()
    {
        var password = new Dictionary<string, string?> { ["ACTORLOAD__TARGET__PASSWORD"] = "hush-hush" };
        var printed = await PrintAsync(["config", "--set", "daemon.token=do-not-tell"], password);
        Assert.DoesNotContain("hush", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("do-not-tell", printed, StringComparison.Ordinal);
        Assert.Equal(2, printed.Split("\"***\"").Length - 1);
    }

    [Fact]
    public async Task Printed_configuration_can_be_loaded_again()
    {
        using var files = new TemporaryDirectory();
        var printed = await PrintAsync(["config", "--cps", "7"]);
        Assert.Equal(printed, await PrintAsync(["config", files.Write("again.conf", printed)]));
    }

    private static async Task<string> PrintAsync(string[] args, Dictionary<string, string?>? environment = null) =>
        (environment is null ? await ActorLoadHere.RunAsync(args) : await ActorLoadProcess.RunAsync(args, new ActorLoadOptions { Environment = environment }))
        .Expect().Stdout;

    private static string LoadOf(string printed) =>
        printed[printed.IndexOf("load = [", StringComparison.Ordinal)..printed.IndexOf("connection {", StringComparison.Ordinal)];
}
