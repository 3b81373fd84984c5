using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>
/// The progress of a run in its plan: what begins next, what is open, and the results of what has ended. A burst begins as a whole; so does
/// a paced phase, whose connections the lanes then pace. Pure: its caller tells it the time.
/// </summary>
/// <param name="plan">The plan.</param>
/// <param name="lanes">Number of lanes that report the end of their share.</param>
/// <param name="deadline">When the load ends in any case; 0 is never.</param>
/// <param name="hold">How long connections are held; counts in the progress of a burst.</param>
internal sealed class PlanCursor(RunPlan plan, int lanes, TimeSpan deadline = default, TimeSpan hold = default)
{
    /// <summary>Most bursts that a report lists.</summary>
    public const int MostKept = 10_000;

    private const long LongLag = 1_000_000;

    private readonly Dictionary<int, (BurstRecord Record, Stage Stage)> _open = [];
    private readonly List<BurstResult> _ended = [];
    private readonly PhaseTimes?[] _times = new PhaseTimes?[plan.Phases.Length];
    private Stage _next = new(0, 0, TimeSpan.Zero);
    private Stage _present = new(0, 0, TimeSpan.Zero);
    private TimeSpan _busySince;
    private TimeSpan _busyUntil;
    private int _begun;
    private int _bursts;

    /// <summary>Bursts and paced phases that the lanes know and that have not ended.</summary>
    public int Open => _open.Count;

    /// <summary>Those of them that have connections.</summary>
    public int OpenLoads { get; private set; }

    /// <summary>The first <see cref="MostKept"/> ended bursts.</summary>
    public IReadOnlyList<BurstResult> Ended => _ended;

    /// <summary>Number of ended bursts that are not kept, because millions of small ones would fill the memory.</summary>
    public int Omitted { get; private set; }

    /// <summary>Connections opened in all that has ended.</summary>
    public long Opened { get; private set; }

    /// <summary>Time in which connections were due or open, from the begin of a burst or a paced phase to the end of its last connection.
    /// Overlaps count once.</summary>
    public TimeSpan Busy { get; private set; }

    /// <summary>Connections of all that has begun, which decides the next endpoint in turn.</summary>
    public long Turn { get; private set; }

    /// <summary>Most connections that were due together.</summary>
    public int Largest { get; private set; }

    /// <summary>Bursts without a started connection one second after their due time.</summary>
    public long LateBursts { get; private set; }

    /// <summary>Longest time from due to first start of a burst, microseconds.</summary>
    public long WorstBurstLag { get; private set; }

    /// <summary>True if all has begun and nothing is open.</summary>
    public bool IsOver => _next.Phase >= plan.Phases.Length && _open.Count == 0;

    /// <summary>True if no connection of what has ended was ever established.</summary>
    public bool NeverReached { get; private set; }

    /// <summary>True while an endpoint is untried.</summary>
    public bool HasUntriedEndpoint { get; private set; }

    /// <summary>The phase of what begins next.</summary>
    public PhasePlan Phase => plan.Phases[Math.Min(_next.Phase, plan.Phases.Length - 1)];

    /// <summary>Its number, and its repetition, from 0.</summary>
    public (int Phase, int Repetition) Place => (_next.Phase, _next.Repetition);

    /// <summary>What is reported of all that has begun.</summary>
    public PlanResults Results => new(_ended, Omitted, _times);

