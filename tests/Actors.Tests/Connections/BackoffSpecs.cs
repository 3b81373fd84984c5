using ActorLoad.Connections;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

public sealed class BackoffSpecs
{
    private static readonly BackoffSettings _plain = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), 2, 0);

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 200)]
    [InlineData(2, 400)]
    [InlineData(4, 1600)]
    [InlineData(5, 2000)]
    [InlineData(5000, 2000)]
    public void Backoff_grows_by_its_factor_up_to_its_maximum(int retry, int millis) =>
        Assert.Equal(TimeSpan.FromMilliseconds(millis), _plain.Delay(retry, 0.5));

    [Theory]
    [InlineData(0, 0.0, 80)]
    [InlineData(0, 0.5, 100)]
    [InlineData(0, 1.0, 120)]
    [InlineData(5, 1.0, 2000)]
    public void Jitter_spreads_the_delay_to_both_sides_but_not_above_the_maximum(int retry, double random, int millis) =>
        Assert.Equal(TimeSpan.FromMilliseconds(millis), (_plain with { Jitter = 0.2 }).Delay(retry, random));

    [Fact]
    public void Zero_delay_stays_zero_after_many_retries() =>
        Assert.Equal(TimeSpan.Zero, (_plain with { Min = TimeSpan.Zero, Jitter = 1 }).Delay(100_000, 1));

    [Property]
    public void Backoff_is_never_negative_or_above_its_maximum(NonNegativeInt retry, byte random, byte jitter, byte factor)
    {
        var backoff = _plain with { Factor = 1 + (factor / 16.0), Jitter = jitter / 255.0 };
        Assert.InRange(backoff.Delay(retry.Get, random / 255.0), TimeSpan.Zero, backoff.Max);
    }
}
