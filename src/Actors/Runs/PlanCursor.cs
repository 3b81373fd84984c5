using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>How far a run has come in its plan: which burst is next, which are open, what the ended ones came to. Pure: time is told to it.</summary>
/// <param name="plan">What is to be done.</param>
/// <param name="lanes">How many lanes report the end of their share of a burst.</param>
/// <param name="deadline">When the load ends whatever is left; 0 is never.</param>
/// <param name="hold">How long connections are held: a burst is as far as its hold.</param>
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

    /// <summary>Bursts that have been told to the lanes and have not ended.</summary>
    public int Open => _open.Count;

    /// <summary>The first <see cref="MostKept"/> bursts that have ended.</summary>
    public IReadOnlyList<BurstResult> Ended => _ended;

    /// <summary>Bursts that have ended and are not kept one by one: a run of millions of small ones must not fill the memory.</summary>
    public int Omitted { get; private set; }

    /// <summary>Connections opened in all bursts that have ended.</summary>
    public long Opened { get; private set; }

    /// <summary>How long bursts were open, from a due time to the end of the last connection; those that overlap count once.</summary>
    public TimeSpan Busy { get; private set; }

    /// <summary>Connections of all bursts that were begun: whose turn it is among the targets.</summary>
    public long Turn { get; private set; }

    /// <summary>Connections of the largest burst that was begun.</summary>
    public int Largest { get; private set; }

    /// <summary>Bursts of which not one connection had been started a second after they were due.</summary>
    public long LateBursts { get; private set; }

    /// <summary>Due time to the first start of the burst that waited longest, microseconds.</summary>
    public long WorstBurstLag { get; private set; }

    /// <summary>True once the plan has no further burst and none is open.</summary>
    public bool IsOver => _phase >= plan.Phases.Length;

    /// <summary>True if not one connection of the bursts that have ended was ever established.</summary>
    public bool NeverReached { get; private set; }

    /// <summary>True while some endpoint has not been tried.</summary>
    public bool HasUntriedEndpoint { get; private set; }

    /// <summary>The phase that the next burst belongs to.</summary>
    public PhasePlan Phase => plan.Phases[Math.Min(_phase, plan.Phases.Length - 1)];

    /// <summary>
    /// When the next burst is due; null while that depends on an open one, and when the run is over. Moves on to the next phase when the
    /// last burst of the present one has ended.
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

    /// <summary>The next burst begins; its number.</summary>
    public int Begin(TimeSpan due)
    {
        _nextInPhase++;
        _busySince = _open.Count == 0 ? due : _busySince;
        Largest = Math.Max(Largest, Phase.Connections);
        Turn += Phase.Connections;
        _open.Add(_begun, new BurstRecord(_begun, Phase.Name, due, lanes));
        return _begun++;
    }

    /// <summary>A lane's share has ended; true if its burst has.</summary>
    public bool End(LaneProtocol.BurstShareEnded share)
    {
        if (!_open.TryGetValue(share.Burst, out var book))
        {
            return false; // summed up without it
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

    /// <summary>A lane will report nothing more: its shares of the open bursts are not waited for.</summary>
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

    /// <summary>How far it is, when the run has gone on for <paramref name="elapsed"/>.</summary>
    public RunProgress Progress(TimeSpan elapsed)
    {
        var inPhase = Phase.Count is { } count
            ? (_nextInPhase - _open.Count + Held(elapsed)) / count
            : (elapsed - _phaseStart) / Phase.Duration;
        var done = IsOver ? 1 : (_phase + Math.Clamp(inPhase, 0, 1)) / plan.Phases.Length;
        var byTime = deadline > TimeSpan.Zero ? Math.Clamp(elapsed / deadline, 0, 1) : 0;
        return new RunProgress(Phase.Name, _begun, plan.Bursts, Math.Max(done, byTime));
    }

    // Bursts that are open count as far as they have held; the last hundredth comes with their end.
    private double Held(TimeSpan elapsed) =>
        hold > TimeSpan.Zero ? _open.Values.Sum(book => Math.Clamp((elapsed - book.DueAt) / hold, 0, 0.99)) : 0;
}
