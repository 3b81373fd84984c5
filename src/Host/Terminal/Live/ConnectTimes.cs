using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>Connect times counted in ranges of 1, 2 and 5: from 0.02 ms to 50 s, and beyond. Knows the heaps of lost SYNs.</summary>
internal sealed class ConnectTimes
{
    private static readonly int[] _digits = [1, 2, 5];

    // The first range begins at 0, the last has no end.
    private static readonly long[] _bounds =
        [.. Enumerable.Range(0, 7).SelectMany(power => _digits.Select(digit => (long)(digit * Math.Pow(10, power + 1)))).Skip(1)];

    private readonly LatencyHistogram _interval = new();
    private readonly LatencyHistogram _all = new();
    private long[] _counts = new long[Count];

    /// <summary>Number of ranges.</summary>
    public static int Count => _bounds.Length + 1;

    /// <summary>Number of ranges up to ten times the time; every such group begins at a power of ten.</summary>
    public const int RangesOfPower = 3;

    /// <summary>Where a SYN that was sent again shows first, in ranges.</summary>
    public static int FirstAfterLoss => Array.IndexOf(_bounds, 1_000_000) + 1;

    /// <summary>Adds the histogram of an interval, as <see cref="HistogramCodec"/> encodes it. Returns the counts so far, by
    /// range.</summary>
    public long[] Add(byte[]? encoded)
    {
        if (encoded is not null)
        {
            _interval.Reset();
            HistogramCodec.AddTo(_interval, encoded);
            _all.Add(_interval);
            _counts = [.. _counts];
            _interval.ForEach((micros, count) => _counts[RangeOf(micros)] += count);
        }

        return _counts;
    }

    /// <summary>Connections whose connect waited for a SYN that the kernel sent again, by the whole seconds that it took.</summary>
    public IReadOnlyDictionary<int, long> Heaps()
    {
        if (_counts.AsSpan(FirstAfterLoss).IndexOfAnyExcept(0) < 0)
        {
            return new Dictionary<int, long>();
        }

        var modes = new ConnectModes(_all.Summarize()!.Min);
        modes.Add(_all);
        return modes.Seconds();
    }

    /// <summary>A range in words: <c>0.1-0.2 ms</c>, <c>1-2 s</c>.</summary>
    /// <param name="first">The range, or the first of several.</param>
    /// <param name="last">The last of several.</param>
    public static string Name(int first, int last) =>
        first == 0 ? $"< {Bound(_bounds[last])}"
        : last == _bounds.Length ? $"> {Bound(_bounds[first - 1])}"
        : Bound(_bounds[first - 1]) is var from && Bound(_bounds[last]) is var to && from[^2..] == to[^2..]
            ? $"{from.Split(' ')[0]}-{to}" : $"{from}-{to}";

    private static int RangeOf(long micros) =>
        Array.FindIndex(_bounds, bound => micros < bound) is var index and >= 0 ? index : _bounds.Length;

    private static string Bound(long micros) =>
        micros < 1_000_000 ? FormattableString.Invariant($"{micros / 1000.0:0.##} ms") : $"{micros / 1_000_000} s";
}
