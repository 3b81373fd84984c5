using System.Net;
using System.Net.Sockets;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>What every transport promises of local ports: whoever holds one already, no connection fails of it.</summary>
public abstract class SlotPortsContractSpecs : TransportSpecs
{
    private protected static readonly SocketSettings Slot = Abortive with { Ports = PortChoice.Slot };

    [LinuxFact]
    public async Task Links_take_the_first_ports_in_turn()
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(4);
        await ConnectAsync(peer, Slot);
        await ConnectAsync(peer, Slot);
        Assert.Equal(ports[..2], await LocalPorts.ToAsync(peer.Port, 2));
    }

    [LinuxFact]
    public async Task Kernel_chooses_the_port_when_asked_to()
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(1);
        await ConnectAsync(peer, Slot with { Ports = PortChoice.Kernel });
        Assert.DoesNotContain(Assert.Single(await LocalPorts.ToAsync(peer.Port, 1)), ports);
    }

    [SkippableTheory]
    [InlineData(CloseMode.Abort)]
    [InlineData(CloseMode.Graceful)]
    public async Task Closed_links_leave_their_ports_to_the_next_ones(CloseMode close)
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(2); // while one is being closed the next link has the other
        for (var round = 0; round < 20; round++)
        {
            var link = await ConnectAsync(peer, Slot with { Close = close });
            Assert.Contains(Assert.Single(await LocalPorts.ToAsync(peer.Port, 1)), ports);
            await CloseAsync(link);
        }
    }

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Incomplete_close_does_not_fail_the_next_connection(int count)
    {
        await using var peer = FaultPeer.Answering();
        GiveLoop(count);
        for (var round = 0; round < 20; round++)
        {
            await CloseAsync(await CloseAndOpenAsync(peer));
        }
    }

    [LinuxFact]
    public async Task Port_with_a_listener_is_skipped()
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(2);
        using var server = LocalPorts.Listener(ports[0]);
        await ConnectAsync(peer, Slot);
        Assert.Equal([ports[1]], await LocalPorts.ToAsync(peer.Port, 1));
    }

    [LinuxTheory]
    [InlineData(true)] // bind succeeds, and connect does not
    [InlineData(false)]
    public async Task Port_with_another_programs_connection_to_the_target_is_skipped(bool reuse)
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(2);
        using var other = await LocalPorts.ConnectedAsync(ports[0], peer.EndPoint, reuse);
        await ConnectAsync(peer, Slot);
        Assert.Equal(ports, await LocalPorts.ToAsync(peer.Port, 2));
        await HeardNothingAsync();
    }

    [LinuxFact]
    public async Task Connection_to_a_port_without_a_listener_does_not_connect_to_itself()
    {
        var ports = GiveLoop(2);
        var target = new IPEndPoint(IPAddress.Loopback, ports[0]);
        await FailsAsync(await OpenAsync(target, Slot), LinkFault.Refused);
        Assert.Equal([ports[1]], LocalPorts.TakeAll(new SlotPorts(ports).For(target)));
    }

    [LinuxFact]
    public async Task Connect_that_retries_from_another_port_keeps_its_deadline()
    {
        using var server = LocalPorts.Listener(LocalPorts.Free(1)[0], backlog: 0); // its queue has a place for one: the others hear nothing
        var target = (IPEndPoint)server.LocalEndPoint!;
        var ports = GiveLoop(2);
        using var other = await LocalPorts.ConnectedAsync(ports[0], target);
        await SocketTable.UntilQueuedAsync(target.Port, 1);
        var link = await OpenAsync(target, Slot, TimeSpan.FromSeconds(5));
        await UntilAsync(SocketState.SynSent, ports[1], target.Port);
        await FailsAsync(link, LinkFault.TimedOut);
    }

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Port_left_in_TIME_WAIT_by_another_program_fails_no_connection(bool reuse)
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(2);
        SocketRow[] left = [];
        for (var attempt = 0; attempt < 5 && left.Length == 0; attempt++) // a RST of the peer's may end a TIME_WAIT: then once more
        {
            (await LocalPorts.ConnectedAsync(ports[0], peer.EndPoint, reuse)).Dispose();
            var table = await SocketTable.UntilAsync(table => RowsOf(table).All(row => row.State == SocketState.TimeWait));
            left = [.. RowsOf(table)];
        }

        Assert.NotEmpty(left);
        await ConnectAsync(peer, Slot);

        IEnumerable<SocketRow> RowsOf(SocketTable table) => table.Rows.Where(row => row.LocalPort == ports[0] && row.RemotePort == peer.Port);
        Assert.Contains(Assert.Single(await LocalPorts.ToAsync(peer.Port, 1)), ports);
        await HeardNothingAsync();
    }

    [LinuxFact]
    public async Task Port_not_yet_closed_by_the_server_fails_no_connection()
    {
        using var server = LocalPorts.Listener(LocalPorts.Free(1)[0]); // accepts none, so closes none
        var target = (IPEndPoint)server.LocalEndPoint!;
        var ports = GiveLoop(2);
        var first = await OpenAsync(target, Slot with { Close = CloseMode.Graceful });
        await ConnectedAsync(first);
        await CloseAsync(first);
        await UntilAsync(SocketState.CloseWait, target.Port, ports[0]);
        await ConnectedAsync(await OpenAsync(target, Slot));
        Assert.Contains(Assert.Single(await LocalPorts.ToAsync(target.Port, 1)), ports);
    }

    [SkippableFact]
    public async Task Server_that_missed_the_end_of_a_ports_last_connection_fails_no_connection()
    {
        Skip.If(Requirement.Root.Skip is not null, Requirement.Root.Skip);
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(1);
        LocalPorts.Vanish(await LocalPorts.ConnectedAsync(ports[0], peer.EndPoint));
        await SocketTable.UntilAsync(table => table.CountOn(peer.Port, SocketState.Established) == 1);

        // The server answers our SYN with an ACK for the old connection, our kernel resets that, and sends its SYN again.
        var link = await ConnectAsync(peer, Slot);

        Assert.Equal(ports, await LocalPorts.ToAsync(peer.Port, 1));
        await BeginExchangeAsync(link, Ping);
        Assert.Equal("+PONG\r\n", await ReceivedAsync(link));
    }

    [LinuxFact]
    public async Task Each_target_has_all_ports()
    {
        await using var one = FaultPeer.Answering();
        await using var other = FaultPeer.Answering();
        var ports = GiveLoop(1, targets: 2);
        await ConnectAsync(one, Slot);
        await ConnectAsync(other, Slot);
        Assert.Equal(ports, await LocalPorts.ToAsync(one.Port, 1));
        Assert.Equal(ports, await LocalPorts.ToAsync(other.Port, 1));
    }

    [SkippableFact]
    public async Task Each_source_address_has_all_ports_including_IPv6()
    {
        Skip.IfNot(Socket.OSSupportsIPv6 || Requirement.RequireAll, "needs IPv6");
        await using var four = FaultPeer.Answering();
        using var six = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        six.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        six.Listen();
        var target = (IPEndPoint)six.LocalEndPoint!;
        var ports = GiveLoop(1);
        await ConnectAsync(four, Slot);
        await ConnectedAsync(await OpenAsync(target, Slot));
        Assert.Equal(ports, await LocalPorts.ToAsync(four.Port, 1));
        Assert.Equal(ports, await LocalPorts.ToAsync(target.Port, 1));
    }

    [LinuxTheory]
    [InlineData(PortChoice.Slot)]
    [InlineData(PortChoice.Kernel)]
    public async Task Source_addresses_are_used_evenly_and_each_has_all_ports(PortChoice choice)
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(2);
        var from = new SourceAddresses([IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")], "two");
        for (var connection = 0; connection < 4; connection++)
        {
            await ConnectAsync(peer, Slot with { Ports = choice, Sources = from });
        }

        var table = await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.Established) == 4);
        var ends = table.Rows.Where(row => row.RemotePort == peer.Port).ToArray();
        Assert.Equal([("0200007F", 2), ("0300007F", 2)], ends.CountBy(row => row.Ends[..8]).OrderBy(each => each.Key).Select(each => (each.Key, each.Value)));
        Assert.Equal(choice == PortChoice.Slot, ends.All(row => ports.Contains(row.LocalPort)));
    }

    [LinuxTheory]
    [InlineData(PortChoice.Slot)]
    [InlineData(PortChoice.Kernel)]
    public async Task Source_address_that_was_lost_is_a_limit_of_this_machine(PortChoice choice)
    {
        await using var peer = FaultPeer.Answering();
        GiveLoop(2);
        var lost = new SourceAddresses([IPAddress.Parse("198.51.100.1")], "lost"); // of nobody: RFC 5737
        await FailsAsync(await OpenAsync(peer.EndPoint, Slot with { Ports = choice, Sources = lost }), LinkFault.LocalExhausted);
    }

    [LinuxFact]
    public async Task Kernel_chooses_when_no_port_is_left()
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(2);
        using var server = LocalPorts.Listener(ports[0]);
        await ConnectAsync(peer, Slot);
        await ConnectAsync(peer, Slot);
        Assert.Equal(ports[1], Assert.Single(await LocalPorts.ToAsync(peer.Port, 2), port => ports.Contains(port)));
    }

    [LinuxFact]
    public async Task A_port_that_was_set_aside_is_tried_again_when_no_other_is_left()
    {
        await using var peer = FaultPeer.Answering();
        var ports = GiveLoop(1);
        using (LocalPorts.Listener(ports[0]))
        {
            await ConnectAsync(peer, Slot);
            Assert.DoesNotContain(Assert.Single(await LocalPorts.ToAsync(peer.Port, 1)), ports);
        }

        await ConnectAsync(peer, Slot);
        Assert.Contains(ports[0], await LocalPorts.ToAsync(peer.Port, 2));
    }

    [LinuxFact]
    public async Task New_run_has_its_own_ports()
    {
        await using var peer = FaultPeer.Answering();
        var before = GiveLoop(1);
        var last = await ConnectAsync(peer, Slot);
        var now = GiveLoop(1);
        await CloseAsync(last);
        await ConnectAsync(peer, Slot);
        await ConnectAsync(peer, Slot);
        var ports = await LocalPorts.ToAsync(peer.Port, 2);
        Assert.Contains(now[0], ports);
        Assert.DoesNotContain(before[0], ports);
    }

    /// <summary>Closes a link in the midst of a receive, and opens the one that it returns in the same turn of the loop.</summary>
    private protected async Task<Link> CloseAndOpenAsync(FaultPeer peer)
    {
        var first = await ConnectAsync(peer, Slot);
        await BeginReceiveAsync(first);
        var second = await Loop.OnLoopAsync(() =>
        {
            first.Close();
            return Loop.Open(Owner, new LinkRequest(peer.EndPoint, Slot, Loop.Deadline(Patience)));
        });
        await ConnectedAsync(second);
        return second;
    }

    private static Task UntilAsync(SocketState state, int local, int remote) => SocketTable.UntilAsync(
        table => table.Rows.Any(row => row.State == state && row.LocalPort == local && row.RemotePort == remote));

    private protected int[] GiveLoop(int count, int targets = 1)
    {
        var ports = LocalPorts.Free(count);
        Loop.Ports = new SlotPorts(ports, targets);
        return ports;
    }
}
