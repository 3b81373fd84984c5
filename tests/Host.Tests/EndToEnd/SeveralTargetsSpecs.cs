using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Storms on several servers at once: whose turn it is, which of them is ill, and that one that is down is not the run.</summary>
public class SeveralTargetsSpecs
{
    [RedisTheory]
    [InlineData(1, 30)]
    [InlineData(10, 6)]
    public async Task Endpoints_are_used_in_turn_over_the_whole_run(int connections, int count)
    {
        await using var one = await RedisServer.StartAsync();
        await using var two = await RedisServer.StartAsync();
        await using var three = await RedisServer.StartAsync();
        var storm = await Storm.HereAsync(Targets(one.Target, two.Target, three.Target), Storm.Load(connections, count));
        var received = new[] { await one.ConnectionsReceivedAsync(), await two.ConnectionsReceivedAsync(), await three.ConnectionsReceivedAsync() };
        Assert.All(received, number => Assert.Equal(connections * count / 3, number));
        Assert.DoesNotContain("one-endpoint", storm.Rules);
        Assert.Equal(received, Endpoints(storm).Select(endpoint => Count(endpoint, "succeeded")));
        Assert.All(Endpoints(storm), endpoint => Assert.Equal(connections * count / 3, endpoint.GetProperty("latency").GetProperty("first-reply").GetProperty("count").GetInt64()));
    }

    [RedisFact]
    public async Task Same_seed_storms_the_same_endpoints_on_any_number_of_loops()
    {
        await using var one = await RedisServer.StartAsync();
        await using var two = await RedisServer.StartAsync();
        var lines = Storm.Load(50, 4) + "\n target { order = weighted, weights = [3, 1] }";
        var storms = await Task.WhenAll(
            Storm.HereAsync(Targets(one.Target, two.Target), lines + "\n transport.loops = 1"),
            Storm.HereAsync(Targets(one.Target, two.Target), lines + "\n transport.loops = 3"));
        var shares = storms.Select(storm => Endpoints(storm).Select(endpoint => Count(endpoint, "succeeded")).ToArray()).ToArray();
        Assert.Equal(shares[0], shares[1]);
        Assert.Equal(200, shares[0].Sum());
        Assert.InRange(shares[0][0], 130, 170);
        Assert.Equal(2 * shares[0][1], await two.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task Endpoint_that_takes_the_storm_is_a_finding()
    {
        await using var one = await RedisServer.StartAsync();
        await using var two = await RedisServer.StartAsync();
        var storm = await Storm.HereAsync(Targets(one.Target, two.Target), Storm.Load(200) + "\n target.order = first");
        Assert.Equal((200, 0), (await one.ConnectionsReceivedAsync(), await two.ConnectionsReceivedAsync()));
        var sentence = storm.Finding("one-endpoint").GetProperty("sentence").GetString();
        Assert.StartsWith($"{one.Target}, one of 2 endpoints, took 200 of 200 connections (100 %). In turn it would have taken 100", sentence, StringComparison.Ordinal);
    }

    [RedisTheory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Down_endpoint_is_given_up_and_the_other_is_stormed_to_the_end(string transport)
    {
        await using var well = await RedisServer.StartAsync();
        await using var down = FaultPeer.ClosedPort();
        var storm = await Storm.HereOverAsync(transport, Targets(well.Target, down.Target), Storm.Load(200, 3, "500ms"));
        Assert.Equal((0, 300), (storm.ExitCode, storm.Connections("succeeded")));
        Assert.NotEqual("aborted", storm.Verdict);
        Assert.Equal(300, storm.Outcome("refused") + storm.Connections("dropped"));
        var (first, second) = (Endpoints(storm)[0], Endpoints(storm)[1]);
        Assert.Equal((300, 0), (Count(first, "succeeded"), Count(first, "failed")));
        Assert.Equal((down.Target, 300, 0), (second.GetProperty("address").GetString(), Count(second, "planned"), Count(second, "succeeded")));
        Assert.Equal(storm.Outcome("refused"), second.GetProperty("outcomes").GetProperty("refused").GetInt64());
        Assert.InRange(storm.Outcome("refused"), 20, 100);
        Assert.Contains($"{down.Target} was given up: 20 of 20 attempts failed (refused 20), none was established", storm.Reasons, StringComparison.Ordinal);
        var finding = storm.Finding("server-unreachable");
        Assert.Contains(down.Target, finding.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(well.Target, $"{finding}", StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Dead_endpoint_is_noticed_with_bursts_of_one_connection()
    {
        await using var one = await RedisServer.StartAsync();
        await using var down = FaultPeer.ClosedPort();
        await using var two = await RedisServer.StartAsync();
        var storm = await Storm.HereAsync(Targets(down.Target, one.Target, two.Target), Storm.Load(1, 12) + "\n supervision.refused.directive = stop");
        Assert.Equal((0, 8, 4), (storm.ExitCode, storm.Connections("succeeded"), storm.Outcome("refused")));
        Assert.Contains(down.Target, storm.Cause("server-unreachable").GetProperty("sentence").GetString(), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Summary_has_a_row_for_each_endpoint()
    {
        await using var well = await RedisServer.StartAsync();
        await using var down = FaultPeer.ClosedPort();
        var run = await ActorLoadHere.RunAsync(
            ["run", "--quiet", "--set", "thresholds=[\"success-ratio >= 0.99\"]", "--set", $"target.endpoints=[\"{well.Target}\",\"{down.Target}\"]", "--set", "load.0.connections=100", "--set", "load.0.count=1"]);
        var rows = run.Expect(3).Stdout.Split('\n');
        Assert.Contains(rows, row => row.Contains(well.Target, StringComparison.Ordinal) && row.Contains(" 50 ", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains(down.Target, StringComparison.Ordinal) && row.Contains("refused", StringComparison.Ordinal));
    }

    private static string Targets(params string[] targets) => string.Join("\", \"", targets);

    private static JsonElement[] Endpoints(Storm storm) => [.. storm.Result.GetProperty("endpoints").EnumerateArray()];

    private static long Count(JsonElement endpoint, string name) => endpoint.GetProperty("connections").GetProperty(name).GetInt64();
}
