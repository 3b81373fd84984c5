using System.Globalization;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Observers.Server;

/// <summary>Keeps the ledger of one server over one connection that was opened before the storm.</summary>
/// <remarks>Its states are the phases of a run. Those of its connection are in <see cref="ServerLink"/>.<code>
/// Preparing --Steady--> Baseline --answered--> ObserverReady: Waiting --StormBegins--> Watching --StormEnded--> Ending
///   Ending --last reading--> ServerObserved
///   Preparing, Baseline --no answer to be had--> ObserverReady: Waiting
///   Preparing, Baseline --StormBegins--> Watching; every state before the storm --StormEnded--> Ending
///   every state --ConcludeNow--> ServerObserved with what is there
/// </code></remarks>
#pragma warning disable CA1001 // PostStop disposes of what is disposable
public sealed class ServerObserver : UntypedActor, IWithTimers
#pragma warning restore CA1001
{
    // While nothing happens, so that the last reading before the storm is a fresh one.
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMilliseconds(100);

    // Thousands of clients leave at the end of a storm. The server is asked again until it has seen that.
    private static readonly TimeSpan SettleInterval = TimeSpan.FromMilliseconds(50);
    private const int MostSettleReadings = 10;

    private readonly int _index;
    private readonly Endpoint _endpoint;
    private readonly Credentials _credentials;
    private readonly ServerObserverSettings _settings;
    private readonly TimeProvider _time;
    private readonly ServerLedgerBuilder _books;
    private readonly ServerLink _link;
    private readonly CancellationTokenSource _stop = new();
    private double _begunAt = double.PositiveInfinity;
    private double _endedAt;
    private int _settleReadings;
    private long _lastLevel;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public ServerObserver(int index, Endpoint endpoint, Credentials credentials, ServerObserverSettings settings, TimeProvider time)
    {
        (_index, _endpoint, _credentials, _settings, _time) = (index, endpoint, credentials, settings, time);
        _books = new ServerLedgerBuilder(endpoint.ToString(), settings.OthersConnections, settings.Own is not null);
        _link = new ServerLink(endpoint, credentials, settings, time, _books, Self, Context.GetLogger(), _stop.Token);
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>An observer of the server at a place among the target's addresses; name and password may be null.</summary>
    public static Props Props(int index, Endpoint endpoint, Credentials credentials, ServerObserverSettings settings, TimeProvider time) =>
        Akka.Actor.Props.Create<ServerObserver>(index, endpoint, credentials, settings, time);

    /// <inheritdoc />
    protected override void PreStart()
    {
        var interval = _settings.Interval < IdleInterval ? _settings.Interval : IdleInterval;
        Timers.StartPeriodicTimer(LinkCommand.Tick, LinkCommand.Tick, interval, interval);
    }

    /// <inheritdoc />
    protected override void OnReceive(object message) => Preparing(message);

    private void Preparing(object message)
    {
        switch (_link.Take(message) ?? message)
        {
            case LinkNews.Opened opened: HandleFirstOpened(opened.Session); break;
            case LinkNews.NotOpened or LinkNews.Silent: BeReady(); break;
            case LinkNews.Lost: BeReady(); _link.Take(LinkCommand.Tick); break;
            case Steady: Become(Baseline); _link.Take(LinkCommand.Ask); break;
            case var other: BeforeStorm(other); break;
        }
    }

    private void Baseline(object message)
    {
        switch (_link.Take(message) ?? message)
        {
            case LinkNews.Answered or LinkNews.Silent: BeReady(); break; // the storm does not wait for a server that answered once
            case LinkNews.Lost: BeReady(); _link.Take(LinkCommand.Tick); break;
            case var other: BeforeStorm(other); break;
        }
    }

    private void Waiting(object message)
    {
        switch (_link.Take(message) ?? message)
        {
            case LinkNews.Opened { IsFirst: true } opened: HandleFirstOpened(opened.Session); break;
            case LinkNews.Lost: _link.Take(LinkCommand.Tick); break;
            case var other: BeforeStorm(other); break;
        }
    }

    private void BeforeStorm(object message)
    {
        switch (message)
        {
            case StormBegins: HandleStormBegins(); break;
            case StormEnded: HandleStormBegins(); HandleStormEnded(); break;
            default: InEveryState(message); break;
        }
    }

    private void Watching(object message)
    {
        switch (_link.Take(message) ?? message)
        {
            case LinkNews.Lost: _link.Take(LinkCommand.Tick); break; // at once: a server that only cut us off is not silent
            case StormEnded: HandleStormEnded(); break;
            case var other: InEveryState(other); break;
        }
    }

    private void Ending(object message)
    {
        switch (_link.Take(message) ?? message)
        {
            case LinkNews.Opened: _link.Take(LinkCommand.Ask); break; // its first reading may be from before the end
            case LinkNews.Answered answered: HandleLastReading(answered.AskedAt); break;
            case LinkNews.NotOpened or LinkNews.Lost: Conclude(); break;
            case EndOverdue: _link.GiveUp(); Conclude(); break;
            case var other: InEveryState(other); break;
        }
    }

    private void InEveryState(object message)
    {
        switch (message)
        {
            case LinkNews or Steady: break;
            case ConcludeNow: Conclude(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>The connection ends with its observer, also one that is still being opened.</summary>
    protected override void PostStop()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    // Steady once this connection is in the server's counts and readings cost little. If something goes wrong meanwhile, the next reading
    // tells.
    private void HandleFirstOpened(ServerSession session)
    {
        var counted = Task.Delay(_settings.Own is null ? session.SampleTime : TimeSpan.Zero, _time, _stop.Token);
        var looked = Task.WhenAll(ServerWarmUp.OnceAsync(session, _time, _stop.Token), _link.LookAgainAsync(session));
        Task.WhenAll(counted, looked.WaitAsync(_settings.AnswerLimit, _time))
            .ContinueWith(_ => new Steady(), TaskScheduler.Default).PipeTo(Self);
    }

    private void BeReady()
    {
        Become(Waiting);
        Context.Parent.Tell(new ObserverReady(string.Create(CultureInfo.InvariantCulture, $"server-{_index}")));
    }

    private void HandleStormBegins()
    {
        Become(Watching);
        _begunAt = _link.Now;
        _books.Begin(_begunAt);
        Timers.StartPeriodicTimer(LinkCommand.Tick, LinkCommand.Tick, _settings.Interval, _settings.Interval);
        _link.Take(LinkCommand.Ask);
    }

    private void HandleStormEnded()
    {
        if (_link.IsHopeless)
        {
            Conclude();
            return;
        }

        Become(Ending);
        var sample = _link.SampleTime;
        _endedAt = _link.Now + sample.TotalSeconds;
        Timers.Cancel(LinkCommand.Tick);
        Timers.StartSingleTimer(LinkCommand.AskAnew, LinkCommand.AskAnew, sample);
        Timers.StartSingleTimer(nameof(EndOverdue), new EndOverdue(), _settings.AnswerLimit + sample);
    }

    private void HandleLastReading(double asked)
    {
        var (before, _, after) = _books.Connected ?? new WatchedLevel(0, 0, 0);
        var isLeaving = after > before && (_settleReadings == 0 || after < _lastLevel);
        if (asked < _endedAt)
        {
            _link.Take(LinkCommand.Ask);
        }
        else if (isLeaving && _settleReadings < MostSettleReadings)
        {
            (_settleReadings, _lastLevel) = (_settleReadings + 1, after);
            Timers.StartSingleTimer(LinkCommand.AskAnew, LinkCommand.AskAnew, SettleInterval);
        }
        else
        {
            Conclude();
        }
    }

    private void Conclude()
    {
        var (first, own) = (_link.First, _settings.Own);
        var ledger = _books.Ledger(
            first?.Configuration.Number(ServerSession.MaxClients),
            own?.TcpBacklog ?? first?.Configuration.Number(ServerSession.TcpBacklog),
            own?.ProcessId is { } id ? ServerProcess.Of(id) : first?.Process);
        ledger = ledger is null ? null : ledger with { Proxy = _link.Proxy, HoldsListener = first?.IsServersListener == true };
        var unseen = ServerUnseen.Of(_endpoint, _credentials, own is not null, _link.WhyNever, first, _books, _link.Proxy);
        Context.Parent.Tell(new ServerObserved(_index, ledger, _link.OwnConnections(_begunAt), unseen));
        Context.Stop(Self);
    }

    private sealed record Steady : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record EndOverdue : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
