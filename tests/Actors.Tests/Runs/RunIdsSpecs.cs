using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

public class RunIdsSpecs
{
    [Fact]
    public void An_id_begins_with_its_time_in_utc_and_is_valid()
    {
        var id = RunIds.New(new FixedTime(new DateTimeOffset(2026, 11, 22, 23, 59, 35, TimeSpan.FromHours(1))));

        Assert.StartsWith("20261122-225935-", id, StringComparison.Ordinal);
        Assert.True(RunIds.IsValid(id), id);
    }

    [Fact]
    public void Two_ids_of_one_second_differ()
    {
        var time = new FixedTime(DateTimeOffset.UnixEpoch);

        // Of 16 million suffixes two may be the same, once in thousands of test runs; eleven may not.
        Assert.InRange(Enumerable.Range(0, 100).Select(_ => RunIds.New(time)).Distinct().Count(), 90, 100);
    }

    [Fact]
    public void Ids_sort_by_their_time()
    {
        var ids = Enumerable.Range(0, 20).Select(day => RunIds.New(new FixedTime(DateTimeOffset.UnixEpoch.AddDays(day * 13)))).ToArray();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20261122-225935-4f2a9")]
    [InlineData("20261122-225935-4f2a9cc")]
    [InlineData("20261122_225935_4f2a9c")]
    [InlineData("20261122-225935-4F2A9C")]
    [InlineData("20261122-225935-4g2a9c")]
    [InlineData("2026112a-225935-4f2a9c")]
    [InlineData("../../etc/passwd/ab-cd")]
    [InlineData("20261122-225935-../../")]
    [InlineData("٢٠٢٦١١٢٢-225935-4f2a9c")]
    public void Malformed_run_id_is_not_valid(string id) => Assert.False(RunIds.IsValid(id));

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now.ToUniversalTime();
    }
}
