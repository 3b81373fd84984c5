using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Fleets of one run that leave in different ways, on a real server in a network of its own.</summary>
public sealed class CloseModesSpecs
{
    private const int Each = 60;

    private static readonly string[] _modes = ["abort", "graceful", "quit", "half-close", "abandon"];

    [RedisNetnsTheory]
    [InlineData("io-uring")]
    [InlineData("sockets")]
    public async Task Each_fleet_leaves_behind_what_its_mode_says(string transport)
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);
        var fleets = string.Join('\n', _modes.Select(mode => $"{{ name = {mode}, connection.close = {mode} }}"));
        var before = await KernelCounters.ReadAsync(network);

        var storm = await Storm.RunAsync(
            server.Target, $"{Storm.Load(Each)}\n transport.kind = {transport}\n connection.script = [PING]\n fleets = [\n{fleets}\n]",
            new ActorLoadOptions { Wrapper = network.Prefix });

        var counted = (await KernelCounters.ReadAsync(network)).Since(before);
        Assert.Equal(_modes.Length * Each, storm.Connections("succeeded"));
        var sockets = storm.Result.GetProperty("ledgers").GetProperty("kernel").GetProperty("target").GetProperty("fleets").EnumerateArray()
            .ToDictionary(fleet => fleet.GetProperty("name").GetString()!, fleet => (TimeWaits(fleet, "client"), TimeWaits(fleet, "server")));
        Assert.Equal(
            new Dictionary<string, (long, long)>
            {
                ["abort"] = (0, 0),
                ["graceful"] = (Each, 0),
                ["quit"] = (0, Each),
                ["half-close"] = (Each, 0),
                ["abandon"] = (0, 0),
            },
            sockets);
        Assert.Equal(
            ["", "", $"peer-finished {Each}", $"peer-finished {Each}", $"unread {Each}"],
            storm.Result.GetProperty("fleets").EnumerateArray().Select(Closes));
        Assert.True(counted["TcpExtTCPAbortOnClose"] >= Each && counted["TcpExtTCPAbortOnData"] >= Each);
    }

    private static long TimeWaits(JsonElement fleet, string end) =>
        fleet.GetProperty(end).TryGetProperty("TIME-WAIT", out var level) ? level.GetProperty("after").GetInt64() : 0;

    private static string Closes(JsonElement fleet) => fleet.TryGetProperty("closes", out var closes)
        ? string.Join(", ", closes.EnumerateObject().Select(close => $"{close.Name} {close.Value}")) : "";
}
