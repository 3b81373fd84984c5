namespace ActorLoad.Hosting.Tests;

/// <summary>A clock that a test moves; each look at it moves it by a step, so that whoever waits comes to the end of its patience.</summary>
internal sealed class SteppedTime(TimeSpan step) : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Add(ref _now, step.Ticks);

    public void Advance(TimeSpan span) => Interlocked.Add(ref _now, span.Ticks);
}
