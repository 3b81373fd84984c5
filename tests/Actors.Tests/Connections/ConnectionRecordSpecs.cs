using ActorLoad.Connections;
using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

public sealed class ConnectionRecordSpecs
{
    private static readonly FailureRule _rule = new(
        FailureDirective.Restart, 3, TimeSpan.FromSeconds(10), new BackoffSettings(TimeSpan.Zero, TimeSpan.Zero, 1, 0));

    private readonly ConnectionRecord _entry = new(Given.Share(), 0, 0);

    [Fact]
    public void Retries_are_used_up_one_by_one() => Assert.Equal([0, 1, 2, null, null], Retry(Outcome.Refused, false, false, false, false, false));

    [Fact]
    public void Connection_that_recovers_each_time_still_uses_up_its_retries() =>
        Assert.Equal([0, 0, 0, null, null], Retry(Outcome.PeerClosed, true, true, true, true, true));

    [Fact]
    public void Backoff_begins_again_after_a_recovery() => Assert.Equal([0, 1, 0, null], Retry(Outcome.Refused, false, false, true, false));

    [Fact]
    public void Backoff_of_every_cause_begins_again_after_a_recovery()
    {
        Assert.Equal([0, 1], Retry(Outcome.Refused, false, false));
        Assert.Equal([0], Retry(Outcome.PeerClosed, true));
        Assert.Equal([0, null], Retry(Outcome.Refused, false, false));
    }

    [Fact]
    public void Each_cause_has_retries_of_its_own()
    {
        Assert.Equal([0, 1, 2, null], Retry(Outcome.Refused, false, false, false, false));
        Assert.Equal([0, 1, 2, null], Retry(Outcome.Reset, false, false, false, false));
        Assert.Equal([null], Retry(Outcome.Refused, false));
    }

    [Fact]
    public void Zero_retries_allow_no_retry()
    {
        Assert.False(_entry.TryRetry(Outcome.Reset, _rule with { MaxRetries = 0 }, hasRecovered: true, out var inRow));
        Assert.Equal(0, inRow);
    }

    /// <summary>For each failure, after a recovery or not: which backoff is next, or null when no retry was left.</summary>
    private IEnumerable<int?> Retry(Outcome cause, params bool[] recoveries) =>
        [.. recoveries.Select(hasRecovered => _entry.TryRetry(cause, _rule, hasRecovered, out var inRow) ? inRow : (int?)null)];
}
