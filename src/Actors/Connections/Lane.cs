using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using static ActorLoad.Connections.ConnectionProtocol;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Connections;

/// <summary>Parent and supervisor of the connections of one event loop; keeps their books.</summary>
/// <remarks><code>
/// OpenBurst -> waits until it is due -> opens chunk by chunk, so that starting and running take turns -> BurstShareEnded
///   a child throws -> attempt counted -> rule of its cause: Restart (a new attempt after its backoff) | Stop | Escalate
///   Abort -> opens no more, cancels what is open
/// </code></remarks>
public sealed class Lane : UntypedActor
{
    // Opened in one turn of the loop: enough for a burst to be one, few enough for the breaker to act before all are open.
    private const int Chunk = 1024;

    private readonly LaneSettings _settings;
    private readonly TransportLoop _loop;
    private readonly Props _connection;
    private readonly Tally _tally;
    private readonly Breaker _breaker;
    private readonly Random _random;
    private readonly Dictionary<int, OpenBurst> _waiting = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _open;
    private long _peakOpen;
    private bool _neverReached = true;
    private bool _isAborting;
    private bool _hasLoggedCrash;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public Lane(LaneSettings settings, LoopDispatcher dispatcher)
    {
        (_settings, _loop) = (settings, dispatcher.Loop);
        var plan = ConnectionPlan.For(_loop, settings.Connection, settings.Script, settings.Targets);
        _connection = ConnectionActor.Props(plan, dispatcher.DispatcherId);
        _tally = new Tally(_loop.Time.TimestampFrequency);
        var breaker = settings.Supervision.Breaker;
        _breaker = new Breaker(breaker, _loop.ToTicks(breaker.Window));
        _random = new Random(settings.Seed + settings.Lane);
    }

    /// <summary>A lane on the loop of <paramref name="dispatcher"/>.</summary>
    public static Props Props(LaneSettings settings, LoopDispatcher dispatcher) =>
        Akka.Actor.Props.Create<Lane>(settings, dispatcher).WithDispatcher(dispatcher.DispatcherId);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionEnded ended: HandleEnded(ended); break;
            case GoOnOpening opening: OpenChunk(opening); break;
            case OpenBurst burst: HandleOpenBurst(burst); break;
            case BurstDue due: HandleDue(due); break;
            case ReportTally report: HandleReport(report); break;
            case Abort: HandleAbort(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>By the rules of the run file; nothing is logged for each failure, all are counted.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, Decide, loggingEnabled: false);

    private void HandleOpenBurst(OpenBurst burst)
    {
        if (_isAborting)
        {
            EndUnbegun(burst);
            return;
        }

        var due = new BurstDue(burst.Burst, _settings.RunStart + _loop.ToTicks(burst.DueAt));
        _waiting.Add(burst.Burst, burst);
        if (due.At > _loop.Now)
        {
            _loop.Schedule(due.At, Self, due);
        }
        else
        {
            HandleDue(due);
        }
    }

    private void HandleDue(BurstDue due)
    {
        if (_waiting.Remove(due.Burst, out var burst))
        {
            OpenChunk(new GoOnOpening(new BurstShare(burst.Burst, burst.Count), burst.First, burst.First + burst.Count, due.At));
        }
    }

    private void OpenChunk(GoOnOpening opening)
    {
        var (share, first, last, due) = opening;
        var end = Math.Min(first + Chunk, last);
        for (var client = first; client < end; client++)
        {
            _tally.RecordPlanned(1);
            if (_open < _settings.MaxOpen && !_isAborting)
            {
                OpenConnection(new Ticket(share, client, due));
            }
            else
            {
                _tally.RecordDropped();
            }
        }

        if (end < last)
        {
            // Not by a plain Tell, which would be handled before the children's first messages, and before any completion.
            var self = Self;
            _loop.ExecuteNextTurn(new ActionRunnable(() => self.Tell(opening with { Next = end }, self)));
            return;
        }

        share.IsOpening = false;
        EndBurstIfDone(share);
    }

    private void OpenConnection(Ticket ticket)
    {
        ticket.Share.Opened++;
        _tally.RecordOpened();
        _tally.RecordAttempt(isRetry: false);
        _peakOpen = Math.Max(_peakOpen, ++_open);
        Context.ActorOf(_connection).Tell(new Open(ticket, 0), Self);
    }

    private void HandleEnded(ConnectionEnded ended)
    {
        _breaker.Record(ended.Outcome, _loop.Now);
        _neverReached &= ended.Ticket.Timings.Connected == 0;
        Close(ended.Ticket, ended.Outcome);
    }

    private void HandleReport(ReportTally report) =>
        _settings.Metrics.Tell(new MetricsProtocol.TallyReported(_settings.Lane, report.Sample, _tally.Take(), _peakOpen));

