using ActorLoad.Peers.Faults;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>The kernel says that it has more, and has not: it sets its flag after the work has been queued, which may have been done by then.</summary>
public sealed class StaleFlagSpecs : TransportSpecs
{
    private RingLoop Ring => (RingLoop)Loop;

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);

    [SkippableTheory]
    [InlineData(Kernel.IORING_SQ_TASKRUN)]
    [InlineData(Kernel.IORING_SQ_CQ_OVERFLOW)]
    public async Task Stale_flag_delays_no_timer_and_no_deadline(uint flag)
    {
        await using var peer = FaultPeer.Hanging();
        var link = await ConnectAsync(peer);

        await Loop.OnLoopAsync(() =>
        {
            link.Receive(Loop.Deadline(Briefly));
            Loop.Schedule(Loop.Now + Loop.ToTicks(Briefly), Owner, "due");
            Ring.Ring.Flags |= flag;
        });

        var heard = await Owner.ReceiveNAsync(2, Patience).ToListAsync();
        Assert.Contains("due", heard);
        Assert.Equal(LinkFault.TimedOut, Assert.Single(heard.OfType<LinkFailed>()).Fault);
    }
}