    /// <summary>
    /// When the next burst or paced phase is due; null while that depends on an open burst, and when all has begun. Moves on to the next
    /// phase when all of the present one has begun and its time is over.
    /// </summary>
    public TimeSpan? NextDue()
    {
        for (; _next.Phase < plan.Phases.Length; _next = After(_next))
        {
            if (Phase is BurstPhase { Pacing: Pacing.AfterBurst } && _next.Open > 0)
            {
                return null;
            }

            var due = Phase is BurstPhase bursts ? bursts.DueAt(_next.Begun, _next.Start, _next.LastEnd)
                : _next.Begun == 0 ? _next.Start : (TimeSpan?)null;
            if (due is not null)
            {
                return due;
            }

            if (Phase is BurstPhase && _next.Open > 0)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Begins what is next; returns its number.</summary>
    public int Begin(TimeSpan due)
    {
        var connections = Phase is BurstPhase bursts ? bursts.Connections : (int)Math.Ceiling(((PacedPhase)Phase).Arrivals.Expected);
        _present = _next;
        _next.Begun++;
        _next.Open++;
        _times[_next.Phase] ??= new PhaseTimes(due);
        if (connections > 0)
        {
            _busySince = OpenLoads++ == 0 ? due : _busySince;
        }

        _bursts += Phase is BurstPhase ? 1 : 0;
        Largest = Math.Max(Largest, Phase.MostTogether);
        Turn += connections;
        _open.Add(_begun, (new BurstRecord(_begun, Phase.Name, due, lanes), _next));
        return _begun++;
    }

    /// <summary>A lane's share has ended. True if that ends its burst or paced phase.</summary>
    public bool End(LaneProtocol.BurstShareEnded share)
    {
        if (!_open.TryGetValue(share.Burst, out var open))
        {
            return false; // it has ended without this share
        }

        open.Record.Add(share);
        if (!open.Record.IsComplete)
        {
            return false;
        }

        HasUntriedEndpoint = share.HasUntriedEndpoint;
        Close(share.Burst, open.Record, open.Stage);
        return true;
    }

    /// <summary>A lane reports nothing more: what is open does not wait for its shares.</summary>
    public void GiveUp(int lane)
    {
        foreach (var (burst, open) in _open.ToArray())
        {
            open.Record.GiveUp(lane);
            if (open.Record.IsComplete)
            {
                Close(burst, open.Record, open.Stage);
            }
        }
    }

    /// <summary>The progress after <paramref name="elapsed"/>.</summary>
    public RunProgress Progress(TimeSpan elapsed)
    {
        var phase = plan.Phases[_present.Phase];
        var inRepetition = phase is PacedPhase paced ? (elapsed - _present.Start) / paced.Duration : InBursts((BurstPhase)phase, elapsed);
        var inPhase = (_present.Repetition + Math.Clamp(inRepetition, 0, 1)) / phase.Repeat;
        var done = IsOver ? 1 : (_present.Phase + inPhase) / plan.Phases.Length;
        var byTime = deadline > TimeSpan.Zero ? Math.Clamp(elapsed / deadline, 0, 1) : 0;
        return new RunProgress(phase.Name, _bursts, plan.Bursts, Math.Max(done, byTime)) { Shape = phase.Shape.Word() };
    }

    private double InBursts(BurstPhase phase, TimeSpan elapsed) => phase.Count is { } count
        ? (_present.Begun - _present.Open + Held(elapsed)) / count
        : (elapsed - _present.Start) / phase.Duration;

    // An open burst counts by the part of its hold that is over; the last hundredth comes with its end.
    private double Held(TimeSpan elapsed) => hold > TimeSpan.Zero
        ? _open.Values.Where(open => open.Stage == _present).Sum(open => Math.Clamp((elapsed - open.Record.DueAt) / hold, 0, 0.99)) : 0;

    // Paced phases follow each other by the clock, bursts when the last connection has ended.
    private Stage After(Stage stage)
    {
        var start = Phase is PacedPhase paced ? stage.Start + paced.Duration : stage.LastEnd;
        return stage.Repetition + 1 < Phase.Repeat
            ? new Stage(stage.Phase, stage.Repetition + 1, start) : new Stage(stage.Phase + 1, 0, start);
    }

    private void Close(int burst, BurstRecord record, Stage stage)
    {
        _open.Remove(burst);
        stage.Open--;
        stage.LastEnd = record.EndedAt > stage.LastEnd ? record.EndedAt : stage.LastEnd;
        var phase = plan.Phases[stage.Phase];
        if (phase is BurstPhase or PacedPhase { Arrivals.Expected: > 0 })
        {
            _busyUntil = record.EndedAt > _busyUntil ? record.EndedAt : _busyUntil;
            Busy += --OpenLoads == 0 && _busyUntil > _busySince ? _busyUntil - _busySince : TimeSpan.Zero;
        }

        _times[stage.Phase] = _times[stage.Phase]! with { EndedAt = record.EndedAt };
        if (record.HasBegun)
        {
            NeverReached = record.NeverReached;
            Keep(record.ToResult(), phase is BurstPhase);
        }
    }

    private void Keep(BurstResult burst, bool isListed)
    {
        Opened += burst.Opened;
        if (!isListed)
        {
            return;
        }

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

    // One repetition of a phase.
    private sealed class Stage(int phase, int repetition, TimeSpan start)
    {
        public int Phase { get; } = phase;

        public int Repetition { get; } = repetition;

        public TimeSpan Start { get; } = start;

        public TimeSpan LastEnd { get; set; } = start;

        public int Begun { get; set; }

        public int Open { get; set; }
    }
}

/// <summary>What is reported of a plan.</summary>
/// <param name="Bursts">The first <see cref="PlanCursor.MostKept"/> ended bursts.</param>
/// <param name="Omitted">Number of ended bursts that are not kept.</param>
/// <param name="Phases">When each phase began and ended, in the order of the plan; null if it has not begun.</param>
internal sealed record PlanResults(IReadOnlyList<BurstResult> Bursts, int Omitted, IReadOnlyList<PhaseTimes?> Phases);

/// <summary>When a phase began, and when the last of its connections had ended, since the start of the run.</summary>
internal sealed record PhaseTimes(TimeSpan BeganAt)
{
    /// <summary>Null while it goes on.</summary>
    public TimeSpan? EndedAt { get; init; }
}
