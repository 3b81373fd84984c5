using ActorLoad.Connections;
using FsCheck;
using FsCheck.Xunit;
using Xunit;
using Outcome = ActorLoad.Metrics.Outcome;

namespace ActorLoad.Actors.Tests.Connections;

public sealed class BreakerSpecs
{
    private const long Window = 1000;

    private static readonly BreakerSettings _settings = new(true, 0.9, TimeSpan.FromSeconds(5), 10);

    /// <summary>R refused, s succeeded, l local-exhausted, c cancelled, x crashed, each at its own tick; then whether it trips.</summary>
    [Theory]
    [InlineData("RRRRRRRRR", false)]
    [InlineData("RRRRRRRRRR", true)]
    [InlineData("sRRRRRRRRR", true)]
    [InlineData("ssRRRRRRRR", false)]
    [InlineData("RRRRRRRRRs", false)]
    [InlineData("RRRRRRRRRsR", true)]
    [InlineData("ssssssssssssssssssssR", false)]
    [InlineData("lllllllllllll", false)]
    [InlineData("ccccccccccccc", false)]
    [InlineData("xxxxxxxxxxxxx", false)]
    [InlineData("lRcRxRRRRRRRR", true)]
    public void It_trips_when_enough_of_enough_attempts_failed(string attempts, bool trips)
    {
        var breaker = new Breaker(_settings, Window);
        var tripped = attempts.Select((attempt, at) => breaker.Record(Of(attempt), at)).ToList();
        Assert.Equal(trips, breaker.IsTripped);
        Assert.Equal(trips ? 1 : 0, tripped.Count(did => did));
    }

    [Fact]
    public void It_trips_once_and_tells_why()
    {
        var breaker = new Breaker(_settings, Window);
        var answers = Enumerable.Range(0, 30).Select(at => breaker.Record(Outcome.Refused, at)).ToList();
        Assert.Equal(9, answers.IndexOf(true));
        Assert.Equal(9, answers.LastIndexOf(true));
        Assert.Equal("breaker: 10 of 10 attempts failed within 5 s, most lately as refused", breaker.Reason);
    }

    [Fact]
    public void What_is_older_than_the_window_is_forgotten()
    {
        var breaker = new Breaker(_settings, Window);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            Assert.False(breaker.Record(Outcome.Refused, attempt * Window / 9));
        }
    }

    [Fact]
    public void Switched_off_it_never_trips()
    {
        var breaker = new Breaker(_settings with { Enabled = false }, Window);
        Assert.DoesNotContain(true, Enumerable.Range(0, 100).Select(at => breaker.Record(Outcome.Refused, at)));
    }

    /// <summary>Against one that keeps every attempt and counts anew each time. The window moves by tenths.</summary>
    [Property(MaxTest = 500)]
    public void It_does_as_one_that_keeps_every_attempt(NonNegativeInt[] steps, PositiveInt minAttempts, byte ratio)
    {
        var settings = _settings with { FailureRatio = (ratio % 10 + 1) / 10.0, MinAttempts = minAttempts.Get };
        var (breaker, kept, now) = (new Breaker(settings, Window), new List<(long Slot, bool Failed)>(), 0L);
        foreach (var step in steps)
        {
            now += step.Get * 7 % 300;
            var failed = step.Get % 4 != 0;
            kept.Add((now / (Window / 10), failed));
            var window = kept.Where(attempt => attempt.Slot > (now / (Window / 10)) - 10).ToList();
            var trips = failed && window.Count >= settings.MinAttempts
                && window.Count(attempt => attempt.Failed) >= window.Count * settings.FailureRatio;
            Assert.Equal(trips, breaker.Record(failed ? Outcome.Reset : Outcome.Succeeded, now));
            if (trips)
            {
                return;
            }
        }
    }

    private static Outcome Of(char attempt) => attempt switch
    {
        'R' => Outcome.Refused,
        's' => Outcome.Succeeded,
        'l' => Outcome.LocalExhausted,
        'c' => Outcome.Cancelled,
        _ => Outcome.Crashed,
    };
}
