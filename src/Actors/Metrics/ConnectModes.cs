namespace ActorLoad.Metrics;

/// <summary>
/// Finds the traces of lost SYNs in connect times. The kernel sends a SYN again after whole seconds. Such a connect takes that wait, a
/// round trip and a little more. So connect times pile up right after the second, with almost none until the next one.
/// </summary>
/// <param name="roundTrip">The line's least round trip, in microseconds. A connect of a second or more, but less than a second plus this
/// time, waited for the line: a lost SYN costs the whole second and a round trip.</param>
public sealed class ConnectModes(long roundTrip = 0)
{
    private const long Second = 1_000_000;

    // Connect times have three digits: ten seconds are exact to a hundredth.
    private const long Early = 10_000;

    // The kernel's timers are coarse (up to 32 ms at one second), and a busy loop looks late.
    private const long Late = 250_000;

    // A slow server spreads connect times evenly. A heap is twice as dense as the times behind it.
    private const double Heap = 2.0 * (Early + Late) / (Second - Early - Late);

    private readonly SortedDictionary<int, (long Near, long Behind)> _seconds = [];

    /// <summary>Number of connect times.</summary>
    public long Connects { get; private set; }

    /// <summary>Connect times of a second or more.</summary>
    public long OverASecond => Distant + _seconds.Values.Sum(second => second.Near + second.Behind);

    /// <summary>Long connects without a lost SYN: the round trip itself is about as long as the kernel's wait before it resends a
    /// SYN.</summary>
    public long Distant { get; private set; }

    /// <summary>Takes all values of a histogram.</summary>
    public void Add(LatencyHistogram histogram) => histogram.ForEach(Add);

    /// <summary>Takes a value and its count.</summary>
    public void Add(long micros, long count)
    {
        Connects += count;
        var waited = micros - roundTrip;
        var second = (int)((waited + Early) / Second);
        if (second == 0)
        {
            Distant += micros + Early >= Second ? count : 0;
            return;
        }

        var (near, behind) = _seconds.GetValueOrDefault(second);
        _seconds[second] = waited - (second * Second) < Late ? (near + count, behind) : (near, behind + count);
    }

    /// <summary>The seconds with a heap, and the connections of each.</summary>
    public IReadOnlyDictionary<int, long> Seconds() => _seconds
        .Where(second => second.Value.Near > 0 && second.Value.Near > Heap * second.Value.Behind)
        .ToDictionary(second => second.Key, second => second.Value.Near);
}
