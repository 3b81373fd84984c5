namespace ActorLoad.Metrics;

/// <summary>
/// Finds the traces of lost SYNs in connect times. The kernel sends a SYN again after whole seconds, and an established connection then took
/// as long as the wait, one round trip and a little more: a heap right after the second, and next to nothing until the one after it.
/// </summary>
/// <param name="roundTrip">What the line takes at least, in microseconds. A connect of a second and less than this beyond it waited for the line: a
/// SYN that was lost costs the whole second and a round trip.</param>
internal sealed class ConnectModes(long roundTrip = 0)
{
    private const long Second = 1_000_000;

    // Connect times are kept to three digits: of ten seconds, to a hundredth.
    private const long Early = 10_000;

    // The kernel's timers are coarse (up to 32 ms at one second), and a busy loop looks late.
    private const long Late = 250_000;

    // A server that is merely slow spreads connects evenly; a heap is twice as dense as what lies behind it.
    private const double Heap = 2.0 * (Early + Late) / (Second - Early - Late);

    private readonly SortedDictionary<int, (long Near, long Behind)> _seconds = [];

    /// <summary>Connect times seen.</summary>
    public long Connects { get; private set; }

    /// <summary>Those that took a second or more.</summary>
    public long Long => Distant + _seconds.Values.Sum(second => second.Near + second.Behind);

    /// <summary>Those of them that no lost SYN explains: the round trip itself is about as long as the kernel waits before it sends a SYN again.</summary>
    public long Distant { get; private set; }

    /// <summary>Takes all values of a histogram.</summary>
    public void Add(LatencyHistogram histogram) => histogram.ForEach(Add);

    /// <summary>Takes a value, so many times.</summary>
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

    /// <summary>The seconds that have a heap, with its connections.</summary>
    public IReadOnlyDictionary<int, long> Seconds() => _seconds
        .Where(second => second.Value.Near > 0 && second.Value.Near > Heap * second.Value.Behind)
        .ToDictionary(second => second.Key, second => second.Value.Near);
}
