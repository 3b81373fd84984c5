namespace ActorLoad.Resp;

/// <summary>Counts the values that a RESP value still lacks. One number serves any depth of aggregates of known length.</summary>
internal struct ValueNesting
{
    private const long Endless = 1L << 60;
    private const long Most = 1L << 59;
    private const int MostStreams = 64;

    private long _left;
    private long _first;
    private bool _isOpen;
    private Stack<long>? _streams;

    /// <summary>True if no value is lacking.</summary>
    public readonly bool IsDone => _left == 0;

    /// <summary>True if the value itself, an attribute before it, or the last item of a begun value comes next.</summary>
    public readonly bool IsAtTop => _left == 1;

    /// <summary>True if the first item of the value, or an attribute before it, comes next.</summary>
    public readonly bool IsFirstItem => _first != 0 && _left == _first;

    /// <summary>Begins a value.</summary>
    public void Begin() => (_left, _first, _isOpen) = (1, 0, false);

    /// <summary>Counts one whole value without items.</summary>
    public void Take()
    {
        _first = IsFirstItem ? 0 : _first;
        _left -= _left == Endless ? 0 : 1;
    }

    /// <summary>Begins an aggregate; false if it has more items than any server sends.</summary>
    public bool TryOpen(long items)
    {
        Take();
        var isRight = TryAdd(items);
        if (!_isOpen)
        {
            (_first, _isOpen) = (items > 0 ? _left : 0, true);
        }

        return isRight;
    }

    /// <summary>Begins an attribute. Its items come before the value that it belongs to.</summary>
    public bool TryAdd(long items)
    {
        _left += items;
        return _left < Most || (_left >= Endless && _left < Endless + Most);
    }

    /// <summary>Begins an aggregate of unknown length; false if the nesting is too deep.</summary>
    /// <param name="countsItself">False for an attribute.</param>
    public bool TryBeginStream(bool countsItself)
    {
        if (countsItself)
        {
            Take();
        }

        (_streams ??= new()).Push(_left);
        _left = Endless;
        if (!_isOpen && countsItself)
        {
            (_first, _isOpen) = (Endless, true);
        }

        return _streams.Count <= MostStreams;
    }

    /// <summary>Ends an aggregate of unknown length; false if no such aggregate can end here.</summary>
    public bool TryEndStream()
    {
        if (_left != Endless || _streams is not { Count: > 0 } streams)
        {
            return false;
        }

        _first = IsFirstItem ? 0 : _first;
        _left = streams.Pop();
        return true;
    }
}
