using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// Watches the ends of attempts over a sliding window and trips when too many of them failed, so that a target that is down is not
/// hammered. What this machine or the operator did (<c>local-exhausted</c>, <c>cancelled</c>, <c>crashed</c>) says nothing of the target
/// and is not counted.
/// </summary>
internal sealed class Breaker
{
    private const int Slots = 10;

    private readonly (int Failed, int All)[] _slots = new (int, int)[Slots];
    private readonly BreakerSettings _settings;
    private readonly long _slotTicks;
    private int _failed;
    private int _all;
    private long _newest = long.MinValue;

    /// <summary>A closed breaker; <paramref name="windowTicks"/> is its window on the clock of the time stamps.</summary>
    public Breaker(BreakerSettings settings, long windowTicks)
    {
        _settings = settings;
        _slotTicks = Math.Max(1, windowTicks / Slots);
    }

    /// <summary>True for good, once it has tripped.</summary>
    public bool IsTripped { get; private set; }

    /// <summary>Why it tripped.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>An attempt ended at <paramref name="now"/>. True if that trips the breaker, which only a failure does.</summary>
    public bool Record(Outcome outcome, long now)
    {
        if (!_settings.Enabled || IsTripped || outcome is Outcome.LocalExhausted or Outcome.Cancelled or Outcome.Crashed)
        {
            return false;
        }

        MoveTo(now / _slotTicks);
        ref var slot = ref _slots[(int)(_newest % Slots)];
        slot.All++;
        _all++;
        if (!outcome.IsFailure())
        {
            return false; // it makes the window full enough, perhaps, but only a failure trips
        }

        slot.Failed++;
        _failed++;
        if (_all < _settings.MinAttempts || _failed < _all * _settings.FailureRatio)
        {
            return false;
        }

        IsTripped = true;
        Reason = FormattableString.Invariant(
            $"breaker: {_failed} of {_all} attempts failed within {_settings.Window.TotalSeconds:0.###} s, most lately as {outcome.Name()}");
        return true;
    }

    private void MoveTo(long slot)
    {
        if (slot <= _newest)
        {
            return;
        }

        var from = _newest == long.MinValue ? slot : Math.Max(_newest + 1, slot - Slots + 1);
        for (var passed = from; passed <= slot; passed++)
        {
            ref var stale = ref _slots[(int)(passed % Slots)];
            _failed -= stale.Failed;
            _all -= stale.All;
            stale = (0, 0);
        }

        _newest = slot;
    }
}
