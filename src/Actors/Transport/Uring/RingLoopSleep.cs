namespace ActorLoad.Transport.Uring;

/// <content>How a loop sleeps, and what wakes it: completions, its alarm, and the bell of who brings work from another thread.</content>
internal sealed partial class RingLoop
{
    // Before a cancel that found nothing is tried again, if nothing else happens meanwhile.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(1);

    private readonly RingBell _bell;
    private readonly ITimer? _virtualAlarm;
    private long _alarm = long.MaxValue;
    private int _sleeps;
    private long _bellsSounded;

    /// <summary>How often work from another thread has woken the loop. Readable from any thread.</summary>
    public long BellsSounded => Interlocked.Read(ref _bellsSounded);

    protected override void SetAlarm(long due)
    {
        if (_virtualAlarm is null)
        {
            _alarm = due;
            return;
        }

        var wait = Time.GetElapsedTime(Now, due);
        _virtualAlarm.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Wait()
    {
        if (!_bell.IsListening)
        {
            _bell.Listen(_ring);
        }

        _closing.PrepareWaiting();
        var patience = _alarm == long.MaxValue ? null : (TimeSpan?)Time.GetElapsedTime(Now, _alarm);
        if (_closing.HasMissed && !(patience <= _pause))
        {
            patience = _pause;
        }

        var staysAwake = HasWork || _ring.HasCompletions || _closing.HasSteps || patience <= TimeSpan.Zero;
        if (!staysAwake)
        {
            // Who brings work rings from here on; who brought some before this did not, and is looked for once more.
            Interlocked.Exchange(ref _sleeps, 1);
            staysAwake = !_remote.IsEmpty;
        }

        if (!staysAwake)
        {
            patience = Sleeping(patience);
        }

        _ring.Enter(staysAwake ? 0u : 1u, staysAwake ? null : patience);
        Volatile.Write(ref _sleeps, 0);
    }

    // With open connections it looks at its clock now and then: whatever it waits for, it notices that it was not there. A clock that is not the
    // kernel's tells nothing of that.
    private TimeSpan? Sleeping(TimeSpan? patience)
    {
        if (_virtualAlarm is not null || (patience is null && SlotsInUse == 0))
        {
            Pauses.Rest();
            return patience;
        }

        var sleep = SlotsInUse == 0 || patience <= PauseWatch.Beat ? patience!.Value : PauseWatch.Beat;
        Pauses.Sleep(ToTicks(sleep));
        return sleep;
    }

    private void RingBellIfAsleep()
    {
        if (Interlocked.CompareExchange(ref _sleeps, 0, 1) == 1)
        {
            Interlocked.Increment(ref _bellsSounded);
            _bell.Sound();
        }
    }

    // Like the real one: deadlines are swept between the completions and the work.
    private void RingVirtualAlarm()
    {
        Volatile.Write(ref _alarm, 0);
        _bell.Sound();
    }
}
