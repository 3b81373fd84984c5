using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// Judges one endpoint by what one lane sees of it, and gives it up when it is down, so that it is not hammered. What this machine or the
/// operator did (<c>local-exhausted</c>, <c>cancelled</c>, <c>crashed</c>) says nothing of the endpoint and is not counted.
/// </summary>
/// <remarks>
/// Failures end first: a refusal or rejection is back before any reply. So attempts that are established and not yet served are waited for, and
/// those that are served and open count as good. An endpoint that was never established is down once enough attempts failed. One that has served
/// gets the time to come back that the retry policy gives its connections, counted from when it was last well. One that was established and has
/// not served gets the time that the rule for its failure gives, from the first one: none if that is not tried again.
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

    /// <summary>A breaker of one lane for the endpoint of <paramref name="health"/>.</summary>
    /// <param name="policy">When it trips, and how long connections go on trying.</param>
    /// <param name="health">What all lanes know of the endpoint.</param>
    /// <param name="frequency">Ticks in a second of the clock of the time stamps.</param>
    public Breaker(SupervisionPolicy policy, EndpointHealth health, long frequency)
    {
        (_settings, _health, _own, _ticksPerSecond) = (policy.Breaker, health, health.Join(), frequency);
        (_windowTicks, _graceTicks) = (Ticks(_settings.Window), Ticks(policy.Patience));
        _graceOf = [.. Outcomes.All.Select(outcome => policy.Rules.TryGetValue(outcome, out var rule) ? Ticks(rule.Patience) : 0)];
        _window = new AttemptWindow(_windowTicks);

        long Ticks(TimeSpan span) => (long)(span.TotalSeconds * frequency);
    }

    /// <summary>Why the endpoint was given up; empty unless this breaker did it.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>An attempt is established.</summary>
    public void Establish() => _own.Establish();

    /// <summary>An attempt has all its replies, and may stay open.</summary>
    public void Serve(long now)
    {
        var isFirst = _own.Served == 0;
        _own.Serve();
        if (isFirst || IsWell(now))
        {
            _own.LastWell = now;
        }
    }

    /// <summary>An attempt that was served has ended well.</summary>
    public void Succeed(long now)
    {
        _own.Leave(wasServed: true);
        if (_settings.Enabled)
        {
            _window.AddGood(now);
        }
    }

    /// <summary>An established attempt was closed by us, before its end.</summary>
    public void Leave(bool wasServed) => _own.Leave(wasServed);

    /// <summary>An attempt failed at <paramref name="now"/>. True if the endpoint is given up for it, which happens once.</summary>
    public bool Fail(Outcome outcome, bool wasEstablished, bool wasServed, long now)
    {
        var isWell = IsWell(now); // with this one, which was open until now
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
        var causes = string.Join(", ", (seen.Served > 0 ? _window.FailedByCause() : _health.FailedByCause()).Select(cause => $"{cause.Key} {cause.Value}"));
        return seen.Served > 0
            ? FormattableString.Invariant(
                $"breaker: {_health.Name} was given up: {failed} of {all} attempts failed within {_settings.Window.TotalSeconds:0.###} s ({causes}), and it was last well {since / _ticksPerSecond:0.#} s before; since the start {seen.Established} were established and {seen.Served} had all their replies")
            : FormattableString.Invariant(
                $"breaker: {_health.Name} was given up: {failed} of {all} attempts failed ({causes}), {(seen.Established == 0 ? "none was established" : $"{seen.Established} were established and none had all its replies")}");
    }
}
