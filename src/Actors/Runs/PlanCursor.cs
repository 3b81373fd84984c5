using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>The progress of a run in its plan: the next burst, the open ones, and the results of ended ones. Pure: its caller tells it the
/// time.</summary>
/// <param name="plan">The plan.</param>
/// <param name="lanes">Number of lanes that report the end of their share of a burst.</param>
/// <param name="deadline">When the load ends in any case; 0 is never.</param>
/// <param name="hold">How long connections are held; counts in the progress of a burst.</param>
internal sealed class PlanCursor(RunPlan plan, int lanes, TimeSpan deadline = default, TimeSpan hold = default)
{
    /// <summary>Most bursts that a report lists.</summary>
    public const int MostKept = 10_000;

    private const long LongLag = 1_000_000;

    private readonly Dictionary<int, BurstRecord> _open = [];
    private readonly List<BurstResult> _ended = [];
    private TimeSpan _busySince;
    private TimeSpan _phaseStart;
    private TimeSpan _lastEnd;
    private int _phase;
    private int _nextInPhase;
    private int _begun;

    /// <summary>Bursts that the lanes know and that have not ended.</summary>
    public int Open => _open.Count;

    /// <summary>The first <see cref="MostKept"/> ended bursts.</summary>
    public IReadOnlyList<BurstResult> Ended => _ended;

    /// <summary>Number of ended bursts that are not kept, because millions of small ones would fill the memory.</summary>
    public int Omitted { get; private set; }

    /// <summary>Connections opened in all ended bursts.</summary>
    public long Opened { get; private set; }

    /// <summary>Time in which bursts were open, from a due time to the end of the last connection. Overlapping bursts count once.</summary>
    public TimeSpan Busy { get; private set; }

    /// <summary>Connections of all begun bursts, which decides the next endpoint in turn.</summary>
    public long Turn { get; private set; }

    /// <summary>Connections of the largest begun burst.</summary>
    public int Largest { get; private set; }

    /// <summary>Bursts without a started connection one second after their due time.</summary>
    public long LateBursts { get; private set; }

    /// <summary>Longest time from due to first start of a burst, microseconds.</summary>
    public long WorstBurstLag { get; private set; }

    /// <summary>True if the plan has no further burst and no burst is open.</summary>
    public bool IsOver => _phase >= plan.Phases.Length;

    /// <summary>True if no connection of the ended bursts was ever established.</summary>
    public bool NeverReached { get; private set; }

    /// <summary>True while an endpoint is untried.</summary>
    public bool HasUntriedEndpoint { get; private set; }

    /// <summary>The phase of the next burst.</summary>
    public PhasePlan Phase => plan.Phases[Math.Min(_phase, plan.Phases.Length - 1)];

    /// <summary>
    /// When the next burst is due; null while that depends on an open burst, and when the run has ended. Moves on to the next phase
    /// after the last burst of the present one.
    /// </summary>
    public TimeSpan? NextDue()
    {
        for (; !IsOver; _phase++, _nextInPhase = 0, _phaseStart = _lastEnd)
        {
            if (Phase.Pacing == Pacing.AfterBurst && _open.Count > 0)
            {
                return null;
            }

            if (Phase.DueAt(_nextInPhase, _phaseStart, _lastEnd) is { } due)
            {
                return due;
            }

            if (_open.Count > 0)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Begins the next burst; returns its number.</summary>
    public int Begin(TimeSpan due)
    {
        _nextInPhase++;
        _busySince = _open.Count == 0 ? due : _busySince;
        Largest = Math.Max(Largest, Phase.Connections);
        Turn += Phase.Connections;
        _open.Add(_begun, new BurstRecord(_begun, Phase.Name, due, lanes));
        return _begun++;
    }

    /// <summary>A lane's share has ended. True if that ends its burst.</summary>
    public bool End(LaneProtocol.BurstShareEnded share)
    {
        if (!_open.TryGetValue(share.Burst, out var book))
        {
            return false; // its burst has ended without it
        }

        book.Add(share);
        if (!book.IsComplete)
        {
            return false;
        }

        HasUntriedEndpoint = share.HasUntriedEndpoint;
        Close(share.Burst, book);
        return true;
    }

    /// <summary>A lane reports nothing more: open bursts do not wait for its shares.</summary>
    public void GiveUp(int lane)
    {
        foreach (var (burst, book) in _open.ToArray())
        {
            book.GiveUp(lane);
            if (book.IsComplete)
            {
                Close(burst, book);
            }
        }
    }

    private void Close(int burst, BurstRecord book)
    {
        _open.Remove(burst);
        _lastEnd = book.EndedAt > _lastEnd ? book.EndedAt : _lastEnd;
        if (_open.Count == 0 && _lastEnd > _busySince)
        {
            Busy += _lastEnd - _busySince;
        }

        NeverReached = book.NeverReached;
        if (book.HasBegun)
        {
            Keep(book.ToResult());
        }
    }

    private void Keep(BurstResult burst)
    {
        Opened += burst.Opened;
        LateBursts += burst.StartLagMicros >= LongLag ? 1 : 0;
        WorstBurstLag = Math.Max(WorstBurstLag, burst.StartLagMicros);
        if (_ended.Count < MostKept)
        {
            _ended.Add(burst);
        }
        else
        {
            Omitted++;
        }
    }

    /// <summary>The progress after <paramref name="elapsed"/>.</summary>
    public RunProgress Progress(TimeSpan elapsed)
    {
        var inPhase = Phase.Count is { } count
            ? (_nextInPhase - _open.Count + Held(elapsed)) / count
            : (elapsed - _phaseStart) / Phase.Duration;
        var done = IsOver ? 1 : (_phase + Math.Clamp(inPhase, 0, 1)) / plan.Phases.Length;
        var byTime = deadline > TimeSpan.Zero ? Math.Clamp(elapsed / deadline, 0, 1) : 0;
        return new RunProgress(Phase.Name, _begun, plan.Bursts, Math.Max(done, byTime));
    }

    // An open burst counts by the part of its hold that is over; the last hundredth comes with its end.
    private double Held(TimeSpan elapsed) =>
        hold > TimeSpan.Zero ? _open.Values.Sum(book => Math.Clamp((elapsed - book.DueAt) / hold, 0, 0.99)) : 0;
}
