using System.Collections.Concurrent;
using ActorLoad.Actors.Tests.Transport.Uring;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;
using ActorLoad.Transport.Uring;
using Akka.Dispatch;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Model;

/// <summary>
/// Random storms against peers that misbehave at random. Each operation has exactly one answer, one that the model allows; nothing comes
/// after a close; and at the end no slot, buffer, port or descriptor is left. A failure prints the smallest storm that fails and the seed, to be
/// given to <c>Config.WithReplay</c>; who is faster, client or peer, is chance again.
/// </summary>
[Collection(nameof(Alone))]
public abstract class TransportModelSpecs
{
    private const int Cases = 40;

    // Fewer than there may be connections to one target: they are handed on, and at times there is none left.
    private const int Ports = 3;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    [SkippableFact]
    public async Task Each_operation_has_one_answer_whatever_peers_do_and_nothing_is_left()
    {
        Skip.If(Requirement.Linux.Skip is not null, Requirement.Linux.Skip);
        CreateLoop(TimeProvider.System, _ => { }).Dispose(); // skipped here, where there is no ring
        var before = OwnResources.Read("");
        await using (var silent = await FaultPeer.NotAcceptingAsync())
        {
            var property = Prop.ForAll(StormCases.Any, storm => Task.Run(() => RunAsync(storm, silent)).GetAwaiter().GetResult());
            await Task.Run(() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases), property));
        }

        await OwnResources.UntilAsync("", own => own.Sockets <= before.Sockets && own.Rings <= before.Rings && own.Bells <= before.Bells);
    }

    private protected abstract TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure);

    /// <summary>Places, with their buffers, that links have, or that the kernel has not let go of.</summary>
    private protected abstract int PlacesInUse(TransportLoop loop);

    private async Task RunAsync(StormCase storm, FaultPeer silent)
    {
        var failures = new ConcurrentQueue<Exception>();
        var clients = new ConcurrentQueue<ModelClient>();
        var time = new ManualTime();
        using var loop = CreateLoop(time, failures.Enqueue);
        loop.Ports = new SlotPorts(LocalPorts.Free(Ports), targets: 2);
        var first = 0;
        var chains = storm.Chains.Select(chain => RunAsync(chain, (first += 100) - 100, loop, time, silent, clients)).ToList();
        try
        {
            await Task.WhenAll(chains).WaitAsync(_patience);
            await loop.UntilAsync(() => PlacesInUse(loop) == 0);
        }
        catch (TimeoutException)
        {
            var places = await loop.OnLoopAsync(() => PlacesInUse(loop)).WaitAsync(_patience);
            Assert.Fail($"{places} places are in use; not closed: {string.Join('\n', clients.Where(client => !client.Closed.IsCompleted))}");
        }

        Assert.All(
            await loop.OnLoopAsync(() => clients.Select(client => client.Target).Distinct().Select(target => LocalPorts.TakeAll(loop.Ports.For(target))).ToList()),
            free => Assert.Equal(Ports, free.Count));
        Assert.Empty(clients.Select(client => client.Wrong).OfType<string>());
        Assert.Empty(failures);
    }

    private static async Task RunAsync(
        IEnumerable<ConnectionCase> chain, int first, TransportLoop loop, ManualTime time, FaultPeer silent, ConcurrentQueue<ModelClient> clients)
    {
        foreach (var (connection, index) in chain.Select((connection, index) => (connection, index)))
        {
            await using var peer = connection.Target switch
            {
                TargetKind.Listening => connection.Peer.Listen(first + index),
                TargetKind.Refusing => FaultPeer.ClosedPort(),
                _ => null,
            };
            var client = new ModelClient(first + index, connection, (peer ?? silent).EndPoint, loop, time);
            clients.Enqueue(client);
            loop.Execute(new ActionRunnable(client.Open));
            await client.Closed;
        }
    }
}

public sealed class SocketModelSpecs : TransportModelSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => new SocketLoop(time, reportFailure);

    private protected override int PlacesInUse(TransportLoop loop) => ((SocketLoop)loop).OperationsInUse;
}

public sealed class RingModelSpecs : TransportModelSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);

    private protected override int PlacesInUse(TransportLoop loop) => ((RingLoop)loop).SlotsInUse;
}

/// <summary>The same, with queues that are always full.</summary>
public sealed class TinyRingModelSpecs : TransportModelSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => TinyRings.Create(time, reportFailure);

    private protected override int PlacesInUse(TransportLoop loop) => ((RingLoop)loop).SlotsInUse;
}
