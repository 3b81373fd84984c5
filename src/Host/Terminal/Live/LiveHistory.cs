using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>The counts of a run at one time, all since its start.</summary>
/// <param name="At">Seconds since the start.</param>
/// <param name="Due">Connections whose time had come.</param>
/// <param name="Started">Started connections.</param>
/// <param name="Ended">Ended connections.</param>
/// <param name="Dropped">Connections that were not started.</param>
/// <param name="Outcomes">Ended connections by outcome.</param>
/// <param name="Connects">Connect times, as <see cref="ConnectTimes"/> counts them.</param>
internal sealed record LivePoint(
    double At, long Due, long Started, long Ended, long Dropped, IReadOnlyDictionary<string, long> Outcomes, long[] Connects)
{
    /// <summary>Before the run.</summary>
    public static LivePoint Origin { get; } = new(0, 0, 0, 0, 0, new Dictionary<string, long>(), new long[ConnectTimes.Count]);

    /// <summary>The point of a snapshot.</summary>
    public static LivePoint Of(RunSnapshot snapshot, long[] connects) => new(
        snapshot.ElapsedSeconds, snapshot.Connections.Planned, snapshot.Connections.Uses,
        snapshot.Connections.Uses - snapshot.Open, snapshot.Connections.Dropped, snapshot.Outcomes, connects);

    /// <summary>What came between an earlier point and this one.</summary>
    public LivePoint Since(LivePoint earlier) => new(
        At - earlier.At, Due - earlier.Due, Started - earlier.Started, Ended - earlier.Ended, Dropped - earlier.Dropped,
        Outcomes.ToDictionary(each => each.Key, each => each.Value - earlier.Outcomes.GetValueOrDefault(each.Key)),
        [.. Connects.Zip(earlier.Connects, (now, then) => now - then)]);
}

/// <summary>The counts of a run over time. A long run keeps its older half at half the resolution, again and again; counts between two kept
/// points stay exact.</summary>
internal sealed class LiveHistory
{
    private const int Most = 2_000;

    private readonly List<LivePoint> _points = [LivePoint.Origin];

    /// <summary>The newest point.</summary>
    public LivePoint Latest => _points[^1];

    public void Add(LivePoint point)
    {
        _points.Add(point);
        if (_points.Count > Most)
        {
            var index = 0;
            _points.RemoveAll(_ => index++ is var at && at < Most / 2 && at % 2 == 1);
        }
    }

    /// <summary>What came in the newest <paramref name="seconds"/>, or a little more: intervals are whole.</summary>
    public LivePoint Last(double seconds) => Latest.Since(_points[LastAt(Latest.At - seconds)]);

    /// <summary>How much per second in each of <paramref name="cells"/> equal parts of the newest <paramref name="seconds"/>.</summary>
    public double[] Rates(double seconds, int cells, Func<LivePoint, long> count)
    {
        var (from, part) = (Latest.At - seconds, seconds / cells);
        return part <= 0 ? new double[cells]
            : [.. Enumerable.Range(0, cells)
                .Select(cell => Math.Max(0, At(from + ((cell + 1) * part), count) - At(from + (cell * part), count)) / part)];
    }

    // Between two points, a count grows evenly.
    private double At(double second, Func<LivePoint, long> count)
    {
        var index = LastAt(second);
        var (before, after) = (_points[index], _points[Math.Min(index + 1, _points.Count - 1)]);
        var share = after.At > before.At ? Math.Clamp((second - before.At) / (after.At - before.At), 0, 1) : 0;
        return count(before) + (share * (count(after) - count(before)));
    }

    private int LastAt(double second) => Math.Max(0, _points.FindLastIndex(point => point.At <= second));
}
