using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>Cancelled in whatever state, a connection closes at once and says so.</summary>
public abstract class ConnectionCancelSpecs(string transport) : ConnectionKit(transport)
{
    [SkippableFact]
    public async Task Cancelled_connection_never_opens_after_its_backoff()
    {
        await using var peer = FaultPeer.Answering();
        var connection = await CreateAsync(peer, Given.Connection("PING"));
        connection.Tell(new Open(Entry, Loop.Now + Loop.ToTicks(TimeSpan.FromHours(1))));
        connection.Tell(Cancel.Instance);
        await EndsAsync(Outcome.Cancelled);
        Assert.Equal(0, Entry.Attempts);
        Assert.Equal(0, peer.Accepted);
    }

    [LinuxFact]
    public async Task Cancelled_connection_abandons_its_connect()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        var connection = await OpenAsync(peer, Given.Connection("PING"));
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.SynSent) == 1);
        connection.Tell(Cancel.Instance);
        await EndsAsync(Outcome.Cancelled);
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.SynSent) == 0);
    }

    [SkippableFact]
    public async Task Cancelled_connection_resets_while_it_waits_for_a_reply()
    {
        var (ends, asked) = (new Ends(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var peer = ends.Peer(async (connection, stop) =>
        {
            await connection.ReadCommandAsync(stop);
            asked.SetResult();
            await connection.DrainAsync(stop);
        });
        var connection = await OpenAsync(peer, Given.Connection("PING"));
        await asked.Task;
        connection.Tell(Cancel.Instance);
        await EndsAsync(Outcome.Cancelled);
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, await ends.FirstAsync());
    }

    [SkippableFact]
    public async Task Cancelled_connection_resets_during_its_hold()
    {
        var ends = new Ends();
        await using var peer = ends.AnsweringPeer();
        var connection = await OpenAsync(peer, Given.Connection("PING") with { Hold = TimeSpan.FromHours(1) });
        await AwaitConditionAsync(async () => await Loop.OnLoopAsync(() => Entry.Timings.LastReply != 0), Given.Patience);
        connection.Tell(Cancel.Instance);
        await EndsAsync(Outcome.Cancelled);
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, await ends.FirstAsync());
    }
}

public sealed class ConnectionCancelOverRingSpecs() : ConnectionCancelSpecs(LoopsOf.Ring);

public sealed class ConnectionCancelOverSocketsSpecs() : ConnectionCancelSpecs(LoopsOf.Sockets);
