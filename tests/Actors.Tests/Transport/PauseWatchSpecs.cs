using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class PauseWatchSpecs
{
    private const long Second = 1_000;

    private readonly PauseWatch _watch = new(Second);

    [Fact]
    public void Time_beyond_the_planned_sleep_is_a_pause()
    {
        _watch.Look(1_000);
        _watch.Sleep(50);
        _watch.Look(1_050);
        _watch.Sleep(50);
        _watch.Look(3_100);
        Assert.Equal([(1_100, 3_100)], _watch.Since(0));
    }

    [Fact]
    public void Work_that_holds_the_loop_is_a_pause()
    {
        _watch.Look(1_000);
        _watch.Look(1_099);
        Assert.Empty(_watch.Since(0));

        _watch.Look(1_700);
        Assert.Equal([(1_099, 1_700)], _watch.Since(0));
    }

    [Fact]
    public void Idle_loop_may_sleep_without_a_pause()
    {
        _watch.Look(1_000);
        _watch.Rest();
        _watch.Look(90_000);
        _watch.Look(90_010);
        Assert.Empty(_watch.Since(0));
    }

    [Fact]
    public void Early_wake_up_does_not_hide_a_later_pause()
    {
        _watch.Look(1_000);
        _watch.Sleep(5_000);
        _watch.Look(1_001);
        _watch.Look(1_150);
        Assert.Equal([(1_001, 1_150)], _watch.Since(0));
    }

    [Fact]
    public void Pauses_of_an_earlier_run_are_not_reported()
    {
        _watch.Look(1_000);
        _watch.Look(2_000);
        _watch.Look(4_000);
        Assert.Equal([(2_500, 4_000)], _watch.Since(2_500));

        _watch.ForgetBefore(2_500);
        Assert.Equal([(2_000, 4_000)], _watch.Since(0));
    }
}
