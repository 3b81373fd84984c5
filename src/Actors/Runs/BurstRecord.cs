using ActorLoad.Connections;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>One running burst: the shares that its lanes have reported so far.</summary>
internal sealed class BurstRecord(int index, string phase, TimeSpan dueAt, int lanes)
{
    private readonly List<LaneProtocol.BurstShareEnded> _shares = [];
    private readonly HashSet<int> _lost = [];

    /// <summary>When it was due.</summary>
    public TimeSpan DueAt { get; } = dueAt;

    /// <summary>When its last connection ended, as far as reported.</summary>
    public TimeSpan EndedAt => _shares.Count == 0 ? DueAt : _shares.Max(share => share.EndedAt);

    /// <summary>True when every lane has reported, or never will.</summary>
    public bool IsComplete => _shares.Count + _lost.Count == lanes;

    /// <summary>True if a lane has begun it. A burst that was stopped before its due time is not in the report.</summary>
    public bool HasBegun => _shares.Any(share => share.Planned > 0);

    /// <summary>True if no lane ever established a connection, for a reason other than an early stop.</summary>
    public bool NeverReached => _shares.All(share => share.NeverReached) && _shares.Any(share => share.Failed > 0);

    /// <summary>Adds a lane's share.</summary>
    public void Add(LaneProtocol.BurstShareEnded share)
    {
        _lost.Remove(share.Lane);
        _shares.Add(share);
    }

    /// <summary>A lane will report no share, unless it already has.</summary>
    public void GiveUp(int lane)
    {
        if (_shares.TrueForAll(share => share.Lane != lane))
        {
            _lost.Add(lane);
        }
    }

    /// <summary>The burst in the report.</summary>
    public BurstResult ToResult()
    {
        var first = _shares.Min(share => share.FirstStart);
        var last = _shares.Max(share => share.LastStart);
        var reused = _shares.Sum(share => (long?)share.Reused ?? 0);
        long opened = _shares.Sum(share => share.Opened);
        long planned = _shares.Sum(share => share.Planned);
        return new BurstResult(
            index, phase, DueAt.TotalSeconds, planned, opened - reused, planned - opened, _shares.Sum(share => share.Succeeded),
            _shares.Sum(share => share.Failed), _shares.Sum(share => share.Cancelled),
            first is { } start ? Micros(start - DueAt) : 0, first is { } from && last is { } to ? Micros(to - from) : 0,
            (EndedAt - DueAt).TotalSeconds)
        {
            Reused = _shares.Any(share => share.Reused is not null) ? reused : null,
        };
    }

    private static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
