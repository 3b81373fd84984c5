using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Begun attempts and ended connections per second.</summary>
internal sealed record Rates(double Started, double Ended);

/// <summary>Turns snapshots into rates, over the last intervals that make at least 250 ms.</summary>
internal sealed class RateWindow
{
    /// <summary>Least seconds of a rate.</summary>
    public const double Shortest = 0.25;

    private readonly Queue<Point> _points = new([new Point(0, 0, 0)]);

    /// <summary>The rates at a snapshot; null while the run is younger than 250 ms.</summary>
    public Rates? Add(RunSnapshot snapshot)
    {
        var (started, ended) = (snapshot.Attempts + (snapshot.Connections.Reused ?? 0), snapshot.Connections.Uses - snapshot.Open);
        var now = new Point(snapshot.ElapsedSeconds, started, ended);
        _points.Enqueue(now);
        while (_points.ElementAt(1).At <= now.At - Shortest)
        {
            _points.Dequeue();
        }

        var from = _points.Peek();
        var seconds = now.At - from.At;
        return seconds < Shortest ? null : new Rates((now.Started - from.Started) / seconds, (now.Ended - from.Ended) / seconds);
    }

    private sealed record Point(double At, long Started, long Ended);
}
