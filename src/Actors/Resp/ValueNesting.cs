namespace ActorLoad.Resp;

/// <summary>How many values a RESP value still lacks: a number, whatever the depth, unless an aggregate does not say how long it is.</summary>
internal struct ValueNesting
{
    private const long Endless = 1L << 60;
    private const long Most = 1L << 59;
    private const int MostStreams = 64;

    private long _left;
    private long _first;
    private bool _isOpen;
    private Stack<long>? _streams;

    /// <summary>Nothing is lacking.</summary>
    public readonly bool IsDone => _left == 0;

    /// <summary>What comes next is the value itself, or an attribute before it; unless one has begun, then it may be its last item.</summary>
    public readonly bool IsAtTop => _left == 1;

    /// <summary>What comes next is the first item of the value, or an attribute before that.</summary>
    public readonly bool IsFirstItem => _first != 0 && _left == _first;

    /// <summary>A value begins.</summary>
    public void Begin() => (_left, _first, _isOpen) = (1, 0, false);

    /// <summary>One value is over that has no items.</summary>
    public void Take()
    {
        _first = IsFirstItem ? 0 : _first;
        _left -= _left == Endless ? 0 : 1;
    }

    /// <summary>An aggregate begins; false if there are more items than anybody sends.</summary>
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

    /// <summary>An attribute begins: its items come before the value that it belongs to.</summary>
    public bool TryAdd(long items)
    {
        _left += items;
        return _left < Most || (_left >= Endless && _left < Endless + Most);
    }

    /// <summary>An aggregate of unknown length begins; false if they are too deep.</summary>
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

    /// <summary>Its end has come; false if there is none that could end here.</summary>
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
