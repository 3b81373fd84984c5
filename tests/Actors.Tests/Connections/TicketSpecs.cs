using ActorLoad.Connections;
using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

public sealed class TicketSpecs
{
    private static readonly FailureRule _rule = new(
        FailureDirective.Restart, 2, TimeSpan.Zero, new BackoffSettings(TimeSpan.Zero, TimeSpan.Zero, 1, 0));

    private readonly Ticket _ticket = new(new BurstShare(0, 1), 0, 0);

    [Fact]
    public void Retries_are_used_up_one_by_one() => Assert.Equal([0, 1, null, null], Retry(Outcome.Refused, 0, 1, 2, 3, 4));

    [Fact]
    public void Without_a_window_they_count_over_the_whole_life() =>
        Assert.Equal([0, 1, null], Retry(Outcome.Refused, 0, 1, 1000, long.MaxValue));

    [Fact]
    public void After_the_window_they_are_there_again_and_the_backoff_begins_anew() =>
        Assert.Equal([0, 1, null, null, 0, 1, null], Retry(
            Outcome.Refused, 100, 1, 2, 3, 101, 102, 103, 202));

    [Fact]
    public void Each_cause_has_retries_of_its_own()
    {
        Assert.Equal([0, 1, null], Retry(Outcome.Refused, 0, 1, 1, 1));
        Assert.Equal([0, 1, null], Retry(Outcome.Reset, 0, 1, 1, 1));
        Assert.Equal([null], Retry(Outcome.Refused, 0, 1));
    }

    [Fact]
    public void No_retries_are_none()
    {
        Assert.False(_ticket.TryRetry(Outcome.Reset, _rule with { MaxRetries = 0 }, 1, 0, out var used));
        Assert.Equal(0, used);
    }

    /// <summary>For each time: how many were used before, or null when there was none left.</summary>
    private IEnumerable<int?> Retry(Outcome cause, long window, params long[] times) =>
        [.. times.Select(at => _ticket.TryRetry(cause, _rule, at, window, out var used) ? used : (int?)null)];
}
