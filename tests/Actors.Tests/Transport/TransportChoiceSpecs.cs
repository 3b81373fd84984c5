using System.Net;
using System.Net.NetworkInformation;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class TransportChoiceSpecs() : TestKit("akka.loglevel = WARNING")
{
    private static readonly IPEndPoint _target = new(IPAddress.Loopback, 6379);

    [Fact]
    public void Sockets_are_used_when_requested()
    {
        Assert.Equal(new TransportChoice("sockets", 3, "as configured"), TransportChoice.Make(new TransportSettings(TransportKind.Sockets, 3), 1));
    }

    [Theory]
    [InlineData("127.0.0.1", 2, 1)]
    [InlineData("127.0.0.1", 1, 1)]
    [InlineData("::1", 4, 3)]
    [InlineData("127.0.0.1", 64, 4)]
    [InlineData("192.0.2.1", 1, 1)] // nobody's: TEST-NET-1
    [InlineData("192.0.2.1", 2, 2)]
    [InlineData("2001:db8::1", 64, 4)]
    public void Auto_takes_a_loop_for_each_core_and_leaves_one_core_to_a_local_server(string target, int cores, int loops)
    {
        Assert.Equal(loops, LoopCount.For([IPAddress.Parse(target)], cores));
        Assert.Equal(1, LoopCount.For([IPAddress.Parse(target), IPAddress.Loopback], 2));
    }

    [SkippableFact]
    public void Automatic_loop_count_is_for_rings_and_a_configured_count_for_both()
    {
        Skip.If(RingProbe.Problem(2) is not null && !Requirement.RequireAll, RingProbe.Problem(2));
        Assert.Equal(2, TransportChoice.Make(new TransportSettings(TransportKind.Auto, null), 2).Loops);
        Assert.Equal(3, TransportChoice.Make(new TransportSettings(TransportKind.IoUring, 3), 2).Loops);
        Assert.Equal(1, TransportChoice.Make(new TransportSettings(TransportKind.Sockets, null), 2).Loops);
    }

    [Theory]
    [InlineData(TransportKind.Auto, "auto: this kernel has all that the ring needs; 1 loop in place of 3, because there is no memory")]
    [InlineData(TransportKind.IoUring, "as configured; 1 loop in place of 3, because there is no memory")]
    public void Fallback_to_fewer_loops_is_reported_with_its_reason(TransportKind kind, string reason)
    {
        var choice = TransportChoice.Make(new TransportSettings(kind, null), 3, loops => loops > 1 ? "there is no memory" : null);

        Assert.Equal(new TransportChoice("io-uring", 1, reason, IsFallback: true), choice);
    }

    [Fact]
    public void Addresses_of_all_interfaces_belong_to_this_machine()
    {
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(each => each.GetIPProperties().UnicastAddresses).ToList();

        Assert.NotEmpty(own);
        Assert.All(own, each => Assert.True(LoopCount.IsHere(each.Address), each.Address.ToString()));
    }

    [Fact]
    public void Auto_takes_sockets_when_rings_cannot_be_created_on_a_kernel_that_has_them()
    {
        var asked = new List<string>();

        var choice = TransportChoice.MakeReady(new TransportSettings(TransportKind.Auto, 2), 1, each =>
        {
            asked.Add(each.Kind);
            return asked.Count == 1 ? throw new RingUnavailableException("a reason") : each;
        });

        Assert.Equal(new TransportChoice("sockets", 2, "auto: no ring, because a reason", IsFallback: true), choice);
        Assert.Equal("sockets", asked[^1]);
    }

    [SkippableFact]
    public void Required_ring_that_cannot_be_created_is_an_error()
    {
        Skip.If(RingProbe.Problem(1) is not null && !Requirement.RequireAll, RingProbe.Problem(1));
        Assert.Throws<RingUnavailableException>(() => TransportChoice.MakeReady<RunLoops>(
            new TransportSettings(TransportKind.IoUring, 1), 1, _ => throw new RingUnavailableException("a reason")));
    }

    [LinuxFact]
    public void Each_loop_has_ports_of_its_own_and_together_they_have_all()
    {
        var loops = Lease(new TransportChoice("sockets", 3, ""));

        var shares = loops.Select(loop => LocalPorts.TakeAll(loop.Loop.Ports.For(_target))).ToArray();

        Assert.Equal(EphemeralPorts.Read(), shares.SelectMany(ports => ports).Order());
        Assert.InRange(shares.Max(ports => ports.Count) - shares.Min(ports => ports.Count), 0, 1);
    }

    [LinuxFact]
    public void The_loops_stay_from_run_to_run_and_their_ports_are_new()
    {
        var choice = new TransportChoice("sockets", 1, "");
        var loop = Assert.Single(Lease(choice)).Loop;
        var first = loop.Ports.For(_target).Take();
        Assert.NotEqual(first, loop.Ports.For(_target).Take());

        Assert.Same(loop, Assert.Single(Lease(choice)).Loop);

        Assert.Equal(first, loop.Ports.For(_target).Take());
    }

    [SkippableTheory]
    [InlineData("io-uring")]
    [InlineData("sockets")]
    public void Runs_with_different_loop_counts_share_the_existing_loops(string kind)
    {
        Skip.If(kind == "io-uring" && RingProbe.Problem(3) is not null && !Requirement.RequireAll, RingProbe.Problem(3));
        var three = Loops(kind, 3);

        Assert.Equal(three[..1], Loops(kind, 1));
        Assert.Equal(three[..2], Loops(kind, 2));
    }

    [Fact]
    public void A_loop_that_could_not_be_made_is_tried_again()
    {
        var loops = LoopDispatchers.Of(Sys);
        Assert.Throws<RingUnavailableException>(() => loops.Get("any", _ => throw new RingUnavailableException("not now")));
        using var loop = new StubLoop(new ManualTime());
        Assert.Same(loop, loops.Get("any", _ => loop).Loop);
    }

    private IReadOnlyList<LoopDispatcher> Lease(TransportChoice choice) => new TransportFactory(Sys, TimeProvider.System).Lease(choice, targets: 1).Dispatchers;

    private TransportLoop[] Loops(string kind, int count) =>
        [.. Lease(new TransportChoice(kind, count, "")).Select(each => each.Loop)];
}