    private void HandleAbort()
    {
        _isAborting = true;
        foreach (var connection in Context.GetChildren())
        {
            connection.Tell(Cancel.Instance);
        }

        foreach (var burst in _waiting.Values)
        {
            EndUnbegun(burst);
        }

        _waiting.Clear();
    }

    private Directive Decide(Exception cause)
    {
        if (cause is not ConnectionFailedException failure)
        {
            // Akka itself failed to make or run a child: without its ticket its burst can never end, so the run must.
            _log.Error(cause, "a connection failed outside its own code");
            return Directive.Escalate;
        }

        CountRetries(failure.Ticket);
        _tally.RecordAttemptFailure(failure.Outcome);
        _neverReached &= failure.Ticket.Timings.Connected == 0 && failure.Outcome is not (Outcome.LocalExhausted or Outcome.Crashed);
        switch (failure)
        {
            case RejectedException rejected: _tally.RecordRejection(rejected.Prefix); break;
            case ConnectionCrashedException { InnerException: LoopFailedException } when _isAborting: break; // told already, or too late
            case ConnectionCrashedException { InnerException: LoopFailedException broken }: StopOpening(broken.Message); break;
            case ConnectionCrashedException: LogFirst(failure); break;
        }

        if (_breaker.Record(failure.Outcome, _loop.Now))
        {
            StopOpening(_breaker.Reason);
        }

        return failure is ConnectionCrashedException ? GiveUp(failure) : Decide(failure, _settings.Supervision.Rules[failure.Outcome]);
    }

    // The supervisor's Abort is on its way; not one more attempt until then.
    private void StopOpening(string reason)
    {
        _isAborting = true;
        Context.Parent.Tell(new BreakerTripped(_settings.Lane, reason));
    }

    private Directive Decide(ConnectionFailedException failure, FailureRule rule)
    {
        var ticket = failure.Ticket;
        var now = _loop.Now;
        if (rule.Directive == FailureDirective.Restart && !_isAborting
            && ticket.TryRetry(failure.Outcome, rule, now, _loop.ToTicks(rule.Within), out var used))
        {
            var delay = rule.Backoff.Delay(used, _random.NextDouble());
            Sender.Tell(new Open(ticket, delay > TimeSpan.Zero ? now + _loop.ToTicks(delay) : 0), Self);
            return Directive.Restart;
        }

        GiveUp(failure);
        return rule.Directive == FailureDirective.Escalate ? Directive.Escalate : Directive.Stop;
    }

    private Directive GiveUp(ConnectionFailedException failure)
    {
        Close(failure.Ticket, failure.Outcome);
        return Directive.Stop;
    }

    private void Close(Ticket ticket, Outcome outcome)
    {
        CountRetries(ticket);
        ticket.IsEnded = true;
        ticket.Timings.Ended = _loop.Now;
        _open--;
        _tally.RecordEnded(outcome, ticket.Timings);
        ticket.Share.RecordEnd(outcome);
        EndBurstIfDone(ticket.Share);
    }

    // An attempt is counted when it has begun: one that was cancelled while it waited for its backoff never was one.
    private void CountRetries(Ticket ticket)
    {
        for (; ticket.Counted < ticket.Attempts; ticket.Counted++)
        {
            _tally.RecordAttempt(isRetry: true);
        }
    }

    private void EndBurstIfDone(BurstShare share)
    {
        if (share.IsOpening || share.Ended < share.Opened)
        {
            return;
        }

        var hasStarted = share.FirstStart != long.MaxValue;
        Context.Parent.Tell(new BurstShareEnded(
            _settings.Lane, share.Burst, share.Planned, share.Opened, share.Succeeded, share.Failed, share.Cancelled,
            hasStarted ? SinceStart(share.FirstStart) : null, hasStarted ? SinceStart(share.LastStart) : null, SinceStart(_loop.Now), _neverReached));
    }

    private void EndUnbegun(OpenBurst burst) => Context.Parent.Tell(
        new BurstShareEnded(_settings.Lane, burst.Burst, 0, 0, 0, 0, 0, null, null, SinceStart(_loop.Now), _neverReached));

    private TimeSpan SinceStart(long at) => _loop.Time.GetElapsedTime(_settings.RunStart, at);

    private void LogFirst(ConnectionFailedException crash)
    {
        if (!_hasLoggedCrash)
        {
            _hasLoggedCrash = true;
            _log.Error(crash.InnerException, "a connection crashed; this is a bug in ActorLoad. Further crashes of this run are only counted");
        }
    }

    private sealed record BurstDue(int Burst, long At) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record GoOnOpening(BurstShare Share, int Next, int End, long Due) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
