namespace ActorLoad.Actors.Tests.Transport;

/// <summary>A clock that stands still until it is moved. Its timers fire on the thread that moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private long _now = TimeSpan.TicksPerHour; // not 0, which means "never" in timings

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>When the next timer fires; null when none is set.</summary>
    public TimeSpan? NextAlarm
    {
        get
        {
            lock (_gate)
            {
                return _timers.Min(timer => timer.Due) is { } due ? TimeSpan.FromTicks(due - _now) : null;
            }
        }
    }

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on and fires what has fallen due.</summary>
    public void Advance(TimeSpan span)
    {
        List<ManualTimer> due;
        lock (_gate)
        {
            _now += span.Ticks;
            due = TakeDue();
        }

        due.ForEach(timer => timer.Fire());
    }

    private List<ManualTimer> TakeDue()
    {
        var due = _timers.FindAll(timer => timer.Due <= _now);
        due.ForEach(timer => timer.Due = null);
        return due;
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        public long? Due { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime.Ticks;
                if (Due > time._now || Due is null)
                {
                    return true;
                }

                Due = null;
            }

            fire();
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
