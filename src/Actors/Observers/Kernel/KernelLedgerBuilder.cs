
namespace ActorLoad.Observers.Kernel;

/// <summary>Makes a ledger out of readings: first those of the idle machine, then those of the run.</summary>
/// <remarks>
/// The run is counted from the last idle reading but one. The last may already have seen some of the storm, if it was taken while
/// <c>StormBegins</c> was in the mailbox. The one before it cannot have.
/// </remarks>
internal sealed class KernelLedgerBuilder(TimeProvider time, UnseenNotes unseen, IReadOnlyList<string>? fleets = null)
{
    private const string Retransmits = "RetransSegs";

    // The kernel's files hold gauges too, and a gauge may go back.
    private static readonly string[] _names = [.. KernelCounterNames.Tcp, .. KernelCounterNames.TcpExt, .. ConntrackCounters.Names.Values];

    private readonly Dictionary<string, long> _lastValues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _growth = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, LevelWatch> _levels = new(StringComparer.Ordinal);
    private readonly LevelWatch[] _client = Levels();
    private readonly LevelWatch[] _server = Levels();
    private readonly (string Name, LevelWatch[] Client, LevelWatch[] Server)[] _fleets =
        [.. (fleets ?? []).Select(fleet => (fleet, Levels(), Levels()))];

    private readonly LevelWatch _acceptQueue = new();
    private readonly LevelWatch _foreign = new();
    private readonly StandingQueue _standing = new(time);
    private readonly Course<KernelMoment> _course = new(KernelMoment.Most, KernelMoment.Merge);
    private Dictionary<string, double> _idle = [];
    private long? _begunAt;
    private long _lastRetransmits;
    private long? _longestQueue;
    private KernelReading? _first;
    private KernelReading? _earlier;
    private KernelReading? _latest;
    private KernelReading? _start;
    private long? _acceptQueueLimit;
    private bool _sawSockets;
    private bool _sawListener;

    /// <summary>How long the idle machine has been watched, up to the reading from which the run would count now.</summary>
    public TimeSpan Baseline => _first is { } first && (_start ?? _earlier ?? _latest) is { } end
        ? time.GetElapsedTime(first.At, end.At) : TimeSpan.Zero;

    /// <summary>A reading of the idle machine.</summary>
    public void AddIdle(KernelReading reading)
    {
        _first ??= reading;
        (_earlier, _latest) = (_latest, reading);
    }

    /// <summary>The storm begins.</summary>
    public void Begin()
    {
        if (_start is not null || (_earlier ?? _latest) is not { } start)
        {
            return;
        }

        _start = start;
        var seconds = Baseline.TotalSeconds;
        _idle = _names.ToDictionary(name => name, name => seconds > 0 ? Growth(name, _first!, start) / seconds : 0);
        Add(start);
        Add(_latest!);
        _begunAt = time.GetTimestamp();
    }

    /// <summary>A reading of the run.</summary>
    public void Add(KernelReading reading)
    {
        foreach (var name in _names)
        {
            if (reading.Counters[name] is { } value)
            {
                var last = _lastValues.GetValueOrDefault(name, value);
                _growth[name] = _growth.GetValueOrDefault(name) + Growth(name, last, value);
                _lastValues[name] = value;
            }
        }

        foreach (var (name, level) in reading.Levels)
        {
            if (!_levels.TryGetValue(name, out var watch))
            {
                _levels[name] = watch = new LevelWatch();
            }

            watch.Read(level);
        }

        if (reading.Sockets is { } sockets)
        {
            _sawSockets = true;
            foreach (var state in TcpStates.OfConnections)
            {
                _client[(int)state].Read(sockets.Client(state));
                _server[(int)state].Read(sockets.Server(state));
                foreach (var (number, fleet) in _fleets.Index())
                {
                    fleet.Client[(int)state].Read(sockets.Client(state, number));
                    fleet.Server[(int)state].Read(sockets.Server(state, number));
                }
            }

            if (sockets.ForeignTimeWait is { } foreign)
            {
                _foreign.Read(foreign);
            }

            AddListeners(sockets);
        }

        AddMoment(reading);
        _latest = reading;
    }

    /// <summary>A look at the accept queues between readings.</summary>
    public void AddListeners(SocketCounts sockets)
    {
        _sawListener |= sockets.Listeners > 0;
        _acceptQueue.Read(sockets.AcceptQueue);
        _longestQueue = sockets.AcceptQueue is { } queue ? Math.Max(queue, _longestQueue ?? 0) : _longestQueue;
        _standing.Look(sockets.AcceptQueue ?? 0);
        _acceptQueueLimit = sockets.AcceptQueueLimit ?? _acceptQueueLimit;
    }

    /// <summary>The ledger of the run so far; null if nothing was ever seen.</summary>
    public KernelLedger? Ledger(IReadOnlyDictionary<string, string> settings)
    {
        if (_start is null || (_growth.Count == 0 && _levels.Count == 0 && !_sawSockets))
        {
            return null;
        }

        var counters = _growth.ToDictionary(grown => grown.Key, grown => new KernelCount(grown.Value, _idle.GetValueOrDefault(grown.Key)));
        var target = _sawSockets
            ? new TargetSockets(ByState(_client, isThere: true), ByState(_server, _sawListener), _acceptQueue.Level, _acceptQueueLimit)
            {
                ForeignTimeWait = _foreign.Level,
                Fleets = _fleets.Length == 0 ? null : [.. _fleets.Select(fleet =>
                    new FleetSockets(fleet.Name, ByState(fleet.Client, isThere: true), ByState(fleet.Server, _sawListener)))],
                Stood = _standing.Longest(_start.At),
            }
            : null;
        return new KernelLedger(
            Math.Round(time.GetElapsedTime(_start.At, _latest!.At).TotalSeconds, 3), Math.Round(Baseline.TotalSeconds, 3), counters,
            _levels.ToDictionary(level => level.Key, level => level.Value.Level!), target, settings, _sawListener)
        {
            Course = _course.Moments,
        };
    }

    // Counts begin at the last idle reading but one, and so does what the first moment holds.
    private void AddMoment(KernelReading reading)
    {
        if (_begunAt is { } begun)
        {
            var retransmits = _growth.GetValueOrDefault(Retransmits);
            var at = Math.Round(time.GetElapsedTime(begun, reading.At).TotalSeconds, 3);
            _course.Add(new KernelMoment(Math.Max(0, at), retransmits - _lastRetransmits) { AcceptQueue = _longestQueue });
            (_lastRetransmits, _longestQueue) = (retransmits, null);
        }
    }

    private static LevelWatch[] Levels() => [.. Enumerable.Range(0, (int)TcpState.Closing + 1).Select(_ => new LevelWatch())];

    // The states that matter most, and every other state in which a socket was seen.
    private static Dictionary<string, WatchedLevel> ByState(LevelWatch[] levels, bool isThere) => TcpStates.OfConnections
        .Where(state => levels[(int)state].Level is { } level
            && (level.Peak > 0 || (isThere && state is TcpState.Established or TcpState.TimeWait)))
        .ToDictionary(state => state.Name(), state => levels[(int)state].Level!);

    private long Growth(string name, KernelReading earlier, KernelReading later) =>
        (earlier.Counters[name], later.Counters[name]) is ({ } before, { } after) ? Growth(name, before, after) : 0;

    private long Growth(string name, long earlier, long later) => NetCounters.Growth(name, earlier, later, unseen) ?? 0;
}
