using ActorLoad.Peers.Faults;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>The whole contract of links holds on a ring whose queues are always full.</summary>
public sealed class TinyRingTransportSpecs : TransportContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => TinyRings.Create(time, reportFailure);
}

/// <summary>The contract of closing, on a ring whose queues are always full.</summary>
public sealed class TinyRingClosingSpecs : ClosingContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => TinyRings.Create(time, reportFailure);
}

/// <summary>The contract of commands that cannot be sent, on a ring whose queues are always full; and how both queues are seen to be full.</summary>
public sealed class TinyRingSendingSpecs : SendingContractSpecs
{
    private const int Links = 200;

    [SkippableFact]
    public async Task Full_queues_are_counted_and_lose_no_operation()
    {
        await using var peer = FaultPeer.Answering();
        var links = await Loop.OnLoopAsync(() => Enumerable.Range(0, Links)
            .Select(_ => Loop.Open(Owner, new LinkRequest(peer.EndPoint, Abortive, Loop.Deadline(Patience)))).ToList());
        await EachAnswersAsync<Connected>(links, answer => answer.Link);
        await Loop.OnLoopAsync(() => links.ForEach(link => link.Exchange(Write(Ping, link), Loop.Deadline(Patience))));
        await EachAnswersAsync<Received>(links, answer => answer.Link);
        await Loop.OnLoopAsync(() => links.ForEach(link => link.Receive(Loop.Deadline(Patience))));
        await Loop.OnLoopAsync(() => links.ForEach(link => link.Close())); // a cancel and a close for each, and their completions
        await HeardNothingAsync();

        var loop = (RingLoop)Loop;
        await Loop.UntilAsync(() => loop.SlotsInUse == 0);
        Assert.InRange(loop.Queues.FullQueues, Links, long.MaxValue);
        Assert.InRange(loop.Queues.Overflows, 1, long.MaxValue);
        Assert.Empty(Failures);
    }

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => TinyRings.Create(time, reportFailure);

    private async Task EachAnswersAsync<T>(List<Link> links, Func<T, Link> linkOf)
    {
        var silent = links.ToHashSet();
        for (var count = 0; count < Links; count++)
        {
            Assert.True(silent.Remove(linkOf(await Owner.ExpectMsgAsync<T>(Patience))));
        }
    }
}

/// <summary>Rings with the smallest queues that there can be: a chain must fit, and a completion queue is twice as long.</summary>
internal static class TinyRings
{
    public static RingLoop Create(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure, 2, 4);
}
