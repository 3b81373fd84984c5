using System.Net;
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
    public void Sockets_are_taken_where_they_are_asked_for()
    {
        Assert.Equal(new TransportChoice("sockets", 3, "as configured"), TransportChoice.Make(new TransportSettings(TransportKind.Sockets, 3)));
    }

    [Fact]
    public void Auto_is_one_loop() => Assert.Equal(1, TransportChoice.Make(new TransportSettings(TransportKind.Auto, null)).Loops);

    [Fact]
    public void Auto_takes_sockets_when_the_rings_cannot_be_made_although_the_kernel_knows_them()
    {
        var asked = new List<string>();

        var (choice, loops) = TransportChoice.MakeReady(new TransportSettings(TransportKind.Auto, 2), each =>
        {
            asked.Add(each.Kind);
            return asked.Count == 1 ? throw new RingUnavailableException("a reason") : [];
        });

        Assert.Equal(new TransportChoice("sockets", 2, "auto: no ring, because a reason"), choice);
        Assert.Equal("sockets", asked[^1]);
        Assert.Empty(loops);
    }

    [SkippableFact]
    public void A_ring_that_is_insisted_on_and_cannot_be_made_is_an_error()
    {
        Skip.If(RingProbe.Problem(1) is not null && !Requirement.RequireAll, RingProbe.Problem(1));
        Assert.Throws<RingUnavailableException>(() => TransportChoice.MakeReady(
            new TransportSettings(TransportKind.IoUring, 1), _ => throw new RingUnavailableException("a reason")));
    }

    [LinuxFact]
    public void Each_loop_has_ports_of_its_own_and_together_they_have_all()
    {
        var loops = new TransportChoice("sockets", 3, "").Dispatchers(Sys);

        var shares = loops.Select(loop => TakeAll(loop.Loop.Ports)).ToArray();

        Assert.Equal(EphemeralPorts.Read(), shares.SelectMany(ports => ports).Order());
        Assert.InRange(shares.Max(ports => ports.Count) - shares.Min(ports => ports.Count), 0, 1);
    }

    [LinuxFact]
    public void The_loops_stay_from_run_to_run_and_their_ports_are_new()
    {
        var choice = new TransportChoice("sockets", 1, "");
        var loop = Assert.Single(choice.Dispatchers(Sys)).Loop;
        var first = loop.Ports.For(_target).Take();
        Assert.NotEqual(first, loop.Ports.For(_target).Take());

        Assert.Same(loop, Assert.Single(choice.Dispatchers(Sys)).Loop);

        Assert.Equal(first, loop.Ports.For(_target).Take());
    }

    [Fact]
    public void A_loop_that_could_not_be_made_is_tried_again()
    {
        var loops = LoopDispatchers.Of(Sys);
        Assert.Throws<RingUnavailableException>(() => loops.Get("any", () => throw new RingUnavailableException("not now")));
        using var loop = new StubLoop(new ManualTime());
        Assert.Same(loop, loops.Get("any", () => loop).Loop);
    }

    private static List<int> TakeAll(SlotPorts ports)
    {
        var taken = new List<int>();
        while (ports.For(_target).Take() is var port and not TargetPorts.KernelsChoice)
        {
            taken.Add(port);
        }

        return taken;
    }
}
