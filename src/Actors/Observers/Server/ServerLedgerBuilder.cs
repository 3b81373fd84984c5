using System.Globalization;

namespace ActorLoad.Observers.Server;

/// <summary>Makes a ledger of the readings of one server: growth only, across restarts, without the observers' own connections.</summary>
/// <remarks>All times are seconds on one clock; those of the ledger count from <see cref="Begin"/>. What a server counted between the last reading
/// and its end, or a reset, is lost with it, and <see cref="Unseen"/> says so.</remarks>
/// <param name="endpoint">Address and port, as in the ledger.</param>
/// <param name="othersConnections">Steady connections of the run's other observers to this server.</param>
/// <param name="isFresh">Before the storm the server has received nothing but the observers' connections.</param>
internal sealed class ServerLedgerBuilder(string endpoint, int othersConnections, bool isFresh = false)
{
    // The uptime is in whole seconds, and a reply may be late.
    private const double UptimeSlack = 3;
    private const double SecondsOfUptime = 1.5;

    private readonly CounterWatch _received = new();
    private readonly CounterWatch _rejected = new();
    private readonly CounterWatch _commands = new();
    private readonly CounterWatch _errors = new();
    private readonly CounterWatch _evicted = new();
    private readonly LevelWatch _connected = new(1 + othersConnections);
    private readonly LevelWatch _memory = new(0);
    private readonly MainThreadWatch _mainThread = new();
    private readonly List<(double At, bool IsRejected)> _own = [];
    private readonly List<double> _restarts = [];
    private readonly List<double> _resets = [];
    private readonly List<ObserverLoss> _losses = [];
    private readonly List<string> _unseen = [];
    private ServerReading? _last;
    private double _lastAt;
    private double _firstAt;
    private double? _begunAt;
    private ObserverLoss? _loss;
    private (double At, long? Received)? _late;
    private ObserverWait? _wait;
    private double? _gap;

    /// <summary>The last reading; null if there was none.</summary>
    public ServerReading? Last => _last;

    /// <summary>True if two readings were of two servers that both went on: somebody divides connections among them.</summary>
    public bool AreSeveral { get; private set; }

    /// <summary>True while the server does not answer.</summary>
    public bool IsLost => _loss is not null;

    /// <summary>connected_clients so far.</summary>
    public WatchedLevel? Connected => _connected.Level;

    /// <summary>What the ledger does not show, in sentences.</summary>
    public IReadOnlyList<string> Unseen => _unseen;

    /// <summary>The storm begins: counts start at the last reading before it. One that is taken now would miss what the server has received meanwhile.</summary>
    public void Begin(double at)
    {
        _begunAt = at;
        _firstAt = _lastAt;
        _restarts.Clear();
        _resets.Clear();
        _losses.Clear();
        _unseen.Clear();
        (_wait, _gap) = (null, null);
        foreach (var counter in new[] { _received, _rejected, _commands, _errors, _evicted })
        {
            counter.Begin();
        }

        if (isFresh && _last?.Received is { } received)
        {
            _received.Without(Math.Max(0, 1 + othersConnections - received)); // it has not counted them yet
        }

        _connected.Begin();
        _memory.Begin();
        _mainThread.Begin();
    }

    /// <summary>An observer's connection reached the server, which counts it: as rejected, or as received.</summary>
    public void Opened(double at, bool isRejected) => _own.Add((at, isRejected));

    /// <summary>The server answered.</summary>
    /// <param name="reading">What it said.</param>
    /// <param name="at">When.</param>
    /// <param name="asked">When it was asked; null if that tells nothing.</param>
    public void Read(ServerReading reading, double at, double? asked = null)
    {
        Found(at);
        if (_last is null)
        {
            FirstRead(reading, at);
        }
        else
        {
            Time(at, asked);
        }

        if (_last is not null && IsBeside(reading, at))
        {
            AreSeveral = true; // their counts have nothing to do with each other
            _lastAt = at;
            return;
        }

        var isAnother = _last is not null && IsAnother(reading, at);
        var isReset = !isAnother && IsSetBack(reading);
        var fromZero = isAnother || isReset;
        if (isAnother)
        {
            Restarted(Math.Max(Math.Min(at - (reading.UptimeSeconds ?? 0), at), Math.Min(_lastAt, at)));
        }
        else if (isReset)
        {
            Reset(at);
        }

        _received.Read(reading.Received, fromZero);
        _rejected.Read(reading.Rejected, fromZero);
        _commands.Read(reading.Commands, fromZero);
        _errors.Read(reading.Errors, fromZero);
        _evicted.Read(reading.Evicted, fromZero);
        TakeOffOwn();
        _connected.Read(reading.Connected);
        _memory.Read(reading.Memory);
        _mainThread.Read(reading.MainThreadCpu, reading.Clock ?? at, isAnother);
        (_last, _lastAt) = (reading, at);
    }

    /// <summary>The server does not answer any more, since <paramref name="at"/>, or with an error. The first reason stands until it does.</summary>
    public void Lost(double at, string reason, LossKind kind = LossKind.Silence, long resent = 0)
    {
        _loss ??= new ObserverLoss(at, null, reason) { Kind = kind };
        if (kind == LossKind.Silence && _loss.Kind != LossKind.Refusal)
        {
            _loss = _loss with { Kind = kind, Resent = Math.Max(_loss.Resent, resent) }; // a connection was cut, and the next had no answer
        }
    }

    /// <summary>The server answers with an error: that is no silence any more.</summary>
    public void Refused(double at, string reason)
    {
        Found(at);
        Lost(at, reason, LossKind.Refusal);
    }

