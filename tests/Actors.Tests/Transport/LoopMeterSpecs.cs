using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class LoopMeterSpecs
{
    [Fact]
    public void Full_queues_are_those_of_all_loops_since_the_run_began()
    {
        using var one = new StubLoop(new ManualTime()) { Counted = new QueueCounts(5, 70) };
        using var other = new StubLoop(new ManualTime()) { Counted = new QueueCounts(0, 0) };
        var meter = new LoopMeter([one, other]);
        meter.Start();
        (one.Counted, other.Counted) = (new QueueCounts(6, 90), new QueueCounts(2, 300));
        Assert.Equal(new QueueCounts(3, 320), meter.ReadQueues());
    }

    [Fact]
    public void Loops_without_queues_have_none_that_could_be_full()
    {
        using var loop = new StubLoop(new ManualTime());
        var meter = new LoopMeter([loop]);
        meter.Start();
        Assert.Null(meter.ReadQueues());
    }
}
