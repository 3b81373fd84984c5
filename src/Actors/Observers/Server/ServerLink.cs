using System.Globalization;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Observers.Server;

/// <summary>The connection of an observer to its server, with a method for each state: opened, asked, lost, opened again. What happens on
/// it goes into the observer's books.</summary>
/// <remarks>Its observer hands it every message. Each connection is a <see cref="ServerSession"/>.<code>
/// Opening --opened--> Idle --Ask--> Asked --answered--> Idle
///    |                  |             |
///    |not opened        +----lost-----+
///    v                                v
/// Waiting --an interval after the last try--> Opening
/// Hopeless: instead of Waiting, where another try would end in the same way
/// </code></remarks>
internal sealed class ServerLink
{
    // A server that ends just now may close once on INFO.
    private const int MostClosesOnInfo = 1;

    // The kernel is read up to two idle steps before the storm begins. Connections of that time are in its counts of the run.
    private const double KernelsEarlyStart = 0.25;

    private static readonly LinkNews _nothing = new LinkNews.Nothing();

    private readonly Endpoint _endpoint;
    private readonly Credentials _credentials;
    private readonly ServerObserverSettings _settings;
    private readonly TimeProvider _time;
    private readonly ServerLedgerBuilder _books;
    private readonly IActorRef _owner;
    private readonly CancellationToken _stop;
    private readonly ILoggingAdapter _log;
    private readonly long _origin;
    private readonly List<double> _opens = [];

    private Func<object, LinkNews?> _state;
    private ServerSession? _session; // in Idle and Asked
    private double _triedAt;
    private double _askedAt;
    private long _resentBefore;
    private int _closesOnInfo;
    private bool _areSeveral;

    /// <summary>Opens the first connection. <paramref name="owner"/> gets the messages of the link, until
    /// <paramref name="stop"/>.</summary>
    public ServerLink(
        Endpoint endpoint, Credentials credentials, ServerObserverSettings settings, TimeProvider time, ServerLedgerBuilder books,
        IActorRef owner, ILoggingAdapter log, CancellationToken stop)
    {
        (_endpoint, _credentials, _settings, _time, _books) = (endpoint, credentials, settings, time, books);
        (_owner, _log, _stop) = (owner, log, stop);
        _origin = time.GetTimestamp();
        _state = Opening;
        Open();
    }

    /// <summary>Seconds since the link was made: the clock of the books.</summary>
    public double Now => At(_time.GetTimestamp());

    /// <summary>The first session; null if there was none.</summary>
    public ServerSession? First { get; private set; }

    /// <summary>Why the last try to open a connection failed; null if none did.</summary>
    public string? WhyNever { get; private set; }

    /// <summary>True if nothing is tried any more.</summary>
    public bool IsHopeless => _state == Hopeless;

    /// <summary>Why the listener is not the server's; null if it is, or nothing tells.</summary>
    public string? Proxy => _areSeveral || _books.AreSeveral ? ServerSession.OneOfSeveral : First?.Proxy;

    /// <summary>How long it takes until a change is in the counts of the server; zero without a connection.</summary>
    public TimeSpan SampleTime => _session?.SampleTime ?? TimeSpan.Zero;

    /// <summary>Connections that it began to open since the storm began.</summary>
    public int OwnConnections(double begunAt) => _opens.Count(at => at >= begunAt - KernelsEarlyStart);

    /// <summary>Takes a message; null if it is none of the link's.</summary>
    public LinkNews? Take(object message) => _state(message);

    /// <summary>Finds out whether a second connection reaches another server, for an address that may stand for several.</summary>
    public async Task LookAgainAsync(ServerSession session)
    {
        if (_settings.Own is null && session.MayBeOneOfSeveral)
        {
            _opens.Add(Now);
            _owner.Tell(new LookedAgain(await session.IsOneOfSeveralAsync(
                _endpoint, _credentials, _settings.AnswerLimit, _time, _settings.Words, _stop).ConfigureAwait(false)));
        }
    }

    /// <summary>Books a question that is still without an answer as a loss.</summary>
    public void GiveUp()
    {
        if (_state == Asked)
        {
            HandleSilence();
        }
    }

    private LinkNews? Opening(object message) => message switch
    {
        Opened opened => HandleOpened(opened.Session),
        NotOpened failed => HandleNotOpened(failed.Cause),
        _ => InEveryState(message),
    };

    private LinkNews? Idle(object message) => message switch
    {
        LinkCommand => HandleAsk(_session!),
        Unanswered lost when lost.Session == _session => HandleLost(lost, Now),
        _ => InEveryState(message),
    };

    private LinkNews? Asked(object message) => message switch
    {
        LinkCommand.Tick when Now - _askedAt > _settings.AnswerLimit.TotalSeconds => HandleSilence(),
        Answered answered when answered.Session == _session => HandleAnswered(answered),
        Unanswered lost when lost.Session == _session => HandleLost(lost, _askedAt),
        _ => InEveryState(message),
    };