    /// <summary>The server answers again.</summary>
    public void Found(double at)
    {
        if (_loss is { } loss)
        {
            _losses.Add(Loss(loss, at));
            _loss = null;
        }
    }

    /// <summary>The ledger so far; null if the server never answered.</summary>
    public ServerLedger? Ledger(long? maxClients, long? tcpBacklog, ServerProcess? process)
    {
        if (_last is not { } last)
        {
            return null;
        }

        ObserverLoss[] lost = _loss is { } loss ? [Loss(loss, null)] : [];
        return new ServerLedger(
            endpoint, last.Kind.Name, last.Kind.Version, Round(_lastAt - _firstAt), _received.Total, _rejected.Total, _commands.Total, _errors.Total,
            _evicted.Total, _connected.Level, _memory.Level, _mainThread.Seconds, _mainThread.PeakShare, last.MaxClients ?? maxClients, tcpBacklog,
            process?.OpenFilesLimit, process?.OvercommitMemory, [.. _restarts],
            [.. _losses, .. lost], last.Kind.Meaningless)
        {
            FirstAnswerAt = _late?.At,
            ReceivedBefore = _late?.Received,
            LongestWait = _wait,
            LongestGap = _gap,
            RanThroughout = RanThroughout(last),
            Resets = [.. _resets],
            ProcessId = process?.Id,
            OpenFilesHard = process?.OpenFilesHard,
        };
    }

    // The same process answered before the run and at its end, or its uptime says that it is older.
    private bool RanThroughout(ServerReading last) => _loss is null && _restarts.Count == 0 && _lastAt > (_begunAt ?? _firstAt)
        && ((_late is null && last.RunId is not null && !AreSeveral) || last.UptimeSeconds - 1 > _lastAt - (_begunAt ?? _firstAt));

    private static double Round(double seconds) => Math.Round(seconds, 3);

    private double OfRun(double at) => Round(at - (_begunAt ?? _firstAt));

    private ObserverLoss Loss(ObserverLoss loss, double? to)
    {
        var start = Math.Max(loss.At, _begunAt ?? loss.At);
        return loss with { At = OfRun(start), Seconds = to is { } end ? Round(Math.Max(0, end - start)) : null };
    }

    private void FirstRead(ServerReading reading, double at)
    {
        _firstAt = at;
        _own.Clear(); // they are in what is read now
        if (_begunAt is not null)
        {
            _late = (OfRun(at), reading.Received);
            _unseen.Add(Invariant($"{endpoint} answered INFO for the first time {OfRun(at)} s into the run: what it counted before is not in its ledger"));
        }
    }

    private void Time(double at, double? asked)
    {
        if (_begunAt is not { } begun || at < begun)
        {
            return;
        }

        _gap = Round(Math.Max(_gap ?? 0, at - Math.Max(_lastAt, begun)));
        if (asked is { } since && at - Math.Max(since, begun) is var waited && waited > (_wait?.Seconds ?? -1))
        {
            _wait = new ObserverWait(OfRun(Math.Max(since, begun)), Round(waited));
        }
    }

    // Who had been up before the last one answered has not taken its place.
    private bool IsBeside(ServerReading now, double at) => _last is { RunId: { } last } && now is { RunId: { } other, UptimeSeconds: { } uptime }
        && last != other && uptime > at - _lastAt + UptimeSlack;

    private bool IsAnother(ServerReading now, double at)
    {
        var last = _last!;
        if (last.RunId is not null && now.RunId is not null)
        {
            return last.RunId != now.RunId;
        }

        if (last.ProcessId is not null && now.ProcessId is not null && last.ProcessId != now.ProcessId)
        {
            return true;
        }

        return last.UptimeSeconds is { } before && now.UptimeSeconds is { } after
            ? after < before || at - after - (_lastAt - before) > UptimeSlack
            : last.ProcessId is null && HasFallen(now); // it does not tell who it is
    }

    private bool IsSetBack(ServerReading now) => now.Kind.SampleSeconds > 0
        ? _received.FallsTo(now.Received) // Garnet sums its sessions up anew at each sample: counts of commands may be caught at less than they were
        : HasFallen(now);

    private bool HasFallen(ServerReading now) => _received.FallsTo(now.Received) || _rejected.FallsTo(now.Rejected)
        || _commands.FallsTo(now.Commands) || _errors.FallsTo(now.Errors) || _evicted.FallsTo(now.Evicted);

    private void Restarted(double at)
    {
        // What was opened before is counted by nobody any more. A connection may have waited for the new process in its queue.
        _own.RemoveAll(own => own.At < at - SecondsOfUptime);
        if (_begunAt is { } begun)
        {
            _restarts.Add(Math.Max(0, OfRun(at)));
            _unseen.Add(Invariant(
                $"{endpoint} restarted {Math.Max(0, OfRun(at))} s into the run: what it counted after {Math.Max(0, Round(_lastAt - begun))} s, before that, is lost"));
        }
    }

    private void Reset(double at)
    {
        if (_begunAt is { } begun)
        {
            _resets.Add(OfRun(at));
            _unseen.Add(Invariant(
                $"the counters of {endpoint} were set back (CONFIG RESETSTAT) between {Math.Max(0, Round(_lastAt - begun))} and {OfRun(at)} s into the run: what they counted then, before that, is lost"));
        }
    }

    private void TakeOffOwn()
    {
        _rejected.Without(_own.Count(own => own.IsRejected));
        _received.Without(_own.Count(own => !own.IsRejected));
        _own.Clear();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
