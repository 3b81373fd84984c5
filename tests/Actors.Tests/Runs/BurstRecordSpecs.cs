using ActorLoad.Runs;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Runs;

public class BurstRecordSpecs
{
    private static readonly TimeSpan Due = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_burst_is_complete_when_every_lane_has_reported()
    {
        var book = new BurstRecord(3, "storm", Due, lanes: 2);
        Assert.False(book.IsComplete);
        book.Add(Share(lane: 0));
        Assert.False(book.IsComplete);
        book.Add(Share(lane: 1));
        Assert.True(book.IsComplete);
    }

    [Fact]
    public void The_result_adds_up_the_shares_and_spans_from_the_first_start_to_the_last_end()
    {
        var book = new BurstRecord(3, "storm", Due, lanes: 2);
        book.Add(new BurstShareEnded(0, 3, 10, 8, 5, 2, 1, Due + Micros(300), Due + Micros(900), Due + Micros(40_000), false));
        book.Add(new BurstShareEnded(1, 3, 9, 9, 9, 0, 0, Due + Micros(120), Due + Micros(700), Due + Micros(2_000_000), false));

        var result = book.ToResult();

        Assert.Equal((3, "storm", 10.0), (result.Index, result.Phase, result.DueAt));
        Assert.Equal((19, 17, 2), (result.Planned, result.Opened, result.Dropped));
        Assert.Equal((14, 2, 1), (result.Succeeded, result.Failed, result.Cancelled));
        Assert.Equal((120, 780), (result.StartLagMicros, result.StartSkewMicros));
        Assert.Equal(2.0, result.DurationSeconds);
        Assert.Equal(Due + Micros(2_000_000), book.EndedAt);
    }

    [Fact]
    public void Lane_without_a_start_is_left_out_of_the_skew()
    {
        var book = new BurstRecord(0, "storm", Due, lanes: 2);
        book.Add(new BurstShareEnded(0, 0, 1, 1, 1, 0, 0, Due + Micros(50), Due + Micros(60), Due + Micros(90), false));
        book.Add(new BurstShareEnded(1, 0, 0, 0, 0, 0, 0, null, null, Due, true));

        Assert.Equal((50, 10), (book.ToResult().StartLagMicros, book.ToResult().StartSkewMicros));
    }

    [Fact]
    public void Burst_with_all_connections_dropped_has_a_result_without_lag()
    {
        var book = new BurstRecord(0, "storm", Due, lanes: 1);
        book.Add(new BurstShareEnded(0, 0, 7, 0, 0, 0, 0, null, null, Due, true));

        Assert.True(book.HasBegun);
        Assert.Equal((7, 0, 7, 0, 0), (
            book.ToResult().Planned, book.ToResult().Opened, book.ToResult().Dropped, book.ToResult().StartLagMicros, book.ToResult().StartSkewMicros));
        Assert.False(book.NeverReached, "nobody tried");
    }

    [Fact]
    public void A_burst_that_was_stopped_before_it_was_due_has_not_begun()
    {
        var book = new BurstRecord(0, "storm", Due, lanes: 2);
        book.Add(new BurstShareEnded(0, 0, 0, 0, 0, 0, 0, null, null, TimeSpan.Zero, true));
        Assert.False(book.HasBegun);
        book.Add(Share(lane: 1));
        Assert.True(book.HasBegun);
    }

    [Theory]
    [InlineData(true, true, 5, true)]
    [InlineData(true, false, 5, false)]
    [InlineData(false, false, 5, false)]
    [InlineData(true, true, 0, false)] // cancelled, all of them: that says nothing of the target
    public void The_target_was_never_reached_if_no_lane_reached_it_and_some_connection_failed(bool first, bool second, int failed, bool expected)
    {
        var book = new BurstRecord(0, "storm", Due, lanes: 2);
        book.Add(Share(0) with { Succeeded = 0, Failed = failed, Cancelled = 5 - failed, NeverReached = first });
        book.Add(Share(1) with { Planned = 0, Opened = 0, Succeeded = 0, NeverReached = second });

        Assert.Equal(expected, book.NeverReached);
    }

    private static BurstShareEnded Share(int lane) => new(lane, 3, 5, 5, 5, 0, 0, Due, Due, Due, false);

    private static TimeSpan Micros(int micros) => TimeSpan.FromMicroseconds(micros);
}
