using ActorLoad.Connections;
using FsCheck;
using FsCheck.Xunit;
using Xunit;
using Outcome = ActorLoad.Metrics.Outcome;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>One lane's breaker for one endpoint: a second has a hundred ticks, the window five seconds, the grace ten.</summary>
public sealed class BreakerSpecs
{
    private const int Second = 100;

    private static readonly BreakerSettings _settings = new(true, 0.9, TimeSpan.FromSeconds(5), 10);

    private EndpointHealth _health = new("127.0.0.1:6379");
    private long _now = 1;

    /// <summary>R refused, j rejected, s served and closed, h served and held, l local-exhausted, c cancelled, x crashed, each at its own tick; then
    /// whether the endpoint is given up.</summary>
    [Theory]
    [InlineData("RRRRRRRRR", false)]
    [InlineData("RRRRRRRRRR", true)]
    [InlineData("jjjjjjjjjj", true)]
    [InlineData("sRRRRRRRRR", false)]
    [InlineData("hRRRRRRRRR", false)]
    [InlineData("RRRRRRRRRs", false)]
    [InlineData("RRRRRRRRRsRRRRRRRR", false)]
    [InlineData("ssssssssssssssssssssR", false)]
    [InlineData("lllllllllllll", false)]
    [InlineData("ccccccccccccc", false)]
    [InlineData("xxxxxxxxxxxxx", false)]
    [InlineData("lRcRxRRRRRRRR", true)]
    public void Endpoint_that_served_no_attempt_is_given_up_after_enough_failures(string attempts, bool isGivenUp)
    {
        var breaker = Breaker();
        var trips = attempts.Count(attempt => Does(breaker, attempt));
        Assert.Equal((isGivenUp, isGivenUp ? 1 : 0), (_health.IsGivenUp, trips));
    }

    [Fact]
    public void Endpoint_is_given_up_once_and_the_reason_says_what_was_seen()
    {
        var breaker = Breaker();
        var answers = Enumerable.Range(0, 30).Select(_ => Does(breaker, 'R')).ToList();
        Assert.Equal((9, 9), (answers.IndexOf(true), answers.LastIndexOf(true)));
        Assert.Equal("breaker: 127.0.0.1:6379 was given up: 10 of 10 attempts failed (refused 10), none was established", breaker.Reason);
    }

    [Fact]
    public void Early_rejections_do_not_give_up_an_endpoint()
    {
        var breaker = Breaker();
        Times(600, breaker.Establish);
        for (var rejected = 0; rejected < 590; rejected++)
        {
            Assert.False(breaker.Fail(Outcome.Rejected, wasEstablished: true, wasServed: false, _now));
        }

        Times(10, () => breaker.Serve(++_now));
        Assert.False(Fails(breaker, Outcome.Rejected));
    }

