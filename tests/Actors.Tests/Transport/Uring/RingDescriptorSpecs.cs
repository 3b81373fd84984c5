using System.Net.Sockets;
using ActorLoad.Peers.Faults;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>The number of a closed descriptor belongs to whoever opens the next file, anywhere in the process.</summary>
public sealed class RingDescriptorSpecs : TransportSpecs
{
    private const int Links = 16;
    private const int Rounds = 200;

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);

    [SkippableFact]
    public async Task Pending_operation_of_a_closed_link_never_touches_a_reused_descriptor()
    {
        // The kernel looks a descriptor up when it begins an operation, and it begins the receive of an exchange some time after its send.
        await using var peer = FaultPeer.Answering();
        using var stop = new CancellationTokenSource();
        var bystander = Task.Run(() => ExchangeAgainAndAgain(peer, stop.Token));
        for (var round = 0; round < Rounds && !bystander.IsCompleted; round++)
        {
            var links = new List<Link>();
            for (var index = 0; index < Links; index++)
            {
                links.Add(await ConnectAsync(peer));
            }

            await Loop.OnLoopAsync(() => links.ForEach(link =>
            {
                link.Exchange(Write(Ping, link), Loop.Deadline(Patience));
                link.Close();
            }));
        }

        await stop.CancelAsync();
        Assert.InRange(await bystander, 1, int.MaxValue);
        await Loop.UntilAsync(() => ((RingLoop)Loop).SlotsInUse == 0);
        await HeardNothingAsync();
        Assert.Empty(Failures);
    }

    // Opens and closes as fast as it can, so that descriptors are given out again at once; each reply must come.
    private static int ExchangeAgainAndAgain(FaultPeer peer, CancellationToken stop)
    {
        var reply = new byte[16];
        var count = 0;
        for (; !stop.IsCancellationRequested; count++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000, LingerState = new LingerOption(true, 0) };
            socket.Connect(peer.EndPoint);
            socket.Send("*1\r\n$4\r\nPING\r\n"u8);
            Assert.Equal(7, socket.Receive(reply));
        }

        return count;
    }
}
