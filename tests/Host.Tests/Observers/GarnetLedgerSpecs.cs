using System.Net;
using ActorLoad.Observers.Server;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Resp;
using ActorLoad.Resp;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Hosting.Tests.Observers;

/// <summary>The ledger of the Garnet server that ActorLoad brings along, which takes its counts once a second.</summary>
public sealed class GarnetLedgerSpecs() : TestKit("akka.loglevel = WARNING")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Ledger_has_every_connection_of_the_storm_and_no_other()
    {
        await using var server = ActorLoadProcess.Start(["target"]);
        var ready = await server.StdoutLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal));
        var endpoint = IPEndPoint.Parse(ready["ready ".Length..]);
        await ComeAndGoAsync(endpoint.Port, 5);
        var settings = new ServerObserverSettings(TimeSpan.FromMilliseconds(100), Patience);
        var parent = CreateTestProbe();
        var observer = parent.ChildActorOf(ServerObserver.Props(0, endpoint, Credentials.None, settings, TimeProvider.System));
        await parent.ExpectMsgAsync<ObserverReady>(Patience);
        observer.Tell(StormBegins.Instance, TestActor);
        await ComeAndGoAsync(endpoint.Port, 40);
        using var staying = await RespClient.ConnectAsync(endpoint.Port);
        await staying.CommandAsync("PING");
        observer.Tell(StormEnded.Instance, TestActor);
        var observed = await parent.ExpectMsgAsync<ServerObserved>(Patience);

        var ledger = Assert.IsType<ServerLedger>(observed.Ledger);
        Assert.Equal(("garnet", 41, 0), (ledger.Kind, ledger.ConnectionsReceived, ledger.ConnectionsRejected));
        Assert.Equal((0, 1), (ledger.ConnectedClients!.Before, ledger.ConnectedClients.After));
        Assert.True(ledger.CommandsProcessed >= 41, $"{ledger.CommandsProcessed} commands");
        Assert.True(ledger.UsedMemory!.After > 0, $"{ledger.UsedMemory}");
        Assert.Equal((null, null, null), (ledger.MainThreadCpuSeconds, ledger.ErrorReplies, ledger.OpenFilesLimit));
        Assert.Empty(ledger.Meaningless);
        Assert.Empty(ledger.Restarts);
        Assert.Empty(ledger.Resets);
        Assert.Empty(ledger.Losses);
        Assert.Contains(observed.Unseen, sentence => sentence == $"{endpoint} does not tell its tcp-backlog");
    }

    private static async Task ComeAndGoAsync(int port, int connections)
    {
        for (var i = 0; i < connections; i++)
        {
            using var client = await RespClient.ConnectAsync(port);
            await client.CommandAsync("PING");
        }
    }
}
