using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>Counts how attempts ended over a sliding window, which moves in tenths of its length.</summary>
/// <param name="ticks">Length of the window, in ticks of the time stamps' clock.</param>
internal sealed class AttemptWindow(long ticks)
{
    private const int Slots = 10;

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly long _slotTicks = Math.Max(1, ticks / Slots);
    private long _newest = long.MinValue;

    /// <summary>Failed attempts in the window, as of its last move.</summary>
    public long Failed { get; private set; }

    /// <summary>Attempts in the window that ended well, as of its last move.</summary>
    public long Good { get; private set; }

    /// <summary>Counts an attempt that ended well.</summary>
    public void AddGood(long now)
    {
        MoveTo(now);
        _slots[(int)(_newest % Slots)].Good++;
        Good++;
    }

    /// <summary>Counts a failed attempt.</summary>
    public void AddFailure(Outcome outcome, long now)
    {
        MoveTo(now);
        ref var slot = ref _slots[(int)(_newest % Slots)];
        (slot.Causes ??= new OutcomeCounts()).Count(outcome);
        slot.Failed++;
        Failed++;
    }

    /// <summary>Moves the window to <paramref name="now"/>, and forgets older attempts.</summary>
    public void MoveTo(long now)
    {
        var slot = now / _slotTicks;
        if (slot <= _newest)
        {
            return;
        }

        var from = _newest == long.MinValue ? slot : Math.Max(_newest + 1, slot - Slots + 1);
        for (var passed = from; passed <= slot; passed++)
        {
            ref var stale = ref _slots[(int)(passed % Slots)];
            Failed -= stale.Failed;
            Good -= stale.Good;
            stale.Causes?.Reset();
            (stale.Failed, stale.Good) = (0, 0);
        }

        _newest = slot;
    }

    /// <summary>The failures in the window, by the name of their outcome.</summary>
    public IReadOnlyDictionary<string, long> FailedByCause()
    {
        var all = new OutcomeCounts();
        foreach (var slot in _slots)
        {
            if (slot.Causes is { } causes)
            {
                all.Add(causes);
            }
        }

        return all.ByName();
    }

    private struct Slot
    {
        public OutcomeCounts? Causes;
        public long Failed;
        public long Good;
    }
}
