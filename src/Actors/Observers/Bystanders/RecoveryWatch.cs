namespace ActorLoad.Observers.Bystanders;

/// <summary>Finds when latency after a storm was back at the baseline: the first window in which p99 of the PINGs that were due is within
/// the limit. A PING that was never answered is above the limit.</summary>
internal sealed class RecoveryWatch
{
    private readonly long _end;
    private readonly long _length;
    private readonly double _limitMicros;
    private readonly PriorityQueue<bool, long> _settled = new();
    private readonly Queue<(long Due, bool IsWithin)> _window = new();
    private int _within;
    private long _from;

    /// <summary>Watches from the end of the storm on.</summary>
    /// <param name="end">When the storm ended, as a time stamp.</param>
    /// <param name="window">Length of the window, in ticks.</param>
    /// <param name="limitMicros">Upper end of the band.</param>
    public RecoveryWatch(long end, long window, double limitMicros) =>
        (_end, _from, _length, _limitMicros) = (end, end, window, limitMicros);

    /// <summary>When the first good window begins; null until there is one.</summary>
    public long? RecoveredAt { get; private set; }

    /// <summary>A PING was answered this many microseconds after it was due; null if it never was. PINGs may come in any order.</summary>
    public void Add(long due, long? micros)
    {
        if (due >= _end && RecoveredAt is null)
        {
            _settled.Enqueue(micros <= _limitMicros, due);
        }
    }

    /// <summary>Judges the windows that end by <paramref name="settledUntil"/>: every PING that was due before it has been added.</summary>
    public void Judge(long settledUntil)
    {
        while (RecoveredAt is null && _from + _length <= settledUntil)
        {
            Fill(_from + _length);
            if (_window.Count > 0 && _within >= RankOfP99(_window.Count))
            {
                RecoveredAt = _from;
            }
            else if (_window.TryDequeue(out var first))
            {
                _within -= first.IsWithin ? 1 : 0;
                _from = first.Due + 1; // the window is the same until its first PING is out of it
            }
            else if (_settled.TryPeek(out _, out var next))
            {
                _from = next;
            }
            else
            {
                return; // nothing was due: no window to judge
            }
        }
    }

    private void Fill(long until)
    {
        while (_settled.TryPeek(out var isWithin, out var due) && due < until)
        {
            _settled.Dequeue();
            _window.Enqueue((due, isWithin));
            _within += isWithin ? 1 : 0;
        }
    }

    // As in LatencyHistogram: p99 is the value of this rank. It is within the limit if as many values are.
    private static long RankOfP99(int count) => Math.Max(1, (long)((0.99 * count) + 0.5));
}
