using ActorLoad.Observers.Bystanders;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

public class RecoveryWatchSpecs
{
    private const long End = 1_000;
    private const long Window = 100;
    private const long Limit = 50;

    // One PING is due each 10 ticks, the first one when the storm ends; a letter for each: . in the band, x above it, - never answered.
    [Theory]
    [InlineData("..........", 0L)]
    [InlineData("x..........", 1L)]
    [InlineData("xxx..........", 21L)]
    [InlineData("xx-..........", 21L)]
    [InlineData("...x..........", 31L)]
    [InlineData("..........xxxxx", 0L)]
    [InlineData(".........x.........x..........", 191L)]
    [InlineData(".........", null)]
    [InlineData("xxxxxxxxxxxxxxxxxxxx", null)]
    [InlineData("------------------------------", null)]
    [InlineData("x.........", null)]
    [InlineData("", null)]
    public void Recovery_begins_at_the_first_window_with_its_p99_in_the_band(string pings, long? after)
    {
        var watch = Watch();
        Add(watch, pings);
        watch.Judge(End + (10 * pings.Length));
        Assert.Equal(End + after, watch.RecoveredAt);
    }

    [Fact]
    public void One_slow_PING_in_a_hundred_is_in_the_band_and_two_are_not()
    {
        Assert.Equal(End, OfHundred(slow: 1).RecoveredAt);
        Assert.NotEqual(End, OfHundred(slow: 2).RecoveredAt);

        static RecoveryWatch OfHundred(int slow)
        {
            var watch = Watch();
            for (var due = 0; due < Window; due++)
            {
                watch.Add(End + due, due < slow ? Limit + 1 : Limit);
            }

            watch.Judge(End + Window);
            return watch;
        }
    }

    [Fact]
    public void PINGs_due_before_the_end_are_ignored()
    {
        var watch = Watch();
        watch.Add(End - 1, null);
        Add(watch, "..........");
        watch.Judge(End + Window);
        Assert.Equal(End, watch.RecoveredAt);
    }

    [Fact]
    public void Window_is_judged_only_when_all_PINGs_due_in_it_are_known()
    {
        var watch = Watch();
        Add(watch, "..........");
        watch.Judge(End + Window - 1);
        Assert.Null(watch.RecoveredAt);
        watch.Add(End + 95, null); // came late to light
        watch.Judge(End + Window);
        Assert.Null(watch.RecoveredAt);
    }

    [Fact]
    public void Window_without_PINGs_is_not_a_recovery()
    {
        var watch = Watch();
        watch.Judge(End + (10 * Window));
        Assert.Null(watch.RecoveredAt);
        watch.Add(End + 500, Limit);
        watch.Judge(End + 500 + Window);
        Assert.Equal(End + 500, watch.RecoveredAt);
    }

    [Property]
    public Property It_is_the_same_in_whatever_order_and_steps_it_is_told(bool[] within, int seed) =>
        (InOrder(within) == Shuffled(within, seed)).Label($"{InOrder(within)} {Shuffled(within, seed)}");

    private static RecoveryWatch Watch() => new(End, Window, Limit);

    private static void Add(RecoveryWatch watch, string pings)
    {
        for (var index = 0; index < pings.Length; index++)
        {
            watch.Add(End + (10 * index), pings[index] switch { '.' => Limit, 'x' => Limit + 1, _ => null });
        }
    }

    private static long? InOrder(bool[] within)
    {
        var watch = Watch();
        for (var index = 0; index < within.Length; index++)
        {
            watch.Add(End + (10 * index), within[index] ? Limit : null);
            watch.Judge(End + (10 * (index + 1)));
        }

        return watch.RecoveredAt;
    }

    private static long? Shuffled(bool[] within, int seed)
    {
        var watch = Watch();
        var order = Enumerable.Range(0, within.Length).ToArray();
        new Random(seed).Shuffle(order);
        foreach (var index in order)
        {
            watch.Add(End + (10 * index), within[index] ? Limit : null);
        }

        watch.Judge(End + (10 * within.Length));
        return watch.RecoveredAt;
    }
}
