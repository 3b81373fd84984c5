namespace ActorLoad.Transport.Uring;

/// <summary>Puts a loop to sleep in the kernel. Completions, its alarm and the bell for work from other threads wake it.</summary>
internal sealed class RingSleeper : IDisposable
{
    // A cancel that found nothing is tried again after this time, if nothing else happens before.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(1);

    private readonly TransportLoop _loop;
    private readonly RingSlots _slots;
    private readonly ITimer? _virtualAlarm;
    private long _alarm = long.MaxValue;
    private int _sleeps;
    private long _bellsSounded;

    /// <summary>Throws <see cref="RingUnavailableException"/> if there is no descriptor for the bell.</summary>
    public RingSleeper(TransportLoop loop, RingSlots slots)
    {
        (_loop, _slots, Bell) = (loop, slots, new RingBell());
        if (!loop.IsMachineTime)
        {
            // The kernel waits in its own time. Another clock must ring when the alarm is due.
            _virtualAlarm = loop.Time.CreateTimer(_ => RingVirtualAlarm(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Wakes the loop.</summary>
    public RingBell Bell { get; }

    /// <summary>How often work from another thread has woken the loop. Readable from any thread.</summary>
    public long BellsSounded => Interlocked.Read(ref _bellsSounded);

    /// <summary>Sets the alarm to <paramref name="due"/>, in place of any before.</summary>
    public void SetAlarm(long due)
    {
        if (_virtualAlarm is null)
        {
            _alarm = due;
            return;
        }

        var wait = _loop.Time.GetElapsedTime(_loop.Now, due);
        _virtualAlarm.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True, once, if the alarm is due.</summary>
    public bool TryTakeAlarm(long now)
    {
        if (_alarm > now)
        {
            return false;
        }

        _alarm = long.MaxValue;
        return true;
    }

    /// <summary>Enters the kernel, and sleeps there if nothing is to be done.</summary>
    public void Wait(Ring ring, RingClosing closing, bool hasWork)
    {
        if (!Bell.IsListening)
        {
            Bell.Listen(ring);
        }

        closing.PrepareWaiting();
        var patience = _alarm == long.MaxValue ? null : (TimeSpan?)_loop.Time.GetElapsedTime(_loop.Now, _alarm);
        if (closing.HasMissed && !(patience <= _pause))
        {
            patience = _pause;
        }

        var staysAwake = hasWork || ring.HasCompletions || closing.HasSteps || patience <= TimeSpan.Zero;
        if (!staysAwake)
        {
            // From here on other threads ring when they bring work. What they brought before is looked for once more.
            Interlocked.Exchange(ref _sleeps, 1);
            staysAwake = _loop.Work.HasForeign;
        }

        if (!staysAwake)
        {
            patience = Sleeping(patience);
        }

        ring.Enter(staysAwake ? 0u : 1u, staysAwake ? null : patience);
        Volatile.Write(ref _sleeps, 0);
    }

    /// <summary>Sounds the bell if the loop sleeps. Safe from any thread.</summary>
    public void WakeUp()
    {
        if (Interlocked.CompareExchange(ref _sleeps, 0, 1) == 1)
        {
            Interlocked.Increment(ref _bellsSounded);
            Bell.Sound();
        }
    }

    /// <summary>Ends the alarm of a clock that is not the kernel's. The bell is freed apart, when the kernel no longer reads it.</summary>
    public void Dispose() => _virtualAlarm?.Dispose();

    // With open connections the loop looks at its clock now and then, whatever it waits for, so that it notices when it stood still.
    // A clock that is not the kernel's cannot show that.
    private TimeSpan? Sleeping(TimeSpan? patience)
    {
        if (_virtualAlarm is not null || (patience is null && _slots.InUse == 0))
        {
            _loop.Pauses.Rest();
            return patience;
        }

        var sleep = _slots.InUse == 0 || patience <= PauseWatch.Beat ? patience!.Value : PauseWatch.Beat;
        _loop.Pauses.Sleep(_loop.ToTicks(sleep));
        return sleep;
    }

    // Like the real alarm: the loop sweeps deadlines between the completions and the work.
    private void RingVirtualAlarm()
    {
        Volatile.Write(ref _alarm, 0);
        Bell.Sound();
    }
}
