using System.Globalization;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Resp;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>A storm on the Garnet server that ActorLoad brings along, compared with Garnet's own count.</summary>
[Collection(nameof(EndToEnd))]
public sealed class StormOnGarnetSpecs
{
    private const int Connections = 600;

    [Fact]
    public async Task Garnet_counts_every_connection_and_keeps_the_last_value_of_the_last_burst()
    {
        await using var server = ActorLoadProcess.Start(["target"]);
        var ready = await server.StdoutLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal));
        var port = int.Parse(ready[(ready.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

        var storm = await Storm.RunAsync($"127.0.0.1:{port}", Storm.Load(200, count: 3, gap: "200ms"));

        Assert.Equal((0, Connections), (storm.ExitCode, storm.Connections("succeeded")));
        using var client = await RespClient.ConnectAsync(port);
        Assert.StartsWith("2:", await client.CommandAsync("GET", "foo"), StringComparison.Ordinal);

        // Garnet samples its totals: ask until it has seen this client too.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await ReceivedAsync(client) < Connections + 1)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Eventually.PauseAsync();
        }

        Assert.Equal(Connections + 1, await ReceivedAsync(client));
    }

    private static async Task<long> ReceivedAsync(RespClient client)
    {
        const string Key = "total_connections_received:";
        var lines = (await client.CommandAsync("INFO", "STATS"))!.Split("\r\n");
        return long.Parse(lines.Single(line => line.StartsWith(Key, StringComparison.Ordinal))[Key.Length..], CultureInfo.InvariantCulture);
    }
}
