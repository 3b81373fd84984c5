using System.Net;
using System.Text;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>What every transport promises of the operations on a link.</summary>
public abstract class TransportContractSpecs : TransportSpecs
{
    [SkippableFact]
    public async Task Connect_completes_with_no_bytes_received()
    {
        await using var peer = FaultPeer.Answering();
        var before = Loop.Now;
        var link = await ConnectAsync(peer);
        Assert.InRange(link.CompletedAt, before, Loop.Now);
        Assert.True(await Loop.OnLoopAsync(() => link.Incoming.IsEmpty));
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task Send_time_lies_before_the_answer()
    {
        await using var peer = FaultPeer.Answering();
        var before = Loop.Now;
        var link = await ConnectAsync(peer);
        Assert.InRange(link.SentAt, before, link.CompletedAt);
        var connected = link.CompletedAt;
        await BeginExchangeAsync(link, Ping);
        await ReceivedAsync(link);
        Assert.InRange(link.SentAt, connected, link.CompletedAt);
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task A_closed_port_refuses()
    {
        await using var peer = FaultPeer.ClosedPort();
        var link = await OpenAsync(peer.EndPoint);
        await FailsAsync(link, LinkFault.Refused);
        await CloseAsync(link);
        await HeardNothingAsync();
    }

    [LinuxFact]
    public async Task An_address_without_a_route_is_unreachable()
    {
        // No stream can go to a broadcast address: ENETUNREACH, on any Linux, without leaving the machine.
        var link = await OpenAsync(new IPEndPoint(IPAddress.Parse("127.255.255.255"), 6379));
        await FailsAsync(link, LinkFault.Unreachable);
        await CloseAsync(link);
    }

    [LinuxFact]
    public async Task A_connect_that_takes_too_long_times_out()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        var link = await OpenAsync(peer.EndPoint, timeout: Briefly);
        await FailsAsync(link, LinkFault.TimedOut);
        await CloseAsync(link);
        await HeardNothingAsync();
    }

    [SkippableFact]
    public async Task Link_exchanges_several_commands_in_a_row()
    {
        await using var peer = FaultPeer.Answering();
        var link = await ConnectAsync(peer);
        for (var round = 0; round < 3; round++)
        {
            await BeginExchangeAsync(link, Ping);
            Assert.Equal("+PONG\r\n", await ReceivedAsync(link));
        }

        await BeginExchangeAsync(link, "*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n");
        Assert.Equal("$3\r\nbar\r\n", await ReceivedAsync(link));
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task A_reply_in_pieces_is_received_in_pieces()
    {
        await using var peer = FaultPeer.Dribble();
        var link = await ConnectAsync(peer);
        await BeginExchangeAsync(link, Ping);
        var text = await ReceivedAsync(link);
        while (text.Length < 7)
        {
            await Loop.OnLoopAsync(() => link.Receive(null));
            text += await ReceivedAsync(link);
        }

        Assert.Equal("+PONG\r\n", text);
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task A_reply_longer_than_the_receive_buffer_takes_several_receives()
    {
        await using var peer = FaultPeer.HugeReply(1000);
        var link = await ConnectAsync(peer, Abortive with { ReceiveBuffer = 16 });
        await BeginExchangeAsync(link, Ping);
        var text = new StringBuilder(await ReceivedAsync(link));
        while (text.Length < 1009)
        {
            await Loop.OnLoopAsync(() => link.Receive(null));
            var piece = await ReceivedAsync(link);
            Assert.InRange(piece.Length, 1, 16);
            text.Append(piece);
        }

        Assert.Equal($"$1000\r\n{new string('x', 1000)}\r\n", text.ToString());
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task A_command_of_a_megabyte_is_sent_whole()
    {
        await using var peer = FaultPeer.Answering();
        var link = await ConnectAsync(peer);
        var value = new string('v', 1 << 20);
        await BeginExchangeAsync(link, $"*3\r\n$3\r\nSET\r\n$3\r\nfoo\r\n${value.Length}\r\n{value}\r\n");
        Assert.Equal("+OK\r\n", await ReceivedAsync(link));
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task A_peer_that_closes_is_noticed()
    {
        await using var peer = FaultPeer.Closing(afterCommands: 1);
        var link = await ConnectAsync(peer);
        await BeginExchangeAsync(link, Ping);
        await FailsAsync(link, LinkFault.PeerClosed);
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task A_peer_that_resets_is_noticed()
    {
        await using var peer = FaultPeer.Resetting(afterCommands: 1);
        var link = await ConnectAsync(peer);
        await BeginExchangeAsync(link, Ping);
        await FailsAsync(link, LinkFault.Reset);
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task A_reply_that_does_not_come_times_out()
    {
        await using var peer = FaultPeer.Hanging();
        var link = await ConnectAsync(peer);
        await BeginExchangeAsync(link, Ping, Briefly);
        await FailsAsync(link, LinkFault.TimedOut);
        await CloseAsync(link);
        await HeardNothingAsync();
    }

    [SkippableFact]
    public async Task Hold_ends_at_its_deadline_or_when_the_peer_closes()
    {
        await using var patient = FaultPeer.Answering();
        var held = await ConnectAsync(patient);
        await BeginReceiveAsync(held, Briefly);
        await FailsAsync(held, LinkFault.TimedOut);
        await CloseAsync(held);

        await using var closing = FaultPeer.Closing();
        var cut = await ConnectAsync(closing);
        await BeginReceiveAsync(cut);
        await FailsAsync(cut, LinkFault.PeerClosed);
        await CloseAsync(cut);
    }

    [SkippableFact]
    public async Task A_reply_in_pieces_has_one_deadline_as_a_whole()
    {
        var time = new ManualTime();
        using var loop = CreateLoop(time, Failures.Enqueue);
        await using var peer = FaultPeer.Dribble();
        var link = await loop.OnLoopAsync(() => loop.Open(Owner, new LinkRequest(peer.EndPoint, Abortive with { ReceiveBuffer = 1 }, loop.Deadline(Patience))));
        await Owner.ExpectMsgAsync<Connected>(Patience);
        await loop.OnLoopAsync(() =>
        {
            Encoding.ASCII.GetBytes(Ping, link.Outgoing(Ping.Length));
            link.Exchange(Ping.Length, loop.Deadline(10 * Briefly));
        });
        for (var part = 0; part < 2; part++)
        {
            await Owner.ExpectMsgAsync<Received>(Patience);
            time.Advance(4 * Briefly);
            await loop.OnLoopAsync(() => link.Receive(null));
        }

        await Owner.ExpectMsgAsync<Received>(Patience);
        time.Advance(4 * Briefly);
        await loop.OnLoopAsync(() => { }); // the alarm's sweep is behind this
        await loop.OnLoopAsync(() => link.Receive(null));
        await FailsAsync(link, LinkFault.TimedOut);
        await loop.OnLoopAsync(link.Close);
    }

    [SkippableFact]
    public async Task Each_operation_on_many_links_ends_with_exactly_one_message()
    {
        const int Links = 200;
        await using var peer = FaultPeer.Answering();
        await Loop.OnLoopAsync(() =>
        {
            for (var link = 0; link < Links; link++)
            {
                Loop.Open(Owner, new LinkRequest(peer.EndPoint, Abortive, Loop.Deadline(Patience)));
            }
        });
        var links = new HashSet<Link>();
        for (var index = 0; index < Links; index++)
        {
            var link = (await Owner.ExpectMsgAsync<Connected>(Patience)).Link;
            Assert.True(links.Add(link));
        }

        await HeardNothingAsync();
        foreach (var link in links)
        {
            await BeginExchangeAsync(link, Ping);
        }

        var answered = new HashSet<Link>();
        for (var index = 0; index < Links; index++)
        {
            Assert.True(answered.Add((await Owner.ExpectMsgAsync<Received>(Patience)).Link));
        }

        await HeardNothingAsync();
        Assert.Equal(links, answered);
        await Loop.OnLoopAsync(() => links.ToList().ForEach(link => link.Close()));
        Assert.Empty(Failures);
    }
}
