namespace ActorLoad.Observers;

/// <summary>A level before, at its highest, and after a run.</summary>
public sealed record WatchedLevel(long Before, long Peak, long After);

/// <summary>A level that goes up and down, over the readings of a run.</summary>
/// <param name="own">The share of the observers themselves, which is taken off.</param>
internal sealed class LevelWatch(long own = 0)
{
    private long? _before;
    private long _peak;
    private long _after;

    /// <summary>Null if it was never read.</summary>
    public WatchedLevel? Level => _before is { } before ? new WatchedLevel(before, _peak, _after) : null;

    /// <summary>Takes a reading; null where it has no value.</summary>
    public void Read(long? value)
    {
        if (value is { } level)
        {
            _after = Math.Max(0, level - own);
            _before ??= _after;
            _peak = Math.Max(_peak, _after);
        }
    }

    /// <summary>The run begins: the last reading is the level before it.</summary>
    public void Begin()
    {
        if (_before is not null)
        {
            (_before, _peak) = (_after, _after);
        }
    }
}
