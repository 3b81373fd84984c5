using ActorLoad.Metrics;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public class TimingsSpecs
{
    private const long Nanoseconds = 1_000_000_000;

    [Fact]
    public void Success_has_a_duration_for_each_step_it_completed()
    {
        var timings = new Timings { Due = 1_000_000 };
        timings.BeginAttempt(1_010_000);
        timings.Connected = 1_050_000;
        timings.FirstReply = 1_150_000;
        timings.LastReply = 1_450_000;
        timings.Ended = 9_000_000;

        Assert.Equal(
            [10L, 40L, null, null, 100L, 400L, 450L, null, null, null], Steps.All.Select(step => timings.Micros(step, Outcome.Succeeded, Nanoseconds)));
    }

    [Fact]
    public void Replies_are_measured_from_the_end_of_the_setup()
    {
        var timings = new Timings { Due = 1_000 };
        timings.BeginAttempt(1_000);
        (timings.Connected, timings.SetupSent, timings.SetupDone, timings.FirstReply, timings.LastReply) = (2_000, 3_000, 5_000, 12_000, 13_000);

        Assert.Equal([0L, 1L, null, 2L, 7L, 8L, 12L, null, null, null], Steps.All.Select(step => timings.Micros(step, Outcome.Succeeded, Nanoseconds)));
    }

    [Fact]
    public void Wait_in_our_own_loop_is_neither_in_connect_nor_in_first_reply()
    {
        var timings = new Timings { Due = 1_000 };
        timings.BeginAttempt(2_000);
        (timings.SynSent, timings.Connected) = (10_000, 30_000);
        (timings.FirstSent, timings.FirstReply, timings.LastReply) = (90_000, 97_000, 99_000);

        Assert.Equal(20, timings.Micros(Step.Connect, Outcome.Succeeded, Nanoseconds));
        Assert.Equal(7, timings.Micros(Step.FirstReply, Outcome.Succeeded, Nanoseconds));
        Assert.Equal(69, timings.Micros(Step.Script, Outcome.Succeeded, Nanoseconds));
        Assert.Equal(98, timings.Micros(Step.Total, Outcome.Succeeded, Nanoseconds));
    }

    [Fact]
    public void Hold_is_left_out_of_the_total_of_a_cut_connection()
    {
        var timings = new Timings { Due = 1_000 };
        timings.BeginAttempt(1_000);
        (timings.Connected, timings.LastReply, timings.HoldStarted) = (2_000, 5_000, 5_000);
        timings.EndHold(9_000_000, out var wasHolding);
        Assert.True(wasHolding);

        timings.BeginAttempt(9_100_000);
        timings.EndHold(9_200_000, out wasHolding);
        Assert.False(wasHolding);
        timings.Ended = 9_200_000;

        Assert.Equal(4 + 200, timings.Micros(Step.Total, Outcome.Refused, Nanoseconds));
    }

    [Fact]
    public void Start_lag_is_of_the_first_attempt_and_connect_time_of_the_last()
    {
        var timings = new Timings { Due = 1_000 };
        timings.BeginAttempt(3_000);
        (timings.Connected, timings.FirstReply) = (4_000, 5_000);
        timings.BeginAttempt(100_000);

        Assert.Null(timings.Micros(Step.Connect, Outcome.Reset, Nanoseconds));
        Assert.Null(timings.Micros(Step.FirstReply, Outcome.Reset, Nanoseconds));

        timings.Connected = 107_000;
        Assert.Equal(2, timings.Micros(Step.StartLag, Outcome.Succeeded, Nanoseconds));
        Assert.Equal(7, timings.Micros(Step.Connect, Outcome.Succeeded, Nanoseconds));
    }

    [Fact]
    public void Total_of_a_success_without_commands_ends_at_its_connect()
    {
        var timings = new Timings { Due = 1_000 };
        timings.BeginAttempt(1_000);
        (timings.Connected, timings.Ended) = (21_000, 900_000);

        Assert.Equal(20, timings.Micros(Step.Total, Outcome.Succeeded, Nanoseconds));
    }

    [Fact]
    public void Failed_connection_keeps_its_end_time_and_the_steps_it_completed()
    {
        var timings = new Timings { Due = 1_000 };
        timings.BeginAttempt(2_000);
        (timings.Connected, timings.Ended) = (4_000, 31_000);

        Assert.Equal([1L, 2L, null, null, null, null, 30L, null, null, null], Steps.All.Select(step => timings.Micros(step, Outcome.ReplyTimeout, Nanoseconds)));
    }

    [Fact]
    public void Connection_that_never_started_has_only_an_end_time() =>
        Assert.Equal(
            [null, null, null, null, null, null, 4L, null, null, null],
            Steps.All.Select(step => new Timings { Due = 1_000, Ended = 5_000 }.Micros(step, Outcome.Refused, Nanoseconds)));

    [Fact]
    public void A_clock_that_goes_back_makes_no_negative_time()
    {
        var timings = new Timings { Due = 5_000_000 };
        timings.BeginAttempt(1_000_000);

        Assert.Equal(0, timings.Micros(Step.StartLag, Outcome.Succeeded, Nanoseconds));
    }

    [Property]
    public bool Microseconds_are_exact_at_any_frequency_and_length(
        FsCheck.DoNotSize<uint> seconds, FsCheck.DoNotSize<uint> ticks, byte which)
    {
        long[] frequencies = [1_000, 10_000_000, 24_000_000, Nanoseconds];
        var frequency = frequencies[which % frequencies.Length];
        var length = (seconds.Item % 1_000_000 * frequency) + (ticks.Item % frequency);
        var timings = new Timings { Due = 7, Ended = 7 + length };

        return timings.Micros(Step.Total, Outcome.Reset, frequency) == (long)((Int128)length * 1_000_000 / frequency);
    }

    [Fact]
    public void Steps_are_found_by_their_names()
    {
        Assert.Equal(["start-lag", "connect", "tls", "setup", "first-reply", "script", "total", "recovery", "close", "loop-lag"], Steps.All.Select(Steps.Name));
        Assert.All(Steps.All, step => Assert.True(Steps.TryParse(step.Name(), out var found) && found == step));
        Assert.False(Steps.TryParse("Connect", out _));
    }
}
