using ActorLoad.Hosting.Commands;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

public class StopSignalsSpecs
{
    private readonly SteppedTime _time = new(TimeSpan.Zero);
    private readonly List<string> _said = [];
    private readonly StopSignals _signals;

    public StopSignalsSpecs() => _signals = new StopSignals(_time, hurry: () => _said.Add("hurry"), exit: () => _said.Add("exit")) { LastWord = signal => _said.Add($"last word: {signal}") };

    [Fact]
    public void Signals_within_two_seconds_count_as_one()
    {
        Assert.False(_signals.Requested.IsCancellationRequested);
        _signals.Handle("SIGTERM");
        Assert.True(_signals.Requested.IsCancellationRequested);
        _signals.Handle("SIGHUP");
        _time.Advance(TimeSpan.FromSeconds(2));
        _signals.Handle("SIGINT");
        Assert.Equal("SIGTERM", _signals.Signal);
        Assert.Equal(["hurry"], _said);
    }

    [Fact]
    public void A_later_signal_ends_the_process_after_a_last_word()
    {
        _signals.Handle("SIGTERM");
        _time.Advance(TimeSpan.FromSeconds(2.001));
        _signals.Handle("SIGINT");
        _signals.Handle("SIGINT");
        Assert.Equal(["hurry", "last word: SIGINT", "exit"], _said);
    }

    [Fact]
    public void The_last_word_is_prepared_after_the_first_signal()
    {
        _signals.PrepareLastWord = () => _said.Add($"prepared, stop {_signals.Requested.IsCancellationRequested}");
        _signals.Handle("SIGTERM");
        _signals.Handle("SIGTERM");
        Assert.Equal(["hurry", "prepared, stop True"], _said);
    }

    [Fact]
    public void Last_word_that_takes_too_long_does_not_delay_the_exit()
    {
        using var never = new SemaphoreSlim(0);
        _signals.LastWord = _ => never.Wait();
        _signals.Handle("SIGTERM");
        _time.Advance(TimeSpan.FromSeconds(3));
        _signals.Handle("SIGTERM");
        Assert.Equal(["hurry", "exit"], _said);
        never.Release();
    }

    [Theory]
    [InlineData("0000000000000001", true)]
    [InlineData("0000000000001007", true)]
    [InlineData("0000000000001006", false)]
    [InlineData("", false)]
    public void SIGHUP_ignored_at_the_start_is_recognized(string mask, bool isIgnored) =>
        Assert.Equal(isIgnored, IgnoredSignals.HasHangUp(["Name:\tactorload", $"SigIgn:\t{mask}", "SigCgt:\t0"]));
}
