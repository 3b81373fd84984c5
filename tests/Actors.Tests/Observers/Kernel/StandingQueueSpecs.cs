using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

public class StandingQueueSpecs
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Queue_that_never_shrinks_counts_as_standing()
    {
        var start = _time.GetTimestamp();
        var queue = new StandingQueue(_time);
        Look(queue, 0, 5, 0, 100, 100, 200, 511, 512, 512, 3, 0, 7, 9);

        Assert.Equal(new ObserverWait(0.15, 0.25), queue.Longest(start));
    }

    [Fact]
    public void Queue_that_is_emptied_at_times_does_not_count_as_standing()
    {
        var queue = new StandingQueue(_time);
        Look(queue, 10, 9, 12, 11, 30, 2, 0);

        Assert.True(queue.Longest(0)!.Seconds <= 0.05);
    }

    [Fact]
    public void Time_between_two_distant_looks_does_not_count_as_standing()
    {
        var start = _time.GetTimestamp();
        var queue = new StandingQueue(_time);
        queue.Look(5);
        _time.Advance(TimeSpan.FromSeconds(3)); // we stood still ourselves
        queue.Look(9);

        Assert.Null(queue.Longest(start));
    }

    private void Look(StandingQueue queue, params int[] lengths)
    {
        foreach (var length in lengths)
        {
            queue.Look(length);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }
}
