using ActorLoad.Load;
using Xunit;

namespace ActorLoad.Actors.Tests.Load;

public class EndpointTurnsSpecs
{
    private const int Drawn = 20_000;

    [Fact]
    public void Targets_in_turn_follow_each_other() =>
        Assert.Equal([0, 1, 2, 0, 1], Targets(EndpointTurns.For(EndpointOrder.InTurn, [1, 1, 1], 1, 0), 5));

    [Fact]
    public void First_target_takes_every_connection() =>
        Assert.Equal([0, 0, 0], Targets(EndpointTurns.For(EndpointOrder.First, [1, 0], 1, 0), 3));

    [Theory]
    [InlineData(EndpointOrder.Random, new[] { 1.0, 1, 1, 1 }, new[] { 0.25, 0.25, 0.25, 0.25 })]
    [InlineData(EndpointOrder.Random, new[] { 9.0, 1 }, new[] { 0.5, 0.5 })]
    [InlineData(EndpointOrder.Weighted, new[] { 3.0, 1 }, new[] { 0.75, 0.25 })]
    [InlineData(EndpointOrder.Weighted, new[] { 0.5, 1, 0.5 }, new[] { 0.25, 0.5, 0.25 })]
    [InlineData(EndpointOrder.Weighted, new[] { 7.0 }, new[] { 1.0 })]
    public void Each_target_is_drawn_as_often_as_its_weight_says(EndpointOrder order, double[] weights, double[] shares)
    {
        var drawn = Targets(EndpointTurns.For(order, weights, 1, 0), Drawn).CountBy(target => target).ToDictionary();

        Assert.Equal(shares.Length, drawn.Count);
        Assert.All(shares.Index(), share => Assert.Equal(share.Item, (double)drawn[share.Index] / Drawn, 0.015)); // four standard deviations
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(2, 0, false)]
    [InlineData(1, 1, false)]
    public void Same_seed_draws_the_same_targets_and_fleets_draw_their_own(int seed, int fleet, bool areSame)
    {
        var drawn = Targets(EndpointTurns.For(EndpointOrder.Random, [1, 1, 1], seed, fleet), 100);

        Assert.Equal(areSame, Targets(EndpointTurns.For(EndpointOrder.Random, [1, 1, 1], 1, 0), 100).SequenceEqual(drawn));
    }

    [Fact]
    public void Number_beyond_an_int_is_drawn_too() =>
        Assert.NotEqual(
            Targets(EndpointTurns.For(EndpointOrder.Random, [1, 1, 1], 1, 0), 100),
            Enumerable.Range(0, 100).Select(number => EndpointTurns.For(EndpointOrder.Random, [1, 1, 1], 1, 0).Of((1L << 32) + number)));

    private static int[] Targets(EndpointTurns turns, int count) => [.. Enumerable.Range(0, count).Select(number => turns.Of(number))];
}
