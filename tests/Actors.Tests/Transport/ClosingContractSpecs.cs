using System.Net.Sockets;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using Akka.Actor;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>What every transport promises of closing a link, and of the options on its socket.</summary>
public abstract class ClosingContractSpecs : TransportSpecs
{
    private static readonly SocketSettings _graceful = Abortive with { Close = CloseMode.Graceful };

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Aborted_link_ends_with_a_RST(bool whileReceiving)
    {
        var ends = new Ends();
        await using var peer = ends.Peer();
        var link = await ConnectAsync(peer);
        await CloseAsync(link, whileReceiving);
        Assert.Equal(SocketError.ConnectionReset, await ends.FirstAsync());
        await HeardNothingAsync();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_gracefully_closed_link_ends_with_a_fin(bool whileReceiving)
    {
        var ends = new Ends();
        await using var peer = ends.Peer();
        var link = await ConnectAsync(peer, _graceful);
        await CloseAsync(link, whileReceiving);
        Assert.Equal(SocketError.Success, await ends.FirstAsync());
        await HeardNothingAsync();
    }

    [LinuxFact]
    public async Task Aborts_are_counted_by_the_kernel_and_leave_nothing_in_time_wait()
    {
        const int Links = 20;
        var before = KernelCounters.Read();
        var ends = new Ends();
        await using var peer = ends.Peer();
        for (var index = 0; index < Links; index++)
        {
            await CloseAsync(await ConnectAsync(peer));
        }

        await ends.FirstAsync(Links);
        await Eventually.IsAsync(true, () => KernelCounters.Read().Since(before)["TcpExtTCPAbortOnData"] >= Links); // counted after the RST is sent
        var table = SocketTable.Read();
        Assert.Equal((0, 0), (table.TimeWaitCount(peer.Port), table.CountTo(peer.Port, SocketState.Established)));
    }

    [SkippableFact]
    public async Task Link_closed_during_an_exchange_sends_no_more_messages()
    {
        await using var peer = FaultPeer.Answering();
        for (var round = 0; round < 50; round++)
        {
            var link = await ConnectAsync(peer);
            await BeginExchangeAsync(link, Ping);
            await CloseAsync(link);
            await CloseAsync(link);

            // The reply and the close were on their way at once: if the reply came first, that message is right.
            await Loop.OnLoopAsync(() => Owner.Ref.Tell(round, ActorRefs.NoSender));
            if (await Owner.ReceiveOneAsync(Patience) is Received received)
            {
                Assert.Same(link, received.Link);
                Assert.Equal(round, await Owner.ReceiveOneAsync(Patience));
            }
        }

        await HeardNothingAsync();
        Assert.Empty(Failures);
    }

    [LinuxFact]
    public async Task A_link_can_be_closed_while_it_connects()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        var link = await OpenAsync(peer.EndPoint);
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.SynSent) == 1);
        await CloseAsync(link);
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.SynSent) == 0);
        await HeardNothingAsync();
    }

    [SkippableFact]
    public async Task A_late_reply_to_a_closed_link_does_not_reach_the_next_one()
    {
        // The first connection's reply is sent when it has been closed; the second one asks for something else at the same time.
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadCommandAsync(stop);
            await (connection.Number == 1 ? closed.Task : Task.CompletedTask);
            await connection.SendAsync(connection.Number == 1 ? "+LATE\r\n" : "+MINE\r\n", stop);
            await connection.DrainAsync(stop);
        });
        var first = await ConnectAsync(peer);
        await BeginExchangeAsync(first, Ping);
        var second = await Loop.OnLoopAsync(() =>
        {
            first.Close();
            return Loop.Open(Owner, new LinkRequest(peer.EndPoint, Abortive, Loop.Deadline(Patience)));
        });
        closed.SetResult();
        Assert.Same(second, (await Owner.ExpectMsgAsync<Connected>(Patience)).Link);
        await BeginExchangeAsync(second, Ping);
        Assert.Equal("+MINE\r\n", await ReceivedAsync(second));
        await CloseAsync(second);
    }

    [SkippableFact]
    public async Task Reply_after_its_timeout_is_not_delivered()
    {
        var timedOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadCommandAsync(stop);
            await timedOut.Task;
            await connection.SendAsync("+LATE\r\n", stop);
            sent.SetResult();
            await connection.DrainAsync(stop);
        });
        var link = await ConnectAsync(peer);
        await BeginExchangeAsync(link, Ping, Briefly);
        await FailsAsync(link, LinkFault.TimedOut);
        timedOut.SetResult();
        await sent.Task;
        await HeardNothingAsync();
        await CloseAsync(link);
        await HeardNothingAsync();
    }

    [LinuxTheory]
    [InlineData(false, true, CloseMode.Abort)]
    [InlineData(true, false, CloseMode.Graceful)]
    public async Task Socket_has_the_configured_options(bool keepAlive, bool noDelay, CloseMode close)
    {
        await using var peer = FaultPeer.Answering();
        var link = await ConnectAsync(peer, new SocketSettings(close, keepAlive, noDelay, 4096));
        var socket = OwnSocket.ConnectedTo(peer.Port);
        Assert.Equal(noDelay, socket.NoDelay);
        Assert.Equal(keepAlive, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! != 0);
        Assert.Equal(close == CloseMode.Abort, socket.LingerState!.Enabled);
        Assert.Equal(0, socket.LingerState.LingerTime);
        await CloseAsync(link);
    }

    [LinuxFact]
    public async Task Socket_has_the_further_options_of_its_settings()
    {
        await using var peer = FaultPeer.Answering();
        SocketOption[] options =
        [
            .. SocketOption.KeepAlivePeriod("", TimeSpan.FromSeconds(15)), SocketOption.UserTimeout("", TimeSpan.FromMilliseconds(2_500)),
            SocketOption.SendBuffer("", 20_000), SocketOption.ReceiveBuffer("", 30_000), SocketOption.FastOpen(""),
        ];
        var link = await ConnectAsync(peer, Abortive with { Options = [.. options] });
        var socket = OwnSocket.ConnectedTo(peer.Port);
        var kept = options.Select(option => BitConverter.ToInt32(Raw(socket, option)));
        Assert.Equal([15, 15, 2_500, 40_000, 60_000, 1], kept); // the kernel doubles buffers
        await CloseAsync(link);

        static byte[] Raw(Socket socket, SocketOption option)
        {
            var value = new byte[4];
            socket.GetRawSocketOption(option.Level, option.Name, value);
            return value;
        }
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Finished_link_reads_on_until_the_peer_finishes(bool whileReceiving)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.DrainAsync(stop);
            await connection.SendAsync("+LATE\r\n", stop);
        });
        var link = await ConnectAsync(peer, _graceful);
        if (whileReceiving)
        {
            await BeginReceiveAsync(link);
        }

        await Loop.OnLoopAsync(() => link.Finish(Loop.Deadline(Patience)));
        Assert.Equal("+LATE\r\n", await ReceivedAsync(link));
        await Loop.OnLoopAsync(() => link.Receive(null));
        await FailsAsync(link, LinkFault.PeerClosed);
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task Receive_under_way_takes_the_reply_to_an_exchange()
    {
        await using var peer = FaultPeer.Answering();
        var link = await ConnectAsync(peer);
        await BeginReceiveAsync(link);
        Assert.True(await Loop.OnLoopAsync(() => link.IsPending));
        await BeginExchangeAsync(link, Ping);
        Assert.Equal("+PONG\r\n", await ReceivedAsync(link));
        Assert.False(await Loop.OnLoopAsync(() => link.IsPending));
        await BeginReceiveAsync(link);
        await BeginExchangeAsync(link, Ping, Briefly); // its deadline counts now, and the reply is in time
        Assert.Equal("+PONG\r\n", await ReceivedAsync(link));
        await CloseAsync(link);
        await HeardNothingAsync();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reset_link_ends_with_a_RST_whatever_its_settings(bool whileReceiving)
    {
        var ends = new Ends();
        await using var peer = ends.Peer();
        var link = await ConnectAsync(peer, _graceful);
        if (whileReceiving)
        {
            await BeginReceiveAsync(link);
        }

        Assert.False(await Loop.OnLoopAsync(() => link.IsClosed));
        await Loop.OnLoopAsync(link.Reset);
        Assert.Equal(SocketError.ConnectionReset, await ends.FirstAsync());
        await Eventually.HoldsAsync(() => Loop.OnLoopAsync(() => link.IsClosed));
        await HeardNothingAsync();
    }

    private async Task CloseAsync(Link link, bool whileReceiving)
    {
        if (whileReceiving)
        {
            await BeginReceiveAsync(link);
        }

        await CloseAsync(link);
    }
}
