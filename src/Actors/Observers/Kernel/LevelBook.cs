namespace ActorLoad.Observers.Kernel;

/// <summary>Follows one level through a run.</summary>
internal sealed class LevelBook
{
    private long? _before;
    private long _peak;
    private long _after;

    /// <summary>Before, peak and after; null if it was never seen.</summary>
    public WatchedLevel? Level => _before is { } before ? new WatchedLevel(before, _peak, _after) : null;

    /// <summary>The first that is added is the level before the run; one that was not seen changes nothing.</summary>
    public void Add(long? level)
    {
        if (level is { } seen)
        {
            _peak = _before is null ? seen : Math.Max(_peak, seen);
            _before ??= seen;
            _after = seen;
        }
    }
}
