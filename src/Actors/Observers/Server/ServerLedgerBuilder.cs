using System.Globalization;

namespace ActorLoad.Observers.Server;

/// <summary>Makes a ledger of the readings of one server: what its counters grew by, across restarts, without the observers' own
/// connections.</summary>
/// <remarks>All times are seconds on one clock; those of the ledger count from <see cref="Begin"/>. A server that ends or is reset takes
/// with it what it counted since the last reading, and <see cref="Unseen"/> says so.</remarks>
/// <param name="endpoint">Address and port, as in the ledger.</param>
/// <param name="othersConnections">Steady connections of the run's other observers to this server.</param>
/// <param name="isFresh">Before the storm the server has received nothing but the observers' connections.</param>
internal sealed class ServerLedgerBuilder(string endpoint, int othersConnections, bool isFresh = false)
{
    // The uptime is in whole seconds, and a connection may have waited in the queue of a new process.
    private const double SecondsOfUptime = 1.5;

    private readonly CounterWatch _received = new();
    private readonly CounterWatch _rejected = new();
    private readonly CounterWatch _commands = new();
    private readonly CounterWatch _errors = new();
    private readonly CounterWatch _evicted = new();
    private readonly LevelWatch _connected = new(1 + othersConnections);
    private readonly LevelWatch _memory = new(0);
    private readonly MainThreadWatch _mainThread = new();
    private readonly AnswerWatch _answers = new();
    private readonly List<(double At, bool IsRejected)> _own = [];
    private readonly List<double> _restarts = [];
    private readonly List<double> _resets = [];
    private readonly List<string> _unseen = [];
    private readonly Course<ServerMoment> _course = new(ServerMoment.Most, ServerMoment.Merge);
    private (double Cpu, double Clock)? _lastCpu;
    private ServerReading? _last;
    private double _lastAt;
    private double _firstAt;
    private double? _begunAt;
    private (double At, long? Received)? _late;

    /// <summary>The last reading; null if there was none.</summary>
    public ServerReading? Last => _last;

    /// <summary>True if two readings were of two servers that both went on: something divides connections among them.</summary>
    public bool AreSeveral { get; private set; }

    /// <summary>True while the server does not answer.</summary>
    public bool IsLost => _answers.IsLost;

    /// <summary>connected_clients so far.</summary>
    public WatchedLevel? Connected => _connected.Level;

    /// <summary>What the ledger does not show, in sentences.</summary>
    public IReadOnlyList<string> Unseen => _unseen;

