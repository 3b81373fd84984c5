using ActorLoad.Metrics;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class LoopMeterSpecs
{
    [Fact]
    public void Full_queues_are_summed_over_all_loops_since_the_run_began()
    {
        using var one = new StubLoop(new ManualTime()) { Counted = new QueueCounts(5, 70) };
        using var other = new StubLoop(new ManualTime()) { Counted = new QueueCounts(0, 0) };
        var meter = new LoopMeter([one, other]);
        meter.Start();
        (one.Counted, other.Counted) = (new QueueCounts(6, 90), new QueueCounts(2, 300));
        Assert.Equal(new QueueCounts(3, 320), meter.ReadQueues());
    }

    [Fact]
    public void Pauses_count_only_within_the_run_and_overlaps_count_once()
    {
        var time = new ManualTime();
        using var one = new StubLoop(time);
        using var other = new StubLoop(time);
        Pause(one, 3);
        var meter = new LoopMeter([one, other]);
        meter.Start();
        one.Pauses.Look(one.Now);
        time.Advance(TimeSpan.FromSeconds(1));
        other.Pauses.Look(other.Now);
        time.Advance(TimeSpan.FromSeconds(1));
        one.Pauses.Look(one.Now);
        time.Advance(TimeSpan.FromSeconds(2));
        other.Pauses.Look(other.Now);
        one.Pauses.Rest();
        time.Advance(TimeSpan.FromSeconds(1));
        one.Pauses.Look(one.Now);
        Pause(one, 0.5);

        Assert.Equal([new LoopPause(0, 4), new LoopPause(5, 0.5)], meter.ReadPauses());

        void Pause(StubLoop loop, double seconds)
        {
            loop.Pauses.Look(loop.Now);
            time.Advance(TimeSpan.FromSeconds(seconds));
            loop.Pauses.Look(loop.Now);
            loop.Pauses.Rest();
        }
    }

    [Fact]
    public void Loops_without_queues_report_no_full_queues()
    {
        using var loop = new StubLoop(new ManualTime());
        var meter = new LoopMeter([loop]);
        meter.Start();
        Assert.Null(meter.ReadQueues());
    }
}
