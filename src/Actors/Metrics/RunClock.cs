namespace ActorLoad.Metrics;

/// <summary>The one clock of a run. Supervisor, lanes and metrics share it; observers share its <see cref="Time"/>, and count from when they began.</summary>
/// <param name="Time">Where time comes from; loops of the run live by the same.</param>
/// <param name="Origin">Time stamp of the storm's begin; until then, of the order.</param>
public sealed record RunClock(TimeProvider Time, long Origin)
{
    /// <summary>Time since the run's start.</summary>
    public TimeSpan Elapsed => Time.GetElapsedTime(Origin);

    /// <summary>A clock that counts from now.</summary>
    public static RunClock StartNow(TimeProvider time) => new(time, time.GetTimestamp());

    /// <summary>The same clock, from now on.</summary>
    public RunClock FromNow() => StartNow(Time);

    /// <summary>The time since the run's start at which <paramref name="stamp"/> was read.</summary>
    public TimeSpan At(long stamp) => Time.GetElapsedTime(Origin, stamp);

    /// <summary>The time stamp at <paramref name="since"/> the run's start.</summary>
    public long StampOf(TimeSpan since) => Origin + (long)(since.TotalSeconds * Time.TimestampFrequency);
}
