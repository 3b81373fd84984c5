using System.Net.Sockets;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>A ring of which the kernel wants to hear no more: nothing hangs, nothing is silent, and the process lives.</summary>
public sealed class RingFailureSpecs : TransportSpecs
{
    private RingLoop Ring => (RingLoop)Loop;

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);

    [SkippableFact]
    public async Task Failed_ring_ends_pending_operations_and_is_reported_once()
    {
        var ends = new Ends();
        await using var peer = ends.Peer();
        await using var full = await FaultPeer.NotAcceptingAsync();
        var receiving = await ConnectAsync(peer);
        var expired = await ConnectAsync(peer);
        await BeginReceiveAsync(expired, TimeSpan.FromTicks(1));
        await FailsAsync(expired, LinkFault.TimedOut);
        await BeginReceiveAsync(receiving);
        var connecting = await OpenAsync(full.EndPoint);

        await BreakAsync();
        await FailsAsync(receiving, LinkFault.LoopFailed);
        await FailsAsync(connecting, LinkFault.LoopFailed);
        await HeardNothingAsync();
        Assert.IsType<LoopFailedException>(Assert.Single(Failures));

        // Whatever their owners do next, the peers hear of it.
        Assert.Equal(SocketError.ConnectionReset, await ends.FirstAsync(2));
        await SocketTable.UntilAsync(table => table.CountTo(full.Port, SocketState.SynSent) == 0);
    }

    [SkippableFact]
    public async Task Close_that_the_failed_ring_did_not_take_still_happens()
    {
        var ends = new Ends();
        await using var peer = ends.Peer();
        var links = new[] { await ConnectAsync(peer), await ConnectAsync(peer), await ConnectAsync(peer) };
        await Loop.OnLoopAsync(() =>
        {
            foreach (var link in links)
            {
                link.Close();
            }

            Rings.Break(Ring); // within the turn that prepared the closes
        });
        Assert.Equal(SocketError.ConnectionReset, await ends.FirstAsync(links.Length));
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.Established) == 0);
        Assert.IsType<LoopFailedException>(Assert.Single(Failures));
        Assert.False(Loop.IsUsable);
    }

    [SkippableFact]
    public async Task Loop_with_a_failed_ring_runs_mailboxes_and_timers_and_refuses_operations()
    {
        await using var peer = FaultPeer.Hanging();
        var idle = await ConnectAsync(peer);
        await BreakAsync();
        await Loop.UntilAsync(() => !Failures.IsEmpty);

        await Assert.ThrowsAsync<LoopFailedException>(() => BeginExchangeAsync(idle, Ping));
        await Assert.ThrowsAsync<LoopFailedException>(() => BeginReceiveAsync(idle));
        await Assert.ThrowsAsync<LoopFailedException>(() => ConnectAsync(peer));
        await CloseAsync(idle);
        await CloseAsync(idle);
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.Established) == 0);

        await Loop.OnLoopAsync(() => Loop.Schedule(Loop.Now + Loop.ToTicks(Briefly), Owner, "due"));
        Assert.Equal("due", await Owner.ReceiveOneAsync(Patience));
        Assert.Equal(0, Ring.SlotsInUse);
        Assert.Single(Failures);
    }

    [SkippableFact]
    public async Task Loop_with_a_failed_ring_can_be_disposed_and_reports_what_it_could_not_free()
    {
        await using var peer = FaultPeer.Hanging();
        await BeginReceiveAsync(await ConnectAsync(peer));
        await BreakAsync();
        await Owner.ExpectMsgAsync<LinkFailed>(Patience);
        Loop.Dispose();
        Loop.Dispose();
        Assert.Contains(Failures, failure => failure.Message.StartsWith("the memory of 1 slots is lost: without the ring ", StringComparison.Ordinal));
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.Established) == 0);
    }

    private Task BreakAsync() => Rings.BreakAsync(Ring);
}
