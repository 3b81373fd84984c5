using System.Net;
using ActorLoad.Peers.Faults;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Akka.Actor;
using Akka.Configuration;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>Loops come and go, and nothing of them stays. Alone, as it counts what the whole process holds.</summary>
[Collection(nameof(Alone))]
public sealed class RingLeakSpecs : TransportSpecs
{
    private const string Name = "leak-spec";

    // The kernel keeps 15 bytes of actorload-uring-0.
    private const string SystemsLoop = "actorload-uring";

    private const int Megabyte = 1 << 20;

    // A buffer that is lost must show among all that .NET does with its memory.
    private static readonly SocketSettings _large = Abortive with { ReceiveBuffer = Megabyte / 4 };

    private static readonly Config _plain = ConfigurationFactory.ParseString(
        """
        akka { loggers = [], loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown.run-by-clr-shutdown-hook = off }
        """).WithFallback(ConfigurationFactory.Default());

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);

    [SkippableFact]
    public async Task A_thousand_loops_that_start_and_stop_leave_nothing_behind()
    {
        Rings.SkipIfNone();
        await using var peer = FaultPeer.Hanging();
        await using var full = await FaultPeer.NotAcceptingAsync();
        await LeavesNothingAsync(Name, 1_000, count => StartAndStopAsync(count, peer.EndPoint, full.EndPoint));
        Assert.Empty(Failures);
    }

    [SkippableFact]
    public async Task Two_hundred_actor_systems_with_a_ring_that_start_and_stop_leave_nothing()
    {
        Rings.SkipIfNone();
        await using var peer = FaultPeer.Hanging();
        await LeavesNothingAsync(SystemsLoop, 200, async count =>
        {
            for (var number = 0; number < count; number++)
            {
                await StartAndStopSystemAsync(peer.EndPoint, loops: 1);
            }
        });
    }

    [SkippableFact]
    public async Task End_of_an_actor_system_includes_the_end_of_its_loops()
    {
        Rings.SkipIfNone();
        await using var peer = FaultPeer.Hanging();
        var before = OwnResources.Read(Name);
        for (var count = 0; count < 10; count++)
        {
            await StartAndStopSystemAsync(peer.EndPoint, loops: 2);
            var after = OwnResources.Read(Name);
            Assert.Equal((before.Rings, before.RingMappings, before.Bells), (after.Rings, after.RingMappings, after.Bells));
        }

        await OwnResources.UntilAsync(Name, own => own.Sockets <= before.Sockets);
    }

    private static async Task LeavesNothingAsync(string loopName, int times, Func<int, Task> startAndStop)
    {
        await startAndStop(50); // what comes once and stays: code, pools, arenas
        var before = await OwnResources.UntilAsync(loopName, own => own.LoopThreads == 0);

        await startAndStop(times);
        var after = OwnResources.Read(loopName);
        Assert.Equal((before.Rings, before.RingMappings, before.Bells), (after.Rings, after.RingMappings, after.Bells));
        await OwnResources.UntilAsync(loopName, own =>
            own.LoopThreads == 0 && own.Threads <= before.Threads && own.Sockets <= before.Sockets
            && own.Allocated <= before.Allocated + Megabyte && own.Managed <= before.Managed + Megabyte);
    }

    private static async Task StartAndStopSystemAsync(IPEndPoint target, int loops)
    {
        var system = ActorSystem.Create(Name, _plain);
        var dispatchers = new TransportFactory(system, TimeProvider.System).Lease(new TransportChoice(RingTransport.Name, loops, ""), targets: 1).Dispatchers;
        Assert.Throws<RingUnavailableException>(() => LoopDispatchers.Of(system).Get("none", _ => throw new RingUnavailableException("on purpose")));
        var opener = system.ActorOf(Props.Create<Opener>(dispatchers[^1].Loop, target).WithDispatcher(dispatchers[^1].DispatcherId));
        await opener.Ask<Connected>("open", Patience);
        Assert.True(OwnResources.LoopThreadsOf(SystemsLoop) >= loops, "loops have another name, and nobody would see one that stays");
        await system.Terminate();
    }

    private async Task StartAndStopAsync(int loops, IPEndPoint hanging, IPEndPoint full)
    {
        for (var count = 0; count < loops; count++)
        {
            using var loop = new RingLoop(Name, TimeProvider.System, Failures.Enqueue);
            if (count % 2 == 0)
            {
                await loop.OnLoopAsync(() =>
                {
                    loop.Open(ActorRefs.Nobody, new LinkRequest(full, Abortive, loop.Deadline(Patience)));
                    loop.Open(Owner, new LinkRequest(hanging, _large, loop.Deadline(Patience)));
                });
                var link = (await Owner.ExpectMsgAsync<Connected>(Patience)).Link;
                await loop.OnLoopAsync(() => link.Receive(loop.Deadline(Patience)));
            }
        }
    }

    private sealed class Opener(TransportLoop loop, IPEndPoint target) : UntypedActor
    {
        private IActorRef _asker = ActorRefs.Nobody;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "open": HandleOpen(); break;
                case Connected: _asker.Tell(message); break;
                default: Unhandled(message); break;
            }
        }

        private void HandleOpen()
        {
            _asker = Sender;
            loop.Open(Self, new LinkRequest(target, Abortive, loop.Deadline(Patience)));
        }
    }
}

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