    [Fact]
    public void Endpoint_that_rejects_every_attempt_is_given_up_when_no_attempt_is_pending()
    {
        var breaker = Breaker();
        Times(100, breaker.Establish);
        var answers = Enumerable.Range(0, 100).Select(_ => breaker.Fail(Outcome.Rejected, true, false, ++_now)).ToList();
        Assert.Equal(99, answers.IndexOf(true));
        Assert.EndsWith("100 of 100 attempts failed (rejected 100), 100 were established and none had all its replies", breaker.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoint_whose_attempts_wait_forever_is_given_up_after_the_grace()
    {
        var breaker = Breaker();
        Times(1000, breaker.Establish);
        Assert.DoesNotContain(true, Enumerable.Range(0, 50).Select(_ => breaker.Fail(Outcome.ReplyTimeout, true, false, _now)));
        _now += 10 * Second;
        Assert.True(breaker.Fail(Outcome.ReplyTimeout, true, false, _now));
    }

    [Fact]
    public void Fleet_cut_before_its_replies_is_given_up_after_the_grace()
    {
        var breaker = Breaker();
        Times(400, breaker.Establish);
        Times(400, () => Assert.False(breaker.Fail(Outcome.PeerClosed, wasEstablished: true, wasServed: false, _now)));
        _now += (10 * Second) - 1;
        Assert.False(Fails(breaker, Outcome.Refused));
        _now++;
        Assert.True(Fails(breaker, Outcome.Refused));
    }

    [Fact]
    public void Cancelled_attempt_is_not_awaited_by_the_breaker()
    {
        var breaker = Breaker();
        Times(20, breaker.Establish);
        Times(10, () => Assert.False(breaker.Fail(Outcome.Rejected, true, false, _now)));
        Times(10, () => breaker.Leave(wasServed: false));
        Assert.True(Does(breaker, 'j'));
    }

    [Fact]
    public void Held_fleet_that_is_cut_has_the_grace_to_come_back()
    {
        var breaker = Breaker();
        Hold(breaker, 1000);
        _now += 60 * Second; // nothing happens in a hold
        Times(1000, () => Assert.False(breaker.Fail(Outcome.PeerClosed, true, true, _now)));
        for (var at = 0; at < 99; at++)
        {
            _now += Second / 10;
            Times(100, () => Assert.False(Fails(breaker, Outcome.Refused)));
        }

        Hold(breaker, 1000);
        _now += Second;
        Assert.False(Fails(breaker, Outcome.Refused));
    }

    [Fact]
    public void Healthy_endpoint_that_stays_away_is_given_up_after_the_grace()
    {
        var breaker = Breaker();
        Hold(breaker, 20);
        Times(20, () => Assert.False(breaker.Fail(Outcome.Reset, true, true, _now)));
        var tries = 0;
        while (!Fails(breaker, Outcome.Refused))
        {
            _now += Second / 10;
            Assert.InRange(++tries, 0, 200);
        }

        Assert.Equal(100, tries);
        Assert.Equal(
            "breaker: 127.0.0.1:6379 was given up: 46 of 46 attempts failed within 5 s (refused 46), and it was last well 10 s before; since the start 20 were established and 20 had all their replies",
            breaker.Reason);
    }

    [Fact]
    public void Dead_endpoint_is_given_up_even_with_rare_bursts()
    {
        var breaker = Breaker();
        Hold(breaker, 5);
        Times(5, () => breaker.Succeed(_now));
        var bursts = 0;
        do
        {
            _now += 8 * Second; // the window is empty in between
            Assert.InRange(++bursts, 1, 10);
        }
        while (!Enumerable.Range(0, 20).Select(_ => Fails(breaker, Outcome.Refused)).Contains(true));
        Assert.Equal(2, bursts);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, true)]
    public void Endpoint_that_serves_some_attempts_is_judged_by_the_ratio(int servedOf24, bool isKept)
    {
        var breaker = Breaker();
        for (var second = 0; second < 60; second++, _now += Second)
        {
            for (var attempt = 0; attempt < 24; attempt++)
            {
                Does(breaker, attempt < servedOf24 ? 's' : 'j');
            }

            _now -= 24;
        }

        Assert.Equal(isKept, !_health.IsGivenUp);
    }

    [Fact]
    public void Held_connections_count_as_good_at_any_age()
    {
        var breaker = Breaker();
        Hold(breaker, 560);
        for (var burst = 0; burst < 20; burst++, _now += 5 * Second)
        {
            Times(600, () => Assert.False(Does(breaker, 'j')));
            _now -= 600;
        }
    }

    [Fact]
    public void Endpoint_that_serves_another_lane_is_not_given_up()
    {
        var (one, other) = (Breaker(), Breaker());
        Hold(one, 5);
        Times(40, () => Assert.False(Does(other, 'j')));
        Assert.False(_health.IsGivenUp);
    }

    [Fact]
    public void Lanes_share_the_failure_count_of_an_endpoint_that_served_no_attempt()
    {
        var (one, other) = (Breaker(), Breaker());
        Times(6, () => Assert.False(Does(one, 'R')));
        Times(3, () => Assert.False(Does(other, 'R')));
        Assert.True(Does(other, 'R'));
        Assert.False(Does(one, 'R'));
    }

    [Fact]
    public void Disabled_breaker_gives_up_no_endpoint()
    {
        var breaker = Breaker(_settings with { Enabled = false });
        Times(100, () => Assert.False(Does(breaker, 'R')));
    }

    /// <summary>Against one that keeps every attempt and counts anew each time, without a grace. The window moves by tenths.</summary>
    [Property(MaxTest = 500)]
    public void Breaker_decides_like_a_model_that_keeps_every_attempt(NonNegativeInt[] steps, PositiveInt minAttempts, byte ratio)
    {
        _health = new EndpointHealth("127.0.0.1:6379"); // one instance has all cases
        var settings = _settings with { FailureRatio = (ratio % 10 + 1) / 10.0, MinAttempts = minAttempts.Get };
        var (breaker, kept) = (Breaker(settings, Given.Stop), new List<(long Slot, bool Failed)>());
        Does(breaker, 's');
        kept.Add((_now / (Second / 2), false));
        foreach (var step in steps)
        {
            _now += step.Get * 7 % 150;
            var failed = step.Get % 4 != 0;
            kept.Add((_now / (Second / 2), failed));
            var window = kept.Where(attempt => attempt.Slot > (_now / (Second / 2)) - 10).ToList();
            var trips = failed && window.Count >= settings.MinAttempts
                && window.Count(attempt => attempt.Failed) >= window.Count * settings.FailureRatio;
            Assert.Equal(trips, failed ? Fails(breaker, Outcome.Reset) : Serves(breaker));
            if (trips)
            {
                return;
            }
        }
    }

    // Everything is tried again for ten seconds, but for rejections.
    private Breaker Breaker(BreakerSettings? settings = null, FailureRule? rule = null)
    {
        var policy = Given.Policy(rule ?? Given.Restart(maxRetries: 2, new BackoffSettings(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), 1, 0)), settings ?? _settings);
        return new(policy with { Rules = policy.Rules.SetItem(Outcome.Rejected, Given.Stop) }, _health, Second);
    }

    private bool Does(Breaker breaker, char attempt)
    {
        _now++;
        switch (attempt)
        {
            case 'R': return Fails(breaker, Outcome.Refused);
            case 'l': return Fails(breaker, Outcome.LocalExhausted);
            case 's': return Serves(breaker);
            case 'h': Hold(breaker, 1); return false;
            case 'x': return Fails(breaker, Outcome.Crashed);
            case 'c': return false;
            default:
                breaker.Establish();
                return breaker.Fail(Outcome.Rejected, wasEstablished: true, wasServed: false, _now);
        }
    }

    private bool Fails(Breaker breaker, Outcome outcome) => breaker.Fail(outcome, wasEstablished: false, wasServed: false, _now);

    private bool Serves(Breaker breaker)
    {
        Hold(breaker, 1);
        breaker.Succeed(_now);
        return false;
    }

    private void Hold(Breaker breaker, int connections) => Times(connections, () =>
    {
        breaker.Establish();
        breaker.Serve(_now);
    });

    private static void Times(int times, Action action)
    {
        for (var time = 0; time < times; time++)
        {
            action();
        }
    }
}
