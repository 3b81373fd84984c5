using System.Text.Json;
using ActorLoad.Hosting.Tests.Daemon;
using ActorLoad.Metrics;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>What a server says is shown and kept without secrets of ours, and a terminal obeys nothing in it.</summary>
public sealed class StrangersWordsSpecs
{
    private const string Secret = "hunter2secret";
    private const string Script = $"connection.script = [\"PING\", \"AUTH {Secret}\"]";

    [RedisTheory]
    [InlineData($"target.password = {Secret}")]
    [InlineData(Script)]
    [InlineData($"connection.script = [\"HELLO 3 AUTH me {Secret}\"]")]
    public async Task Secret_repeated_by_a_server_is_shown_nowhere(string lines)
    {
        await using var redis = await RedisServer.StartAsync("--rename-command", "AUTH", "", "--rename-command", "PING", "", "--rename-command", "HELLO", "");
        using var files = new TemporaryDirectory();
        var file = files.Write("run.conf", $"actorload {{\n target.endpoints = [\"{redis.Target}\"]\n {Storm.Load(20)}\n {Storm.OneAttempt}\n {lines}\n}}\n");
        var everything = "";
        foreach (string[] words in new string[][] { ["run", file, "--out", files["out"]], ["run", file, "--json"], ["doctor", file], ["doctor", file, "--json"], ["config", file] })
        {
            var process = await ActorLoadHere.RunAsync(words);
            everything += process.Stdout + process.Stderr;
        }

        everything += string.Concat(Directory.GetFiles(files["out"]).Select(File.ReadAllText));
        Assert.Contains("\"ERR unknown command", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("hunte", everything, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Secret_repeated_by_a_server_in_every_place_is_shown_nowhere()
    {
        await using var peer = Repeating();
        using var files = new TemporaryDirectory();
        var file = files.Write("run.conf", $"actorload {{\n target {{ endpoints = [\"{peer.Target}\"], password = {Secret} }}\n {Storm.Load(5)}\n {Storm.OneAttempt}\n"
            + " observers.bystander { connections = 1, before = 100ms, after = 1s, window = 100ms }\n}\n");
        var run = await ActorLoadHere.RunAsync(["run", file, "--out", files["out"]]);
        var doctor = await ActorLoadHere.RunAsync(["doctor", file, "--json"]);
        var kept = string.Concat(Directory.GetFiles(files["out"]).Select(File.ReadAllText));
        Assert.DoesNotContain("hunte", $"{run}{doctor}{kept}", StringComparison.OrdinalIgnoreCase);
        Assert.Contains("***", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_does_not_show_the_secret_of_a_script()
    {
        await using var peer = FaultPeer.ErrorReply($"ERR no such command '{Secret}'");
        using var files = new TemporaryDirectory();
        await using var daemon = await DaemonProcess.StartAsync(files);
        var lines = $"target.endpoints = [\"{peer.Target}\"]\n {Storm.Load(5)}\n {Storm.OneAttempt}\n observers.server.enabled = off";
        var id = await daemon.RunAsync($"actorload {{ {lines}\n {Script} }}");
        await daemon.RowAsync(id, state => state is "finished" or "interrupted");
        var shown = $"{await daemon.GetAsync($"/runs/{id}")}{await daemon.GetAsync("/runs")}{string.Concat(Directory.GetFiles(files[$"results/{id}"]).Select(File.ReadAllText))}";
        using var refused = await daemon.PostAsync($"actorload {{ {lines}\n connection.script = [\"AUTH \\\"{Secret}\"] }}");
        shown += await refused.Content.ReadAsStringAsync();
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains("AUTH ***", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunte", shown + daemon.Process.Stderr, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("AUTH hunter2secret", "AUTH ***")]
    [InlineData("SET copy hunter2secret", "SET copy ***")]
    [InlineData("CONFIG SET requirepass 'hunter2secret'", "CONFIG SET requirepass ***")]
    public async Task Config_masks_the_secret_of_a_script(string command, string shown)
    {
        using var files = new TemporaryDirectory();
        var file = files.Write("run.conf", $"actorload {{ target.password = {Secret}, connection.script = [{JsonSerializer.Serialize(command)}] }}");
        var process = (await ActorLoadHere.RunAsync(["config", file])).Expect(0);
        Assert.Contains(shown, process.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("hunte", process.Stdout, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("connection.script = [\"AUTH \\\"hunter2secret\"]")]
    [InlineData("connection.script = [\"HELLO 3 AUTH me {hunter2secret}\"]")]
    [InlineData("target { endpoints = [\"redis://me:hunter2secret@127.0.0.1:6379\"] }")]
    [InlineData("target { endpoints = [\"me:hunter2secret@127.0.0.1:6379\"] }")]
    [InlineData("target.password = hunter2secret, connection.hold = ${actorload.target.password}")]
    [InlineData("target.password = [hunter2secret]")]
    public async Task Secret_is_not_in_an_error_of_a_run_file(string lines)
    {
        using var files = new TemporaryDirectory();
        var process = (await ActorLoadHere.RunAsync(["config", files.Write("run.conf", $"actorload {{ {lines} }}")])).Expect(2);
        Assert.DoesNotContain("hunte", process.Stderr, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Secret_is_not_in_an_error_of_an_option()
    {
        var process = (await ActorLoadHere.RunAsync(["config", "--set", "target.password:hunter2secret"])).Expect(2);
        Assert.DoesNotContain("hunte", process.Stderr, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("target.password", process.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_control_characters_from_a_server_are_escaped()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            const string Info = "redis_version:7\u001b]0;owned\u0007\u202e\r\ntotal_connections_received:1\r\n";
            while (await connection.ReadCommandAsync(stop) is { } command)
            {
                await connection.SendAsync(
                    command[0] switch { "INFO" => $"${Info.Length + 2}\r\n{Info}\r\n", "GET" => "-ERR \u001b]0;owned\u0007\u009b31m\u202e\r\n", "PING" => "+PONG\r\n", _ => "-ERR \u001b[2J\r\n" }, stop);
            }
        });
        var lines = $"{Storm.Load(5)}\n {Storm.OneAttempt}\n connection.script = [\"GET x\"]";
        foreach (var words in new string[][] { ["run"], ["run", "--json"], ["doctor"], ["doctor", "--json"] })
        {
            var process = await Doctor.Examination.RunAsync(words[0], peer.Target, lines, null, words[1..]);
            var shown = process.Stdout + process.Stderr;
            Assert.Equal(ForeignText.ShownLines(shown), shown);
            Assert.Contains("u001b", shown, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("config")]
    [InlineData("run")]
    [InlineData("doctor")]
    [InlineData("\u001b]0;no command\u0007")]
    public async Task Terminal_control_characters_in_a_run_file_are_escaped(string command)
    {
        const string Lines = "target.endpoints = [\"h\\u001b]0;x\\u0007:1\"]\n \"k\\u001b[2J\\u202e\" = 1\n load = [ { name = \"\\u202e\\u200b\" } ]\n include \"\\u001b[2J\"";
        using var files = new TemporaryDirectory();
        var file = files.Write("run\u001b[2J.conf", $"actorload {{ {Lines} }}");
        var process = (await ActorLoadHere.RunAsync([command, file])).Expect(2);
        Assert.Equal(ForeignText.ShownLines(process.Stderr), process.Stderr);
    }

    [Theory]
    [InlineData("*2\r\n$10\r\nmaxclients\r\n$5\r\n10000\r\n")]
    [InlineData("*4\r\n$4\r\nsave\r\n$0\r\n\r\n$4\r\nsave\r\n$0\r\n\r\n")]
    [InlineData("+OK\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("*1\r\n*1\r\n*1\r\n:1\r\n")]
    public async Task Identical_answers_to_every_CONFIG_GET_crash_nothing(string answer)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            const string Info = "redis_version:7.0.15\r\ntotal_connections_received:1\r\n";
            while (await connection.ReadCommandAsync(stop) is { } command)
            {
                await connection.SendAsync(command[0] switch { "INFO" => $"${Info.Length}\r\n{Info}\r\n", "CONFIG" => answer, _ => PeerConnection.ReplyTo(command) }, stop);
            }
        });
        (await Doctor.Examination.RunAsync("run", peer.Target, Storm.Load(5))).Expect(0);
        var doctor = await Doctor.Examination.RunAsync("doctor", peer.Target, Storm.Load(5));
        Assert.True(doctor.ExitCode is 0 or 3, $"{doctor}");
        Assert.DoesNotContain("unexpected error", doctor.Stderr, StringComparison.Ordinal);
    }

    /// <summary>A peer that says the secret wherever it can.</summary>
    private static FaultPeer Repeating() => FaultPeer.Scripted(async (connection, stop) =>
    {
        const string Info = $"redis_version:{Secret}\r\nrun_id:{Secret}\r\nexecutable:/{Secret}\r\ntotal_connections_received:1\r\n{Secret}:{Secret}\r\n";
        var isFirst = true;
        while (await connection.ReadCommandAsync(stop) is { } command)
        {
            await connection.SendAsync(
                command[0] switch
                {
                    "AUTH" => "+OK\r\n",
                    "PING" when isFirst => "+PONG\r\n",
                    "INFO" => $"${Info.Length}\r\n{Info}\r\n",
                    "CONFIG" => $"-ERR with args beginning with: '{Secret}'\r\n",
                    _ => $"-{Secret} it is\r\n",
                }, stop);
            isFirst &= command[0] != "PING";
        }
    });
}