    private LinkNews? Waiting(object message) => message switch
    {
        LinkCommand.Tick when Now - _triedAt >= _settings.Interval.TotalSeconds => Open(),
        LinkCommand.AskAnew => Open(),
        _ => InEveryState(message),
    };

    private LinkNews? Hopeless(object message) => InEveryState(message);

    private LinkNews? InEveryState(object message) => message switch
    {
        LookedAgain looked => HandleLookedAgain(looked.IsAnother),
        Answered or Unanswered or LinkCommand => _nothing, // an answer may be of a connection that was given up
        _ => null,
    };

    private double At(long timestamp) => _time.GetElapsedTime(_origin, timestamp).TotalSeconds;

    // How often the kernel has sent the present question again.
    private long Resent => _session is { } session ? session.Connection.Resent - _resentBefore : 0;

    private LinkNews Open()
    {
        (_state, _triedAt) = (Opening, Now);
        _opens.Add(_triedAt);
        ServerSession.OpenAsync(_endpoint, _credentials, _settings.AnswerLimit, _time, _settings.Words, _stop)
            .PipeTo(_owner, _owner, session => new Opened(session), cause => new NotOpened(cause));
        return _nothing;
    }

    private LinkNews.Opened HandleOpened(ServerSession session)
    {
        var isFirst = First is null;
        (_state, _session) = (Idle, session);
        First ??= session;
        session.Connection.Ended.PipeTo(_owner, _owner, reason => new Unanswered(session, reason, Cause: null));
        var at = At(session.Connection.HeardAt);
        _books.Opened(at, isRejected: false);
        _books.Read(session.Reading, at);
        return new LinkNews.Opened(session, isFirst);
    }

    private LinkNews.NotOpened HandleNotOpened(Exception cause)
    {
        var known = cause as ServerUnavailableException;
        if (known is null)
        {
            _log.Warning(cause, "the observer of {0} could not open its connection", _endpoint);
        }

        if (known is { WasConnected: true })
        {
            _books.Opened(Now, known.WasRejected);
        }

        WhyNever = cause.Message;
        var kind = known is { Error: not null } ? LossKind.Refusal : known?.Kind ?? LossKind.NoConnection;
        _books.Lost(Now, cause.Message, kind, known?.Resent ?? 0);
        _closesOnInfo += known is { HasClosedOnInfo: true } ? 1 : 0;
        _state = known is { IsFinal: false } && _closesOnInfo <= MostClosesOnInfo ? Waiting : Hopeless;
        return new LinkNews.NotOpened();
    }

    private LinkNews HandleAsk(ServerSession session)
    {
        (_state, _askedAt, _resentBefore) = (Asked, Now, session.Connection.Resent);
        session.ReadAsync().PipeTo(
            _owner, _owner, reading => new Answered(session, reading, session.Connection.HeardAt),
            cause => new Unanswered(session, cause.Message, cause as ServerUnavailableException));
        return _nothing;
    }

    private LinkNews.Answered HandleAnswered(Answered answered)
    {
        _state = Idle;
        var at = At(answered.HeardAt);
        if (at - _askedAt > _settings.AnswerLimit.TotalSeconds)
        {
            HandleSilence();
        }

        _books.Read(answered.Reading, at, _askedAt);
        return new LinkNews.Answered(_askedAt);
    }

    private LinkNews.Silent HandleSilence()
    {
        var resent = Resent;
        var limit = _settings.AnswerLimit.TotalSeconds;
        _books.Lost(_askedAt, string.Create(CultureInfo.InvariantCulture, $"did not answer INFO within {limit:0.###} s")
            + (resent > 0 ? $"; the question was sent again {resent.Of("time")}, and nobody acknowledged it" : ""), resent: resent);
        return new LinkNews.Silent();
    }

    private LinkNews.Lost HandleLost(Unanswered lost, double since)
    {
        if (lost.Cause is { Error: not null })
        {
            _books.Refused(Now, lost.Reason);
        }
        else
        {
            _books.Lost(since, lost.Reason, LossKind.End);
        }

        _session?.Connection.Dispose();
        (_session, _state) = (null, lost.Cause is { IsFinal: true } ? Hopeless : Waiting);
        return new LinkNews.Lost();
    }

    private LinkNews HandleLookedAgain(bool isAnother)
    {
        _areSeveral |= isAnother;
        if (!isAnother)
        {
            _books.Opened(Now, isRejected: false);
        }

        return _nothing;
    }

    private sealed record Opened(ServerSession Session) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record LookedAgain(bool IsAnother) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record NotOpened(Exception Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Answered(ServerSession Session, ServerReading Reading, long HeardAt)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Unanswered(ServerSession Session, string Reason, ServerUnavailableException? Cause)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
