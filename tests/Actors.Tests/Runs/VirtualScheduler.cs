using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>The TestKit's scheduler with a clock that goes with it: its own <c>MonotonicClock</c> tells the wall's time.</summary>
public sealed class VirtualScheduler : TestScheduler, ITimeProvider
{
    /// <summary>Configuration of an actor system that lives in virtual time.</summary>
    public const string Configuration = """
        akka.loglevel = WARNING
        akka.loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
        akka.scheduler.implementation = "ActorLoad.Actors.Tests.Runs.VirtualScheduler, ActorLoad.Actors.Tests"
        """;

    // As coarse as Akka's own scheduler.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly DateTimeOffset _start;

    public VirtualScheduler(Config config, ILoggingAdapter log)
        : base(config, log) => (_start, Time) = (Now, new SchedulersTime(this));

    /// <summary>The same time as a clock for runs.</summary>
    public TimeProvider Time { get; }

    TimeSpan ITimeProvider.MonotonicClock => Elapsed;

    TimeSpan ITimeProvider.HighResMonotonicClock => Elapsed;

    /// <summary>Since the system was made.</summary>
    public TimeSpan Elapsed => Now - _start;

    /// <summary>Lets time pass, tick by tick; <paramref name="afterTick"/> sees each.</summary>
    public void Pass(TimeSpan span, Action? afterTick = null)
    {
        for (var end = Elapsed + span; Elapsed < end;)
        {
            var rest = end - Elapsed;
            Advance(rest < Tick ? rest : Tick);
            afterTick?.Invoke();
        }
    }

    private sealed class SchedulersTime(VirtualScheduler scheduler) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => scheduler.Elapsed.Ticks + TimeSpan.TicksPerHour; // 0 means "never" in timings

        public override DateTimeOffset GetUtcNow() => scheduler.Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new SchedulersTimer(scheduler, () => callback(state));
            timer.Change(dueTime, period);
            return timer;
        }
    }

    // Fires once for each change, as the product's timers do.
    private sealed class SchedulersTimer(VirtualScheduler scheduler, Action fire) : ITimer
    {
        private Cancelable? _pending;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _pending?.Cancel();
            _pending = null;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _pending = new Cancelable(scheduler.Advanced);
                scheduler.Advanced.ScheduleOnce(dueTime, fire, _pending);
            }

            return true;
        }

        public void Dispose() => _pending?.Cancel();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
