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
        : base(config, log) => _start = Now;

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
}
