namespace ActorLoad.Metrics;

/// <summary>The one clock of a run, for supervisor, lanes and metrics. Observers share its <see cref="Time"/>, but count from their own
/// start.</summary>
/// <param name="Time">Source of time, also for the run's loops.</param>
/// <param name="Origin">Time stamp of the storm's begin; before that, of the order.</param>
public sealed record RunClock(TimeProvider Time, long Origin)
{
    /// <summary>Time since the run's start.</summary>
    public TimeSpan Elapsed => Time.GetElapsedTime(Origin);

    /// <summary>A clock that counts from now.</summary>
    public static RunClock StartNow(TimeProvider time) => new(time, time.GetTimestamp());

    /// <summary>The same clock, from now on.</summary>
    public RunClock FromNow() => StartNow(Time);

    /// <summary>The time from the run's start to <paramref name="stamp"/>.</summary>
    public TimeSpan At(long stamp) => Time.GetElapsedTime(Origin, stamp);

    /// <summary>The time stamp at <paramref name="since"/> the run's start.</summary>
    public long StampOf(TimeSpan since) => Origin + (long)(since.TotalSeconds * Time.TimestampFrequency);
}
