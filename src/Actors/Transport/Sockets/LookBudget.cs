namespace ActorLoad.Transport.Sockets;

/// <summary>How much a loop does before it asks the engine what is ready; asking costs a hundredth of that. The engine hands out
/// completions one by one: without such looks all work that the first one causes would run before the last one is stamped.</summary>
/// <param name="longest">Ticks of work between two looks.</param>
internal struct LookBudget(long longest)
{
    /// <summary>Pieces of work between two looks.</summary>
    public const int Work = 64;

    private int _done;
    private long _from;
    private long _seen;

    /// <summary>True if it is time for a look.</summary>
    public readonly bool IsSpent => _done >= Work || (_from != 0 && _seen - _from > longest);

    /// <summary>Work is done.</summary>
    public void Did(int pieces = 1) => _done += pieces;

    /// <summary>The clock was read, for another purpose.</summary>
    public void Saw(long now)
    {
        _seen = now;
        _from = _from == 0 ? now : _from;
    }

    /// <summary>No work waits: time that passes from now on does not count.</summary>
    public void IsIdle() => _from = 0;

    /// <summary>The engine was asked.</summary>
    public void Renew() => (_done, _from) = (0, 0);
}
