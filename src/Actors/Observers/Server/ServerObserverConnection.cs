using System.Globalization;
using ActorLoad.Metrics;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Observers.Server;

/// <content>Its connection: opened, asked, lost, opened again.</content>
public sealed partial class ServerObserver
{
    private ServerSession? _first;
    private ServerSession? _session;
    private string? _whyNever;
    private double? _askedAt;
    private double _triedAt;
    private long _resentBefore;
    private bool _isOpening;
    private bool _isHopeless;
    private bool _areSeveral;
    private int _closedOnInfo;
    private readonly List<double> _opens = [];

    // The kernel is read up to two idle steps before the storm begins: what was opened then is in its counts of the run.
    private int OwnConnections => _opens.Count(at => at >= _begunAt - KernelsEarlyStart);

    private string NoAnswer => string.Create(CultureInfo.InvariantCulture, $"did not answer INFO within {_settings.AnswerLimit.TotalSeconds:0.###} s")
        + (Resent > 0 ? $"; the question was sent again {Resent.Of("time")}, and nobody acknowledged it" : "");

    // How often the kernel has sent the present question again.
    private long Resent => _session is { } session ? session.Connection.Resent - _resentBefore : 0;

    private void Open()
    {
        (_isOpening, _triedAt) = (true, Now);
        _opens.Add(_triedAt);
        ServerSession.OpenAsync(_endpoint, _username, _password, _settings.AnswerLimit, _time, _settings.Words, _stop!.Token)
            .PipeTo(Self, Self, session => new Opened(session), cause => new NotOpened(cause));
    }

    private void HandleOpened(ServerSession session)
    {
        _isOpening = false;
        _session = session;
        _first ??= session;
        session.Connection.WhenLost(reason => _self.Tell(new Unanswered(session, reason, Cause: null)));
        var at = At(session.Connection.HeardAt);
        _books.Opened(at, isRejected: false);
        _books.Read(session.Reading, at);
        if (IsEnding)
        {
            Ask(); // what it told when it was opened may be from before the end
        }
        else if (!_isBegun && session == _first)
        {
            SetAlarm(Due.Settled, _settings.Own is not null ? TimeSpan.Zero : Sampled(session)); // until this connection is in its counts
            Task.WhenAll(ServerWarmUp.OnceAsync(session, _time, _stop!.Token), LookAgainAsync(session)).WaitAsync(_settings.AnswerLimit, _time)
                .ContinueWith(_ => new Alarm(Due.Warm), TaskScheduler.Default).PipeTo(Self); // what went wrong with it, if anything, the next reading tells
        }
        else
        {
            Ready();
        }
    }

    // Of one address that stands for several servers each connection may reach another.
    private async Task LookAgainAsync(ServerSession session)
    {
        if (_settings.Own is null && session.MayBeOneOfSeveral)
        {
            _opens.Add(Now);
            _self.Tell(new LookedAgain(
                await session.IsOneOfSeveralAsync(_endpoint, _username, _password, _settings.AnswerLimit, _time, _settings.Words, _stop!.Token).ConfigureAwait(false)));
        }
    }

    private void HandleLookedAgain(bool isAnother)
    {
        _areSeveral |= isAnother;
        if (!isAnother)
        {
            _books.Opened(Now, isRejected: false);
        }
    }

    private string? Proxy => _areSeveral || _books.AreSeveral ? ServerSession.OneOfSeveral : _first?.Proxy;

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

        // Once may be a server that ends just now.
        _isHopeless |= known is not { IsFinal: false } || (known.HasClosedOnInfo && ++_closedOnInfo > 1);
        _whyNever = cause.Message;
        _books.Lost(Now, cause.Message, known is { Error: not null } ? LossKind.Refusal : known?.Kind ?? LossKind.NoConnection, known?.Resent ?? 0);
        Ready();
        if (IsEnding)
        {
            Conclude();
        }
    }

    private void HandleReadingDue()
    {
        if (_askedAt is { } asked)
        {
            if (Now - asked > _settings.AnswerLimit.TotalSeconds)
            {
                _books.Lost(asked, NoAnswer, resent: Resent);
                Ready(); // the storm does not wait for a server that answered once
            }
        }
        else if (_session is not null)
        {
            Ask();
        }
        else if (!_isOpening && !_isHopeless && Now - _triedAt >= _settings.Interval.TotalSeconds)
        {
            Open();
        }
    }

    private void Ask()
    {
        if (_session is not { } session || _askedAt is not null)
        {
            return;
        }

        (_askedAt, _resentBefore) = (Now, session.Connection.Resent);
        session.ReadAsync().PipeTo(
            Self, Self, reading => new Answered(session, reading, session.Connection.HeardAt),
            cause => new Unanswered(session, cause.Message, cause as ServerUnavailableException));
    }

    private void HandleAnswered(Answered answered)
    {
        var (asked, at) = (_askedAt ?? 0, At(answered.HeardAt));
        _askedAt = null;
        if (at - asked > _settings.AnswerLimit.TotalSeconds)
        {
            _books.Lost(asked, NoAnswer, resent: Resent);
        }

        _books.Read(answered.Reading, at, asked);
        if (_isSettled && _isWarm)
        {
            Ready();
        }

        if (IsEnding)
        {
            HandleLastReading(asked);
        }
    }

    private void HandleLost(string reason, ServerUnavailableException? cause)
    {
        if (cause is { Error: not null })
        {
            _books.Refused(Now, reason);
        }
        else
        {
            _books.Lost(_askedAt ?? Now, reason, LossKind.End);
        }

        _isHopeless |= cause is { IsFinal: true };
        _session?.Connection.Dispose();
        (_session, _askedAt) = (null, null);
        Ready();
        if (IsEnding)
        {
            Conclude();
        }
        else if (!_isHopeless && Now - _triedAt >= _settings.Interval.TotalSeconds)
        {
            Open(); // at once: a connection that was merely cut is no time in which the server was silent
        }
    }

    private sealed record Opened(ServerSession Session) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record LookedAgain(bool IsAnother) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record NotOpened(Exception Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Answered(ServerSession Session, ServerReading Reading, long HeardAt) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Unanswered(ServerSession Session, string Reason, ServerUnavailableException? Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
