using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Searches for a limit that the test has set.</summary>
public sealed class SearchSpecs : IDisposable
{
    // A busy machine must not end a search here: the limits are the target's.
    private const string Allowed = "verdict.allow = [generator-limited]";

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [RedisFact]
    public async Task Search_finds_maxclients_and_names_it()
    {
        // One place is taken by the test, one by the observer of the run.
        const int Limit = 98;
        await using var redis = await RedisServer.StartAsync("--maxclients", $"{Limit + 2}");
        var file = RunFile(redis.Target, $"""
            load = [ {"{"} connections = 10, count = 1 {"}"} ]
            connection.hold = 1s
            {Storm.OneAttempt}
            thresholds = ["rejected == 0", "planned >= 1"]
            """);
        var search = (await ActorLoadHere.RunAsync(["search", file, "--from", "60", "--out", _files["out"]])).Expect();

        using var json = JsonDocument.Parse(File.ReadAllText(_files["out/search.json"]));
        var root = json.RootElement;
        var (found, beyond) = (root.GetProperty("found").GetInt32(), root.GetProperty("beyond"));
        Assert.True(found <= Limit && found >= Limit - (Limit / 20), $"{found}: {search}");
        Assert.InRange(beyond.GetProperty("value").GetInt32(), Limit + 1, found + (found / 20));
        Assert.Equal(
            ("done", true, "rejected == 0", "maxclients"),
            (root.GetProperty("end").GetString(), root.GetProperty("confirmed").GetBoolean(), beyond.GetProperty("threshold").GetString(),
                beyond.GetProperty("finding").GetString()));
        Assert.Contains($"\n{found} connections in one burst, confirmed by a second probe.\n", search.Stdout, StringComparison.Ordinal);
        Assert.Contains($"maxclients (maxclients {Limit + 2}): ", search.Stdout, StringComparison.Ordinal);
        var probes = root.GetProperty("probes").EnumerateArray().Count();
        Assert.Equal(probes + 1, search.Stderr.Split('\n').Count(line => line.StartsWith("actorload: ", StringComparison.Ordinal) && !line.Contains("WARN", StringComparison.Ordinal)));
    }

    [RedisNetnsFact]
    public async Task Search_explains_what_a_short_accept_queue_does_to_bursts()
    {
        const int Backlog = 64;
        await using var network = await NetworkNamespace.CreateAsync();
        await using var redis = await RedisServer.StartAsync(network, "--tcp-backlog", $"{Backlog}");
        var file = RunFile(redis.Target, """
            load = [ { connections = 10, count = 3, gap = 50ms } ]
            observers.kernel.enabled = on
            thresholds = ["findings.accept-queue-overflow == 0"]
            """);
        var search = (await ActorLoadProcess.RunAsync(
            ["search", file, "--from", "50", "--max", "10000", "--json"], new ActorLoadOptions { Wrapper = network.Prefix })).Expect();

        // A burst that fits into the queue cannot overflow it; how much larger a burst can be is a matter of the server's speed.
        using var json = JsonDocument.Parse(search.Stdout);
        var (found, beyond) = (json.RootElement.GetProperty("found").GetInt32(), json.RootElement.GetProperty("beyond"));
        Assert.True(found >= Backlog - (Backlog / 20), $"{found}: {search}");
        Assert.Equal("accept-queue-overflow", beyond.GetProperty("finding").GetString());
        Assert.Contains("accept-queue-overflow (tcp-backlog 64): ", search.Stdout, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Search_finds_the_highest_rate()
    {
        await using var redis = await RedisServer.StartAsync();
        // 200 ms of 150/s are 30 connections.
        var search = (await ActorLoadHere.RunAsync(
        [
            "search", RunFile(redis.Target, "load = [ { shape = rate, rate = \"40/s\", duration = 200ms } ]\n thresholds = [\"planned <= 30\"]"),
            "--json", "--quiet",
        ])).Expect();

        using var json = JsonDocument.Parse(search.Stdout);
        Assert.Equal("rate", json.RootElement.GetProperty("of").GetString());
        Assert.InRange(json.RootElement.GetProperty("found").GetInt32(), 143, 150);
        Assert.Equal("", search.Stderr);
    }

    [RedisFact]
    public async Task Search_finds_the_largest_population()
    {
        await using var redis = await RedisServer.StartAsync();
        var search = (await ActorLoadHere.RunAsync(
        [
            "search", RunFile(redis.Target, "load = [ { shape = population, connections = 8, duration = 300ms } ]\n thresholds = [\"generator.peak-open <= 20\"]"),
            "--json", "--quiet",
        ])).Expect();

        using var json = JsonDocument.Parse(search.Stdout);
        Assert.Equal("population", json.RootElement.GetProperty("of").GetString());
        Assert.InRange(json.RootElement.GetProperty("found").GetInt32(), 19, 20);
    }

    [Fact]
    public async Task Exit_code_is_3_when_even_one_connection_fails()
    {
        await using var peer = FaultPeer.Answering();
        var file = RunFile(peer.Target, "load = [ { connections = 2, count = 1 } ]\n thresholds = [\"planned == 0\"]");
        var search = (await ActorLoadHere.RunAsync(["search", file])).Expect(3);
        Assert.Contains("Nothing was found: even 1 connection in one burst fails.\n", search.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_code_is_4_when_nothing_listens()
    {
        using var free = FreshPort.Bound();
        var file = RunFile($"{free.LocalEndPoint}", "load = [ { connections = 2, count = 1 } ]\n thresholds = [\"refused == 0\"]");
        var search = (await ActorLoadHere.RunAsync(["search", file])).Expect(4);
        Assert.Equal("", search.Stdout);
        Assert.Contains("the search did not begin: no server of its target passed the check", search.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_limit_ends_a_search_in_the_middle_of_a_probe()
    {
        await using var peer = FaultPeer.Hanging();
        var file = RunFile(peer.Target, "load = [ { connections = 2, count = 1 } ]\n connection.reply-timeout = 10m\n thresholds = [\"refused == 0\"]");
        var search = (await ActorLoadHere.RunAsync(["search", file, "--for", "2s", "--json"])).Expect(3);
        using var json = JsonDocument.Parse(search.Stdout);
        Assert.Equal(("time-up", 0), (json.RootElement.GetProperty("end").GetString(), json.RootElement.GetProperty("probes").GetArrayLength()));
    }

    [LinuxFact]
    public async Task Signal_ends_a_search_in_order_with_what_was_found()
    {
        await using var peer = FaultPeer.Answering();
        var file = RunFile(peer.Target, "load = [ { connections = 1, count = 1 } ]\n connection.hold = 200ms\n thresholds = [\"refused == 0\"]");
        await using var search = ActorLoadProcess.Start(["search", file, "--json", "--out", _files["out"]]);
        await search.StderrLineAsync(line => line.Contains("probe 2: ", StringComparison.Ordinal));
        search.Signal(ChildSignal.Interrupt);
        var ended = (await search.ExitAsync()).Expect(130);

        Assert.Equal(ended.Stdout.TrimEnd(), File.ReadAllText(_files["out/search.json"]));
        using var json = JsonDocument.Parse(ended.Stdout);
        Assert.Equal("interrupted", json.RootElement.GetProperty("end").GetString());
        Assert.True(json.RootElement.GetProperty("found").GetInt32() >= 2, ended.Stdout);
    }

    private string RunFile(string target, string lines) => _files.Write(
        "run.conf", $"actorload {{\n target.endpoints = [\"{target}\"]\n observers.kernel.enabled = off\n {Allowed}\n {lines}\n}}\n");
}
