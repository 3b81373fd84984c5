using System.Text.Json.Serialization;

namespace ActorLoad.Metrics;

/// <summary>Why a connection that could be used again was closed.</summary>
public enum PoolEnd
{
    /// <summary>The run was over, or was stopped.</summary>
    RunOver,

    /// <summary>It was idle for <c>pool.idle-timeout</c>.</summary>
    IdleTimeout,

    /// <summary><c>pool.max-idle</c> others were idle already.</summary>
    Surplus,

    /// <summary>A connection to another endpoint was due, and <c>max-open</c> was reached.</summary>
    MadeRoom,

    /// <summary>The server had ended it, which showed only when it was borrowed, or it did not answer the PING.</summary>
    Stale,

    /// <summary>The server's FIN came while it was idle.</summary>
    PeerClosed,

    /// <summary>The server's RST came while it was idle.</summary>
    Reset,

    /// <summary>The server said what nothing had asked for while it was idle, such as an error.</summary>
    Unasked,
}

/// <summary>The pool of idle connections (<c>connection.reuse = between-bursts</c>).</summary>
/// <param name="Replaced">Borrowed connections that turned out to be stale: a new one was opened in their place.</param>
/// <param name="Closed">Closed connections by the names of <see cref="PoolEnd"/>, without zeros.</param>
public sealed record PoolCounts(long Replaced, IReadOnlyDictionary<string, long> Closed)
{
    /// <summary>Idle connections now; 0 after the run. Null, and absent in JSON, for a phase.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Idle { get; init; }

    /// <summary>How long it took to close all idle connections at the end, milliseconds, on the loop that took longest; absent before.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? CloseMillis { get; init; }
}

/// <summary>The same as a part of a tally; differences of two tallies, too.</summary>
public sealed record PoolData(long Reused, long Idle, long Replaced, IReadOnlyDictionary<string, long>? Closed, double? CloseMillis);

/// <summary>Counts a pool.</summary>
internal sealed class PoolTally
{
    private readonly WordCounts<PoolEnd> _closed = new();
    private long _idle;
    private long _replaced;
    private double? _closeMillis;

    /// <summary>Uses of connections that an earlier burst had opened.</summary>
    public long Reused { get; private set; }

    /// <summary>The counts for reports.</summary>
    public PoolCounts Counts => new(_replaced, _closed.ByName() ?? new Dictionary<string, long>())
    {
        Idle = _idle,
        CloseMillis = _closeMillis,
    };

    /// <summary>For sending.</summary>
    public PoolData Data => new(Reused, _idle, _replaced, _closed.ByName(), _closeMillis);

    /// <summary>A connection has become idle.</summary>
    public void Keep() => _idle++;

    /// <summary>A use takes over an idle connection.</summary>
    public void Borrow() => (Reused, _idle) = (Reused + 1, _idle - 1);

    /// <summary>A borrowed connection is stale, and a new one takes its place.</summary>
    public void Replace()
    {
        (Reused, _replaced) = (Reused - 1, _replaced + 1);
        _closed.Count(PoolEnd.Stale);
    }

    /// <summary>An idle connection was closed.</summary>
    public void Close(PoolEnd end)
    {
        _idle--;
        _closed.Count(end);
    }

    /// <summary>A connection was not kept.</summary>
    public void Refuse() => _closed.Count(PoolEnd.Surplus);

    /// <summary>All idle connections were closed.</summary>
    public void CloseAll(double millis) => _closeMillis = Math.Max(_closeMillis ?? 0, millis);

    /// <summary>Adds the counts of another.</summary>
    public void Add(PoolData other)
    {
        (Reused, _idle, _replaced) = (Reused + other.Reused, _idle + other.Idle, _replaced + other.Replaced);
        _closed.Add(other.Closed);
        if (other.CloseMillis is { } millis)
        {
            CloseAll(millis);
        }
    }
}
