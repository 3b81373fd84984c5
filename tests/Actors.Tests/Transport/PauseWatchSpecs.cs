using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class PauseWatchSpecs
{
    private const long Second = 1_000;

    private readonly PauseWatch _watch = new(Second);

    [Fact]
    public void What_a_loop_slept_is_no_pause_and_what_is_beyond_it_is_one()
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
    public void Loop_without_anything_open_or_due_may_sleep_for_ever()
    {
        _watch.Look(1_000);
        _watch.Rest();
        _watch.Look(90_000);
        _watch.Look(90_010);
        Assert.Empty(_watch.Since(0));
    }

    [Fact]
    public void Loop_that_wakes_early_owes_nothing()
    {
        _watch.Look(1_000);
        _watch.Sleep(5_000);
        _watch.Look(1_001);
        _watch.Look(1_150);
        Assert.Equal([(1_001, 1_150)], _watch.Since(0));
    }

    [Fact]
    public void Pauses_of_an_earlier_run_are_not_told()
    {
        _watch.Look(1_000);
        _watch.Look(2_000);
        _watch.Look(4_000);
        Assert.Equal([(2_500, 4_000)], _watch.Since(2_500));

        _watch.ForgetBefore(2_500);
        Assert.Equal([(2_000, 4_000)], _watch.Since(0));
    }
}
