using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Observers;

/// <summary>How a server is observed.</summary>
/// <param name="Interval">Between two readings, and between two tries to come back.</param>
/// <param name="AnswerLimit">A server that takes longer to answer is lost to its observer for that time; nor does a run wait longer, at its beginning
/// and at its end.</param>
/// <param name="OthersConnections">Steady connections of the run's other observers to this server.</param>
/// <param name="IsFresh">The server was started for this run, and nobody but the run uses it: what it has received before the storm are the
/// observers' own connections, whether it has counted them by then or not.</param>
public sealed record ServerObserverSettings(TimeSpan Interval, TimeSpan AnswerLimit, int OthersConnections = 0, bool IsFresh = false)
{
    /// <summary>2 s.</summary>
    public static TimeSpan UsualAnswerLimit { get; } = TimeSpan.FromSeconds(2);
}

/// <summary>Keeps the ledger of one server over one connection that was opened before the storm.</summary>
/// <remarks><code>
/// Opening --first reading, or none to be had--> ObserverReady: Waiting --StormBegins--> Watching --StormEnded--> Ending --last reading--> ServerObserved
///   connection lost: a loss, tried again at each interval; nothing more is tried where the same would come of it
///   ConcludeNow at any time: ServerObserved with what is there
/// </code></remarks>
#pragma warning disable CA1001 // PostStop disposes of what is disposable
public sealed class ServerObserver : UntypedActor, IWithTimers
#pragma warning restore CA1001
{
    // While nothing happens, so that the last reading before the storm is a fresh one.
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMilliseconds(200);

    // A server that has just been left by thousands is asked again until it has seen that.
    private static readonly TimeSpan SettleInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SampleMargin = TimeSpan.FromMilliseconds(300);
    private const int MostSettleReadings = 10;

    private readonly int _index;
    private readonly IPEndPoint _endpoint;
    private readonly string? _username;
    private readonly string? _password;
    private readonly ServerObserverSettings _settings;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ServerBooks _books;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IActorRef _self;

    private CancellationTokenSource? _stop;
    private ServerSession? _first;
    private ServerSession? _session;
    private string? _whyNever;
    private double? _askedAt;
    private double _endedAt = double.PositiveInfinity;
    private bool _isOpening;
    private bool _isHopeless;
    private bool _isReady;
    private bool _isSettled;
    private bool _isBegun;
    private int _lastReadings;
    private long _lastLevel;
    private int _ownConnections;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public ServerObserver(int index, IPEndPoint endpoint, string? username, string? password, ServerObserverSettings settings, TimeProvider time)
    {
        (_index, _endpoint, _username, _password, _settings, _time) = (index, endpoint, username, password, settings, time);
        _origin = time.GetTimestamp();
        _books = new ServerBooks(endpoint.ToString(), settings.OthersConnections, settings.IsFresh);
        _self = Self;
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>An observer of the server at a place among the target's addresses; name and password may be null.</summary>
    public static Props Props(int index, IPEndPoint endpoint, string? username, string? password, ServerObserverSettings settings, TimeProvider time) =>
        Akka.Actor.Props.Create<ServerObserver>(index, endpoint, username, password, settings, time);

    private double Now => At(_time.GetTimestamp());

    private bool IsEnding => !double.IsPositiveInfinity(_endedAt);

    /// <inheritdoc />
    protected override void PreStart()
    {
        _stop = new CancellationTokenSource();
        var interval = _settings.Interval < IdleInterval ? _settings.Interval : IdleInterval;
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, interval, interval);
        Open();
    }

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Opened opened: HandleOpened(opened.Session); break;
            case NotOpened failed: HandleNotOpened(failed.Cause); break;
            case Answered answered when answered.Session == _session: HandleAnswered(answered); break;
            case Unanswered unanswered when unanswered.Session == _session: HandleLost(unanswered.Reason, unanswered.IsFinal); break;
            case Answered or Unanswered: break; // of a connection that was given up
            case Tick: HandleTick(); break;
            case AskAgain: Ask(); break;
            case Settled: _isSettled = true; Ask(); break;
            case StormBegins: HandleStormBegins(); break;
            case StormEnded: HandleStormEnded(); break;
            case ConcludeNow: Conclude(); break;
            case Overdue: HandleOverdue(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>The connection ends with its observer, also one that is still being opened.</summary>
    protected override void PostStop()
    {
        _stop?.Cancel();
        _stop?.Dispose();
    }

    private double At(long timestamp) => _time.GetElapsedTime(_origin, timestamp).TotalSeconds;

    private void Open()
    {
        _isOpening = true;
        _ownConnections += _isBegun ? 1 : 0;
        ServerSession.OpenAsync(_endpoint, _username, _password, _settings.AnswerLimit, _time, _stop!.Token)
            .PipeTo(Self, Self, session => new Opened(session), cause => new NotOpened(cause));
    }

    private void HandleOpened(ServerSession session)
    {
        _isOpening = false;
        _session = session;
        _first ??= session;
        session.Connection.WhenLost(reason => _self.Tell(new Unanswered(session, reason, IsFinal: false)));
        var at = At(session.Connection.HeardAt);
        _books.Opened(at, isRejected: false);
        _books.Read(session.Reading, at);
        if (IsEnding)
        {
            Conclude();
        }
        else if (session.Reading.Kind.SampleSeconds > 0 && !_isReady && !_settings.IsFresh)
        {
            Timers.StartSingleTimer(Settled.Instance, Settled.Instance, Sampled(session)); // until this connection is in its counts
        }
        else
        {
            Ready();
        }
    }

    private void HandleNotOpened(Exception cause)
    {
        _isOpening = false;
        var known = cause as ServerUnavailableException;
        if (known is null)
        {
            _log.Warning(cause, "the observer of {0} could not open its connection", _endpoint);
        }

        if (known is { WasConnected: true })
        {
            _books.Opened(Now, known.WasRejected);
        }

        _isHopeless |= known is not { IsFinal: false };
        _whyNever = cause.Message;
        _books.Lost(Now, cause.Message);
        Ready();
        if (IsEnding)
        {
            Conclude();
        }
    }

    private void Ready()
    {
        if (!_isReady)
        {
            _isReady = true;
            Context.Parent.Tell(new ObserverReady(string.Create(CultureInfo.InvariantCulture, $"server-{_index}")));
        }
    }

    private void HandleTick()
    {
        if (_askedAt is { } asked)
        {
            if (Now - asked > _settings.AnswerLimit.TotalSeconds)
            {
                _books.Lost(asked, NoAnswer);
            }
        }
        else if (_session is not null)
        {
            Ask();
        }
        else if (!_isOpening && !_isHopeless)
        {
            Open();
        }
    }

    private string NoAnswer => string.Create(CultureInfo.InvariantCulture, $"did not answer INFO within {_settings.AnswerLimit.TotalSeconds:0.###} s");

    private void Ask()
    {
        if (_session is not { } session || _askedAt is not null)
        {
            return;
        }

        _askedAt = Now;
        session.ReadAsync().PipeTo(
            Self, Self, reading => new Answered(session, reading, session.Connection.HeardAt),
            cause => new Unanswered(session, cause.Message, cause is ServerUnavailableException { IsFinal: true }));
    }

    private void HandleAnswered(Answered answered)
    {
        var (asked, at) = (_askedAt ?? 0, At(answered.HeardAt));
        _askedAt = null;
        if (at - asked > _settings.AnswerLimit.TotalSeconds)
        {
            _books.Lost(asked, NoAnswer);
        }

        _books.Read(answered.Reading, at);
        if (_isSettled)
        {
            Ready();
        }

        if (IsEnding)
        {
            HandleLastReading(asked);
        }
    }

    private void HandleLost(string reason, bool isFinal)
    {
        _books.Lost(_askedAt ?? Now, reason);
        _isHopeless |= isFinal;
        _session?.Connection.Dispose();
        (_session, _askedAt) = (null, null);
        Ready();
        if (IsEnding)
        {
            Conclude();
        }
    }

    private void HandleStormBegins()
    {
        _isBegun = true;
        _books.Begin(Now);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _settings.Interval, _settings.Interval);
        Ask();
    }

    private void HandleStormEnded()
    {
        if (!_isBegun)
        {
            HandleStormBegins();
        }

        _endedAt = Now;
        Timers.Cancel(Tick.Instance);
        var sample = _session is { } session ? Sampled(session) : TimeSpan.Zero;
        Timers.StartSingleTimer(Overdue.Instance, Overdue.Instance, _settings.AnswerLimit + sample);
        if (_session is not null)
        {
            _endedAt += sample.TotalSeconds;
            Timers.StartSingleTimer(AskAgain.Instance, AskAgain.Instance, sample);
        }
        else if (_isHopeless)
        {
            Conclude();
        }
        else if (!_isOpening)
        {
            Open();
        }
    }

    /// <summary>How long it takes until a change is in the counts.</summary>
    private static TimeSpan Sampled(ServerSession session) =>
        session.Reading.Kind.SampleSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) + SampleMargin : TimeSpan.Zero;

    private void HandleLastReading(double asked)
    {
        var (before, _, after) = _books.Connected ?? new WatchedLevel(0, 0, 0);
        var isLeaving = after > before && (_lastReadings == 0 || after < _lastLevel);
        if (asked < _endedAt)
        {
            Ask();
        }
        else if (isLeaving && _lastReadings < MostSettleReadings)
        {
            (_lastReadings, _lastLevel) = (_lastReadings + 1, after);
            Timers.StartSingleTimer(AskAgain.Instance, AskAgain.Instance, SettleInterval);
        }
        else
        {
            Conclude();
        }
    }

    private void HandleOverdue()
    {
        if (_askedAt is { } asked)
        {
            _books.Lost(asked, NoAnswer);
        }

        Conclude();
    }

    private void Conclude()
    {
        var ledger = _books.Ledger(
            _first?.Configuration.Number(ServerSession.MaxClients), _first?.Configuration.Number(ServerSession.TcpBacklog), _first?.Process);
        var unseen = ServerUnseen.Of(_endpoint, _username, _whyNever, _first, _books);
        Context.Parent.Tell(new ServerObserved(_index, ledger, _ownConnections, unseen));
        Context.Stop(Self);
    }

    private sealed record Opened(ServerSession Session) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record NotOpened(Exception Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Answered(ServerSession Session, ServerReading Reading, long HeardAt) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Unanswered(ServerSession Session, string Reason, bool IsFinal) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record AskAgain : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static AskAgain Instance { get; } = new();
    }

    private sealed record Settled : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Settled Instance { get; } = new();
    }

    private sealed record Overdue : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Overdue Instance { get; } = new();
    }
}
