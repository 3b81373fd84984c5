namespace ActorLoad.Observers.Server;

/// <summary>What one counter of a server grew by, across resets and restarts of the server.</summary>
internal sealed class CounterWatch
{
    private long? _last;
    private long _total;
    private bool _isBegun;

    /// <summary>The growth, less what was taken off, and at least 0. Null if the counter was never read.</summary>
    public long? Total => _last is null ? null : Math.Max(0, _total);

    /// <summary>True if this value is less than the last.</summary>
    public bool FallsTo(long? value) => value < _last;

    /// <summary>Takes a reading. The first one only says where the counter stands.</summary>
    /// <param name="value">Null where this reading has no value: nothing changes.</param>
    /// <param name="fromZero">The counter was set back since the last reading: all of it is growth.</param>
    public void Read(long? value, bool fromZero)
    {
        if (value is not { } now)
        {
            return;
        }

        var growth = _last is { } last ? fromZero ? now : Math.Max(0, now - last) : fromZero && _isBegun ? now : 0;
        _total = growth > long.MaxValue - Math.Max(0, _total) ? long.MaxValue : _total + growth; // a server may say any number
        _last = now;
    }

    /// <summary>Takes off what the observers did themselves.</summary>
    public void Without(long own) => _total -= own;

    /// <summary>Counting starts at the last reading.</summary>
    public void Begin() => (_total, _isBegun) = (0, true);
}
