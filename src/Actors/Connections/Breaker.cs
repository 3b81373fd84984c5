using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// One lane's judgement of one endpoint. Gives the endpoint up when it is down, so that no more attempts hit it. Failures by this machine
/// or the operator (<c>local-exhausted</c>, <c>cancelled</c>, <c>crashed</c>) are not counted.
/// </summary>
/// <remarks>
/// Failures come first: a refusal arrives before any reply. So the breaker waits for established attempts without replies, and served
/// attempts that are open count as good. An endpoint that was never established is down after enough failures. An endpoint that has
/// served may take as long as the retry policy allows, from when it was last well. An endpoint that was established but never served
/// may take as long as the rule for its failure allows, from its first failure. Without retries, that is no time.
/// </remarks>
internal sealed class Breaker
{
    private readonly BreakerSettings _settings;
    private readonly AttemptWindow _window;
    private readonly EndpointHealth _health;
    private readonly EndpointSight _own;
    private readonly long _windowTicks;
    private readonly long _graceTicks;
    private readonly long[] _graceOf;
    private readonly double _ticksPerSecond;

    /// <summary>Makes one lane's breaker for the endpoint of <paramref name="health"/>.</summary>
    /// <param name="policy">Says when the breaker trips, and how long connections retry.</param>
    /// <param name="health">The endpoint as all lanes see it.</param>
    /// <param name="frequency">Ticks per second of the time stamps' clock.</param>
    public Breaker(SupervisionPolicy policy, EndpointHealth health, long frequency)
    {
        (_settings, _health, _own, _ticksPerSecond) = (policy.Breaker, health, health.Join(), frequency);
        (_windowTicks, _graceTicks) = (Ticks(_settings.Window), Ticks(policy.Patience));
        _graceOf = [.. Outcomes.All.Select(outcome => policy.Rules.TryGetValue(outcome, out var rule) ? Ticks(rule.Patience) : 0)];
        _window = new AttemptWindow(_windowTicks);

        long Ticks(TimeSpan span) => (long)(span.TotalSeconds * frequency);
    }

    /// <summary>The reason for giving the endpoint up; empty unless this breaker did it.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Notes an established attempt.</summary>
    public void Establish() => _own.Establish();

    /// <summary>Notes an attempt that has all its replies. It may stay open.</summary>
    public void Serve(long now)
    {
        var isFirst = _own.Served == 0;
        _own.Serve();
        if (isFirst || IsWell(now))
        {
            _own.LastWell = now;
        }
    }

    /// <summary>Notes the good end of a served attempt.</summary>
    public void Succeed(long now)
    {
        _own.Leave(wasServed: true);
        if (_settings.Enabled)
        {
            _window.AddGood(now);
        }
    }

    /// <summary>Notes an established attempt that we closed early.</summary>
    public void Leave(bool wasServed) => _own.Leave(wasServed);

    /// <summary>Notes an attempt that failed at <paramref name="now"/>. True, once, if the endpoint is given up for it.</summary>
    public bool Fail(Outcome outcome, bool wasEstablished, bool wasServed, long now)
    {
        var isWell = IsWell(now); // the failed attempt still counts as open
        if (wasEstablished)
        {
            _own.Leave(wasServed);
        }

        if (outcome is Outcome.LocalExhausted or Outcome.Cancelled or Outcome.Crashed)
        {
            return false;
        }

        _own.Fail(outcome, now);
        if (!_settings.Enabled)
        {
            return false;
        }

        _window.AddFailure(outcome, now);
        if (_own.Served > 0 && ((wasServed && isWell) || IsWell(now)))
        {
            _own.LastWell = now;
        }

        return !_health.IsGivenUp && IsDown(outcome, now) && _health.TryGiveUp();
    }

    private bool IsWell(long now)
    {
        if (_window.Failed == 0)
        {
            return true;
        }

        _window.MoveTo(now);
        return _window.Failed < (_window.Failed + _window.Good + _own.OpenServed) * _settings.FailureRatio;
    }

    private bool IsDown(Outcome outcome, long now)
    {
        var seen = _health.Sum();
        var hasServed = seen.Served > 0;
        var failed = hasServed ? _window.Failed : seen.Failed;
        var all = failed + (hasServed ? _window.Good + seen.OpenServed : 0);
        if (all < _settings.MinAttempts || failed < all * _settings.FailureRatio)
        {
            return false;
        }

        var since = now - (hasServed ? seen.LastWell : seen.FirstFailure);
        var grace = hasServed ? _graceTicks : seen.Established > 0 ? _graceOf[(int)outcome] : 0;
        if (since < grace || (seen.Undecided > 0 && since < Math.Max(_graceTicks, _windowTicks)))
        {
            return false;
        }

        Reason = Describe(seen, failed, all, since);
        return true;
    }

    private string Describe(EndpointTotals seen, long failed, long all, long since)
    {
        var byCause = seen.Served > 0 ? _window.FailedByCause() : _health.FailedByCause();
        var causes = string.Join(", ", byCause.Select(cause => $"{cause.Key} {cause.Value}"));
        var start = $"breaker: {_health.Name} was given up: {failed} of {all} attempts failed";
        return seen.Served > 0
            ? FormattableString.Invariant($"{start} within {_settings.Window.TotalSeconds:0.###} s ({causes}), ")
                + FormattableString.Invariant($"and it was last well {since / _ticksPerSecond:0.#} s before; ")
                + $"since the start {seen.Established} were established and {seen.Served} had all their replies"
            : $"{start} ({causes}), "
                + (seen.Established == 0 ? "none was established" : $"{seen.Established} were established and none had all its replies");
    }
}
