using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Observers.Server;

/// <summary>Keeps the ledger of one server over one connection that was opened before the storm.</summary>
/// <remarks><code>
/// Opening --first reading, or none to be had--> ObserverReady: Waiting --StormBegins--> Watching --StormEnded--> Ending --last reading--> ServerObserved
///   connection lost: a loss, tried again at each interval; nothing more is tried where the same would come of it
///   ConcludeNow at any time: ServerObserved with what is there
/// </code></remarks>
#pragma warning disable CA1001 // PostStop disposes of what is disposable
public sealed partial class ServerObserver : UntypedActor, IWithTimers
#pragma warning restore CA1001
{
    // While nothing happens, so that the last reading before the storm is a fresh one.
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMilliseconds(100);

    // A server that has just been left by thousands is asked again until it has seen that.
    private static readonly TimeSpan SettleInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SampleMargin = TimeSpan.FromMilliseconds(300);
    private const int MostSettleReadings = 10;
    private const double KernelsEarlyStart = 0.25;

    private readonly int _index;
    private readonly IPEndPoint _endpoint;
    private readonly string? _username;
    private readonly string? _password;
    private readonly ServerObserverSettings _settings;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ServerLedgerBuilder _books;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IActorRef _self;

    private CancellationTokenSource? _stop;
    private double _endedAt = double.PositiveInfinity;
    private bool _isReady;
    private bool _isSettled;
    private bool _isWarm;
    private bool _isBegun;
    private double _begunAt = double.PositiveInfinity;
    private int _lastReadings;
    private long _lastLevel;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public ServerObserver(int index, IPEndPoint endpoint, string? username, string? password, ServerObserverSettings settings, TimeProvider time)
    {
        (_index, _endpoint, _username, _password, _settings, _time) = (index, endpoint, username, password, settings, time);
        _origin = time.GetTimestamp();
        _books = new ServerLedgerBuilder(endpoint.ToString(), settings.OthersConnections, settings.Own is not null);
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
        Timers.StartPeriodicTimer(Due.Reading, new Alarm(Due.Reading), interval, interval);
        Open();
    }

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Opened opened: HandleOpened(opened.Session); break;
            case LookedAgain looked: HandleLookedAgain(looked.IsAnother); break;
            case NotOpened failed: HandleNotOpened(failed.Cause); break;
            case Answered answered when answered.Session == _session: HandleAnswered(answered); break;
            case Unanswered unanswered when unanswered.Session == _session: HandleLost(unanswered.Reason, unanswered.Cause); break;
            case Answered or Unanswered: break; // of a connection that was given up
            case Alarm { Due: Due.Reading }: HandleReadingDue(); break;
            case Alarm { Due: Due.Question }: Ask(); break;
            case Alarm { Due: Due.Settled }: _isSettled = true; Ask(); break;
            case Alarm { Due: Due.Warm }: _isWarm = true; Ask(); break;
            case Alarm { Due: Due.End }: HandleOverdue(); break;
            case StormBegins: HandleStormBegins(); break;
            case StormEnded: HandleStormEnded(); break;
            case ConcludeNow: Conclude(); break;
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

    private void Ready()
    {
        if (!_isReady)
        {
            _isReady = true;
            Context.Parent.Tell(new ObserverReady(string.Create(CultureInfo.InvariantCulture, $"server-{_index}")));
        }
    }

    private void HandleStormBegins()
    {
        (_isBegun, _begunAt) = (true, Now);
        _books.Begin(_begunAt);
        Timers.StartPeriodicTimer(Due.Reading, new Alarm(Due.Reading), _settings.Interval, _settings.Interval);
        Ask();
    }

    private void HandleStormEnded()
    {
        if (!_isBegun)
        {
            HandleStormBegins();
        }

        _endedAt = Now;
        Timers.Cancel(Due.Reading);
        var sample = _session is { } session ? Sampled(session) : TimeSpan.Zero;
        SetAlarm(Due.End, _settings.AnswerLimit + sample);
        if (_session is not null)
        {
            _endedAt += sample.TotalSeconds;
            SetAlarm(Due.Question, sample);
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

    private void SetAlarm(Due due, TimeSpan after) => Timers.StartSingleTimer(due, new Alarm(due), after);

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
            SetAlarm(Due.Question, SettleInterval);
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
            _books.Lost(asked, NoAnswer, resent: Resent);
        }

        Conclude();
    }

    private void Conclude()
    {
        var ledger = _books.Ledger(
            _first?.Configuration.Number(ServerSession.MaxClients), _settings.Own?.TcpBacklog ?? _first?.Configuration.Number(ServerSession.TcpBacklog),
            _settings.Own?.ProcessId is { } id ? ServerProcess.Of(id) : _first?.Process) is { } known
            ? known with { Proxy = Proxy, HoldsListener = _first?.IsServersListener == true } : null;
        var unseen = ServerUnseen.Of(_endpoint, _username, _settings.Own is not null, _whyNever, _first, _books, Proxy);
        Context.Parent.Tell(new ServerObserved(_index, ledger, OwnConnections, unseen));
        Context.Stop(Self);
    }

    private enum Due
    {
        Reading,
        Question,
        Settled,
        Warm,
        End,
    }

    private sealed record Alarm(Due Due) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
