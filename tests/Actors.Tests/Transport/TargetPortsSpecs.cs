using System.Net;
using ActorLoad.Transport;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class TargetPortsSpecs
{
    private readonly TargetPorts _ports = Ports(40000, 40001, 40002, 40003, 40004);

    [Fact]
    public void Ports_are_taken_from_the_start_of_the_range()
    {
        Assert.Equal([40000, 40001, 40002, 40003, 40004], Take(5));
        Assert.True(_ports.IsUsedUp);
    }

    [Fact]
    public void Returned_ports_are_taken_before_unused_ones_and_the_oldest_first()
    {
        Take(3);
        _ports.GiveBack(40001);
        _ports.GiveBack(40000);
        Assert.False(_ports.IsUsedUp);
        Assert.Equal([40001, 40000, 40003], Take(3));
    }

    [Fact]
    public void Run_knows_which_ports_its_connections_may_have_used()
    {
        var all = new SlotPorts([40000, 40001, 40002]);
        var ports = new TargetPorts(all, IPAddress.Loopback, [40000, 40001, 40002]);
        ports.GiveBack(ports.Take());
        ports.Take();
        byte[] own = [127, 0, 0, 1];
        Assert.Equal((true, false, false), (all.MayHaveUsed(own, 40000), all.MayHaveUsed(own, 40001), all.MayHaveUsed(own, 65535)));
        Assert.False(all.MayHaveUsed([127, 0, 0, 2], 40000)); // of another address

        ports.LeaveToKernel();
        Assert.True(all.MayHaveUsed(own, 65535)); // any may be one that the kernel chose
        Assert.False(all.MayHaveUsed([127, 0, 0, 2], 65535));
    }

    [Fact]
    public void Source_addresses_have_their_turn_and_one_without_a_port_is_passed()
    {
        var all = new SlotPorts([40000, 40001]);
        var sources = new SourceAddresses([IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3"), IPAddress.IPv6Loopback], "three");
        var target = new IPEndPoint(IPAddress.Loopback, 6379);
        Assert.Equal(["2:40000", "3:40000", "2:40001"], Next(3));
        all.For(target, sources).GiveBack(40000); // it was the turn of 3
        Assert.Equal(["3:40000", "3:40001"], Next(2));

        IEnumerable<string> Next(int count) => Enumerable.Range(0, count).Select(_ => all.For(target, sources)).ToArray()
            .Select(ports => $"{ports.Source!.GetAddressBytes()[3]}:{ports.Take()}");
    }

    [Fact]
    public void Port_set_aside_is_taken_last()
    {
        Take(1);
        _ports.SetAside(40000);
        Assert.Equal([40001, 40002, 40003, 40004, 40000, TargetPorts.KernelsChoice], Take(6));
    }

    [Fact]
    public void Port_that_the_server_may_still_hold_is_taken_last_and_counted()
    {
        var all = new SlotPorts([]);
        var ports = new TargetPorts(all, IPAddress.Loopback, [40000, 40001, 40002]);
        var lease = new PortLease(ports);
        lease.TryNext();
        lease.IsUnanswered = true;
        lease.End();
        Assert.Equal([40001, 40002], new[] { ports.Take(), ports.Take() });
        Assert.Equal(0, all.RetiredTaken);

        ports.SetAside(40002);
        Assert.Equal([40002, 40000, TargetPorts.KernelsChoice], new[] { ports.Take(), ports.Take(), ports.Take() });
        Assert.Equal(1, all.RetiredTaken);
    }

    [Fact]
    public void Target_without_a_route_has_no_ports() => Assert.Equal(TargetPorts.KernelsChoice, new TargetPorts(new SlotPorts([]), null, [40000]).Take());

    [Fact]
    public void A_connection_tries_three_ports_and_leaves_the_fourth_choice_to_the_kernel()
    {
        var lease = new PortLease(_ports);
        var tried = new List<int>();
        while (lease.TryNext())
        {
            tried.Add(lease.Port);
        }

        Assert.Equal([40000, 40001, 40002], tried);
        Assert.False(lease.IsHeld);
        lease.End();
        Assert.Equal([40003, 40004, 40000, 40001, 40002, TargetPorts.KernelsChoice], Take(6));
    }

    [Fact]
    public void End_of_a_connection_returns_its_port_once()
    {
        var lease = new PortLease(_ports);
        Assert.True(lease.TryNext());
        lease.End();
        lease.End();
        Assert.Equal([40000, 40001], Take(2));
    }

    [Fact]
    public void Lease_of_a_kernel_port_has_nothing_to_return()
    {
        var lease = new PortLease(null);
        Assert.False(lease.TryNext());
        lease.End();
    }

    /// <summary>Against a set: a positive step takes, a negative one gives one of those back that are held.</summary>
    [Property]
    public void No_port_is_held_twice(int[] steps)
    {
        var ports = Ports(40000, 40001, 40002, 40003, 40004);
        var held = new List<int>();
        foreach (var step in steps)
        {
            if (step >= 0 && ports.Take() is var port and not TargetPorts.KernelsChoice)
            {
                Assert.DoesNotContain(port, held);
                held.Add(port);
            }
            else if (step < 0 && held.Count > 0)
            {
                var index = (int)(-(long)step % held.Count);
                ports.GiveBack(held[index]);
                held.RemoveAt(index);
            }

            Assert.Equal(held.Count == 5, ports.IsUsedUp);
        }
    }

    private static TargetPorts Ports(params int[] usable) => new(new SlotPorts([]), IPAddress.Loopback, usable);

    private int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => _ports.Take())];
}
