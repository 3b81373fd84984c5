using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>
/// The progress of a run in the plans of its fleets: what begins next, what is open, and the results of what has ended. A burst begins as a
/// whole; so does a paced phase, whose connections the lanes then pace. Pure: its caller tells it the time.
/// </summary>
/// <param name="fleets">The plans, at least one.</param>
/// <param name="lanes">Number of lanes of each fleet, which report the end of their share.</param>
/// <param name="deadline">When the load ends in any case; 0 is never.</param>
internal sealed class PlanCursor(IReadOnlyList<FleetPlan> fleets, int lanes, TimeSpan deadline = default)
{
    /// <summary>Most bursts that a report lists.</summary>
    public const int MostKept = 10_000;

    private const long LongLag = 1_000_000;

    private readonly FleetCourse[] _fleets = [.. fleets.Select((fleet, number) => new FleetCourse(number, fleet))];
    private readonly Dictionary<int, (BurstRecord Record, FleetCourse Fleet, Stage Stage)> _open = [];
    private readonly List<BurstResult> _ended = [];
    private TimeSpan _busySince;
    private TimeSpan _busyUntil;
    private int _begun;
    private int _bursts;

    /// <summary>A cursor for a run with one fleet.</summary>
    public PlanCursor(RunPlan plan, int lanes, TimeSpan deadline = default, TimeSpan hold = default)
        : this([new FleetPlan("", plan, hold)], lanes, deadline)
    {
    }

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

    /// <summary>Most connections that were due together.</summary>
    public int Largest { get; private set; }

    /// <summary>Bursts without a started connection one second after their due time.</summary>
    public long LateBursts { get; private set; }

    /// <summary>Longest time from due to first start of a burst, microseconds.</summary>
    public long WorstBurstLag { get; private set; }

    /// <summary>True if all has begun and nothing is open.</summary>
    public bool IsOver => _open.Count == 0 && Array.TrueForAll(_fleets, fleet => fleet.HasBegunAll);

    /// <summary>True if no connection of what has ended was ever established, in any fleet.</summary>
    public bool NeverReached => Array.TrueForAll(_fleets, fleet => fleet.NeverReached);

    /// <summary>The fleets of which that is so.</summary>
    public IEnumerable<string> UnreachedFleets => _fleets.Where(fleet => fleet.NeverReached).Select(fleet => fleet.Name);

    /// <summary>True while an endpoint is untried.</summary>
    public bool HasUntriedEndpoint { get; private set; }

    /// <summary>What is reported of all that has begun.</summary>
    public PlanResults Results => new(_ended, Omitted, [.. _fleets.SelectMany(fleet => fleet.Times)]);

    /// <summary>The fleet whose burst or paced phase is due next, and when; null while that depends on an open burst, and when all has
    /// begun.</summary>
    public (FleetCourse Fleet, TimeSpan Due)? NextDue()
    {
        (FleetCourse Fleet, TimeSpan Due)? next = null;
        foreach (var fleet in _fleets)
        {
            if (fleet.NextDue() is { } due && !(due >= next?.Due))
            {
                next = (fleet, due);
            }
        }

        return next;
    }

    /// <summary>Begins what is next in a fleet; returns its number.</summary>
    public int Begin(FleetCourse fleet, TimeSpan due)
    {
        var phase = fleet.Phase;
        var stage = fleet.Begin(due);
        if (phase.Size > 0)
        {
            _busySince = OpenLoads++ == 0 ? due : _busySince;
        }

        _bursts += phase is BurstPhase ? 1 : 0;
        Largest = Math.Max(Largest, phase.MostTogether);
        _open.Add(_begun, (new BurstRecord(_begun, phase.Name, due, lanes), fleet, stage));
        return _begun++;
    }

    /// <summary>Begins nothing more in a fleet.</summary>
    public void Stop(int fleet) => _fleets[fleet].Stop();

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
        Close(share.Burst, open.Record, open.Fleet, open.Stage);
        return true;
    }

    /// <summary>A lane of a fleet reports nothing more: what is open does not wait for its shares.</summary>
    public void GiveUp(int lane)
    {
        foreach (var (burst, open) in _open.Where(open => open.Value.Fleet.Number == lane / lanes).ToArray())
        {
            open.Record.GiveUp(lane);
            if (open.Record.IsComplete)
            {
                Close(burst, open.Record, open.Fleet, open.Stage);
            }
        }
    }

    /// <summary>The progress after <paramref name="elapsed"/>. Of several fleets, the one that is the least far.</summary>
    public RunProgress Progress(TimeSpan elapsed)
    {
        var (fleet, done) = _fleets.Select(fleet => (fleet, Done: fleet.Done(elapsed, Held(fleet, elapsed)))).MinBy(fleet => fleet.Done);
        var byTime = deadline > TimeSpan.Zero ? Math.Clamp(elapsed / deadline, 0, 1) : 0;
        var phase = fleet.PhaseOf(fleet.Present);
        return new RunProgress(phase.Name, _bursts, BurstsPlanned, IsOver ? 1 : Math.Max(done, byTime)) { Shape = phase.Shape.Word() };
    }

    private int? BurstsPlanned => fleets.All(fleet => fleet.Plan.Bursts is not null)
        ? (int)Math.Min(fleets.Sum(fleet => (long)fleet.Plan.Bursts!.Value), int.MaxValue) : null;

    // An open burst counts by the part of its hold that is over; the last hundredth comes with its end.
    private double Held(FleetCourse fleet, TimeSpan elapsed) => fleet.Hold > TimeSpan.Zero
        ? _open.Values.Where(open => open.Stage == fleet.Present)
            .Sum(open => Math.Clamp((elapsed - open.Record.DueAt) / fleet.Hold, 0, 0.99))
        : 0;

    private void Close(int burst, BurstRecord record, FleetCourse fleet, Stage stage)
    {
        _open.Remove(burst);
        fleet.End(stage, record.EndedAt);
        var phase = fleet.PhaseOf(stage);
        if (phase.Size > 0)
        {
            _busyUntil = record.EndedAt > _busyUntil ? record.EndedAt : _busyUntil;
            Busy += --OpenLoads == 0 && _busyUntil > _busySince ? _busyUntil - _busySince : TimeSpan.Zero;
        }

        if (record.HasBegun)
        {
            fleet.NeverReached = record.NeverReached;
            Keep(record.ToResult() with { Fleet = fleet.Name.Length > 0 ? fleet.Name : null }, phase is BurstPhase);
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
}

/// <summary>What is reported of a plan.</summary>
/// <param name="Bursts">The first <see cref="PlanCursor.MostKept"/> ended bursts.</param>
/// <param name="Omitted">Number of ended bursts that are not kept.</param>
/// <param name="Phases">When each phase began and ended, fleet by fleet; null if it has not begun.</param>
internal sealed record PlanResults(IReadOnlyList<BurstResult> Bursts, int Omitted, IReadOnlyList<PhaseTimes?> Phases);