    /// <summary>The storm begins. Counts start at the last reading before it, for a new one would miss what the server has received
    /// meanwhile.</summary>
    public void Begin(double at)
    {
        _begunAt = at;
        _firstAt = _lastAt;
        _restarts.Clear();
        _resets.Clear();
        _unseen.Clear();
        _answers.Begin(at);
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
    /// <param name="asked">When it was asked; null if that time says nothing about the server.</param>
    public void Read(ServerReading reading, double at, double? asked = null)
    {
        Found(at);
        var identity = _last is { } last ? new ServerIdentity(last, _lastAt) : null;
        if (identity is null)
        {
            FirstRead(reading, at);
        }
        else
        {
            _answers.Answered(at, asked, _lastAt);
        }

        if (identity?.IsBeside(reading, at) == true)
        {
            AreSeveral = true; // their counts have nothing to do with each other
            _lastAt = at;
            return;
        }

        var isAnother = identity?.IsAnother(reading, at, HasFallen(reading)) == true;
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
        AddMoment(reading, at, isAnother);
        (_last, _lastAt) = (reading, at);
    }

    /// <summary>The server does not answer any more since a time, or it answers with an error. The first reason stands until it answers
    /// again.</summary>
    public void Lost(double at, string reason, LossKind kind = LossKind.Silence, long resent = 0) =>
        _answers.Lost(at, reason, kind, resent);

    /// <summary>The server answers with an error, which ends a silence.</summary>
    public void Refused(double at, string reason)
    {
        Found(at);
        Lost(at, reason, LossKind.Refusal);
    }

    /// <summary>The server answers again.</summary>
    public void Found(double at) => _answers.Found(at);

    /// <summary>The ledger so far; null if the server never answered.</summary>
    public ServerLedger? Ledger(long? maxClients, long? tcpBacklog, ServerProcess? process)
    {
        if (_last is not { } last)
        {
            return null;
        }

        return new ServerLedger
        {
            Endpoint = endpoint,
            Kind = last.Kind.Name,
            Version = last.Kind.Version,
            Seconds = AnswerWatch.Round(_lastAt - _firstAt),
            ConnectionsReceived = _received.Total,
            ConnectionsRejected = _rejected.Total,
            CommandsProcessed = _commands.Total,
            ErrorReplies = _errors.Total,
            EvictedClients = _evicted.Total,
            ConnectedClients = _connected.Level,
            UsedMemory = _memory.Level,
            MainThreadCpuSeconds = _mainThread.Seconds,
            PeakMainThreadShare = _mainThread.PeakShare,
            MaxClients = last.MaxClients ?? maxClients,
            TcpBacklog = tcpBacklog,
            OpenFilesLimit = process?.OpenFilesLimit,
            OvercommitMemory = process?.OvercommitMemory,
            Restarts = [.. _restarts],
            Losses = _answers.Losses,
            Meaningless = last.Kind.Meaningless,
            FirstAnswerAt = _late?.At,
            ReceivedBefore = _late?.Received,
            LongestWait = _answers.LongestWait,
            LongestGap = _answers.LongestGap,
            RanThroughout = RanThroughout(last),
            Resets = [.. _resets],
            ProcessId = process?.Id,
            OpenFilesHard = process?.OpenFilesHard,
            Course = _course.Moments,
        };
    }

    // The same process answered before the run and at its end, or its uptime says that it is older.
    private bool RanThroughout(ServerReading last) => !IsLost && _restarts.Count == 0 && _lastAt > _answers.Origin
        && ((_late is null && last.RunId is not null && !AreSeveral) || last.UptimeSeconds - 1 > _lastAt - _answers.Origin);

    private void AddMoment(ServerReading reading, double at, bool isAnother)
    {
        var clock = reading.Clock ?? at;
        var share = reading.MainThreadCpu is { } now && !isAnother && _lastCpu is { } last && now >= last.Cpu && clock > last.Clock
            ? Math.Round(Math.Min(1, (now - last.Cpu) / (clock - last.Clock)), 3) : (double?)null;
        _lastCpu = reading.MainThreadCpu is { } cpu ? (cpu, clock) : null;
        if (_begunAt is { } begun && at >= begun)
        {
            var clients = reading.Connected is { } connected ? Math.Max(0, connected - 1 - othersConnections) : (long?)null;
            _course.Add(new ServerMoment(_answers.OfRun(at)) { Clients = clients, MainThreadShare = share });
        }
    }

    private void FirstRead(ServerReading reading, double at)
    {
        (_firstAt, _answers.Origin) = (at, _begunAt ?? at);
        _own.Clear(); // they are in what is read now
        if (_begunAt is not null)
        {
            var late = _answers.OfRun(at);
            _late = (late, reading.Received);
            _unseen.Add(Invariant(
                $"{endpoint} answered INFO for the first time {late} s into the run: what it counted before is not in its ledger"));
        }
    }

    private bool IsSetBack(ServerReading now) => now.Kind.SampleSeconds > 0
        ? _received.FallsTo(now.Received) // Garnet adds up its sessions at each sample, and its counts of commands may be less than before
        : HasFallen(now);

    private bool HasFallen(ServerReading now) => _received.FallsTo(now.Received) || _rejected.FallsTo(now.Rejected)
        || _commands.FallsTo(now.Commands) || _errors.FallsTo(now.Errors) || _evicted.FallsTo(now.Evicted);

    private void Restarted(double at)
    {
        // Connections from before are in no count any more, but one may have waited in the queue for the new process.
        _own.RemoveAll(own => own.At < at - SecondsOfUptime);
        if (_begunAt is { } begun)
        {
            var (last, restart) = (Math.Max(0, AnswerWatch.Round(_lastAt - begun)), Math.Max(0, _answers.OfRun(at)));
            _restarts.Add(restart);
            _unseen.Add(Invariant($"{endpoint} restarted {restart} s into the run: what it counted after {last} s, before that, is lost"));
        }
    }

    private void Reset(double at)
    {
        if (_begunAt is { } begun)
        {
            var (last, reset) = (Math.Max(0, AnswerWatch.Round(_lastAt - begun)), _answers.OfRun(at));
            _resets.Add(reset);
            _unseen.Add(Invariant(
                $"the counters of {endpoint} were set back (CONFIG RESETSTAT) between {last} and {reset} s into the run: ")
                + "what they counted then, before that, is lost");
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
