using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Connections;

/// <summary>One simulated client: opens a link, sends its session, holds, closes. Throws failures to its cohort.</summary>
/// <remarks><code>
/// New -> (Waiting: backoff) -> Opening -> (Securing: TLS) -> (SettingUp) -> Using: one exchange a step -> (Holding: a pending receive)
///   -> (Closing) -> ended
///   Using -> Thinking -> Using, between two exchanges; Holding -> Pinging -> Holding, for an idle client
///   every state: LinkFailed -> throw -> the cohort restarts this actor with the same entry, or stops it
///   Holding: Retire -> ended, for a connection of a population; in every other state it ends after its script
///   Closing, if the close waits for the server -> ended (succeeded), however that ends; from Holding through Parting, if a message of the
///     link is on its way
///   with a pool: a use that succeeded -> Idle -> Borrow: (Testing: PING) -> Using, for the record of a later burst
///   every state: Cancel -> ended (cancelled)
/// </code></remarks>
internal sealed class ConnectionActor : UntypedActor
{
    // Become would allocate at each change of state: four times in each connection.
    private static readonly State New = static (self, message) => self.WhileNew(message);
    private static readonly State Waiting = static (self, message) => self.WhileWaiting(message);
    private static readonly State Opening = static (self, message) => self.WhileOpening(message);
    private static readonly State Securing = static (self, message) => self.WhileSecuring(message);
    private static readonly State SettingUp = static (self, message) => self.WhileSettingUp(message);
    private static readonly State Using = static (self, message) => self.WhileUsing(message);
    private static readonly State Thinking = static (self, message) => self.WhileThinking(message);
    private static readonly State Holding = static (self, message) => self.WhileHolding(message);
    private static readonly State Pinging = static (self, message) => self.WhilePinging(message);
    private static readonly State Parting = static (self, message) => self.WhileParting(message);
    private static readonly State Idle = static (self, message) => self.WhileIdle(message);
    private static readonly State Testing = static (self, message) => self.WhileTesting(message);
    private static readonly State Closing = static (self, message) => self.WhileClosing(message);

    private readonly ConnectionPlan _plan;
    private State _state = New;
    private ConnectionRecord? _entry;
    private Link? _link;
    private SessionCursor _cursor;
    private Alarm? _alarm;
    private Alarm? _holdEnd;
    private bool _isHoldOver;
    private bool _isRetired;
    private long _partingSince;

    public ConnectionActor(ConnectionPlan plan) => _plan = plan;

    private delegate void State(ConnectionActor self, object message);

    private ConnectionRecord Entry => _entry!;

    // A kept connection holds until it is told to close.
    private DeadlineQueue? HoldDeadline =>
        Entry.Share.Population is null ? _plan.HoldDeadline : Entry.IsRetired ? null : _plan.KeptDeadline;

    public static Props Props(ConnectionPlan plan, string dispatcher) =>
        Akka.Actor.Props.CreateBy(new ActorFactory<ConnectionActor>(() => new ConnectionActor(plan)))
            .WithDispatcher(dispatcher).WithMailbox(LoopMailbox.Id);

    protected override void OnReceive(object message)
    {
        try
        {
            _state(this, message);
        }
        catch (Exception bug) when (bug is not ConnectionFailedException && _entry is { } entry)
        {
            throw new ConnectionCrashedException(entry, bug);
        }
    }

    private void WhileNew(object message)
    {
        switch (message)
        {
            case Open open: HandleOpen(open); break;
            default: HandleOther(message); break;
        }
    }

    private void WhileWaiting(object message)
    {
        switch (message)
        {
            case WaitOver: BeginAttempt(); break;
            case Retire when !Entry.Share.IsOpening: End(Entry.LastFailure); break; // the phase is over
            default: HandleOther(message); break;
        }
    }

    private void WhileOpening(object message)
    {
        switch (message)
        {
            case Connected connected when connected.Link == _link: HandleConnected(connected.Link); break;
            case LinkFailed failed when failed.Link == _link: throw Fail(failed, isOpening: true);
            default: HandleOther(message); break;
        }
    }

    private void WhileSecuring(object message)
    {
        switch (message)
        {
            case Secured secured when secured.Link == _link: HandleSecured(secured); break;
            case LinkFailed failed when failed.Link == _link: throw Fail(failed, isOpening: false);
            default: HandleOther(message); break;
        }
    }

    private void WhileSettingUp(object message)
    {
        switch (message)
        {
            case Received received when received.Link == _link: HandleSetupReply(received.Link); break;
            case LinkFailed failed when failed.Link == _link: throw FailInUse(failed);
            default: HandleOther(message); break;
        }
    }

    private void WhileUsing(object message)
    {
        switch (message)
        {
            case Received received when received.Link == _link: HandleReply(received.Link); break;
            case LinkFailed failed when failed.Link == _link && IsStale(failed.Fault): Replace(); break;
            case LinkFailed failed when failed.Link == _link: throw FailInUse(failed);
            default: HandleOther(message); break;
        }
    }

    private void WhileThinking(object message)
    {
        switch (message)
        {
            case Alarm when message == _alarm: GoOnUsing(_alarm.Due); break;
            case Retire when _cursor.IsBetweenRounds: HandleRetire(); GoOnUsing(_plan.Loop.Now); break;
            default: HandleOther(message); break;
        }
    }

    private void WhileHolding(object message)
    {
        switch (message)
        {
            case Received received when received.Link == _link: HandleReceivedInHold(received.Link); break;
            case LinkFailed { Fault: LinkFault.TimedOut } over when over.Link == _link && _cursor.Rest is Turn.More:
                End(Outcome.Succeeded);
                break;
            case LinkFailed failed when failed.Link == _link: throw FailInUse(failed);
            case Alarm when message == _holdEnd: HandleHoldOver(_link!); break;
            case Retire: Succeed(_link!); break;
            case Alarm when message == _alarm: Ping(_link!); break;
            default: HandleOther(message); break;
        }
    }

    private void WhilePinging(object message)
    {
        switch (message)
        {
            case Received received when received.Link == _link: HandlePong(received.Link); break;
            case LinkFailed failed when failed.Link == _link: throw FailInUse(failed);
            case Alarm when message == _holdEnd: _isHoldOver = true; break; // it ends after the PONG
            default: HandleOther(message); break;
        }
    }

    // The hold is over, and what it received is on its way here.
    private void WhileParting(object message)
    {
        switch (message)
        {
            case Received received when received.Link == _link: Part(received.Link); break;
            default: WhileClosing(message); break;
        }
    }

    private void WhileClosing(object message)
    {
        switch (message)
        {
            case Received received when received.Link == _link: HandleReceivedInClose(received.Link); break;
            case LinkFailed failed when failed.Link == _link: HandleClosed(failed); break;
            case Cancel: Leave(CloseEnd.CutOff, _plan.Loop.Now); break;
            default: HandleOther(message); break;
        }
    }

    // Its use is over, and counted.
    private void WhileIdle(object message)
    {
        switch (message)
        {
            case Borrow borrow: HandleBorrow(borrow); break;
            case IdleOver over: Context.Parent.Tell(over, Self); Context.Stop(Self); break;
            case Cancel or Retire: break; // the pool closes it
            default: HandleOther(message); break;
        }
    }

    private void WhileTesting(object message)
    {
        switch (message)
        {
            case Received received when received.Link == _link: HandleTested(received.Link); break;
            case LinkFailed failed when failed.Link == _link && IsStale(failed.Fault): Replace(); break;
            case LinkFailed failed when failed.Link == _link: throw FailInUse(failed);
            default: HandleOther(message); break;
        }
    }

    private void HandleOther(object message)
    {
        switch (message)
        {
            case Cancel: HandleCancel(); break;
            case Retire: HandleRetire(); break;
            case Received or Connected or Secured or LinkFailed or Alarm: break; // of a link that an earlier one closed
            default: Unhandled(message); break;
        }
    }

    protected override void PreRestart(Exception reason, object message) => PostStop(); // no children to stop

    protected override void PostStop()
    {
        _alarm?.CallOff();
        _holdEnd?.CallOff();
        _link?.Close();
    }

    private void HandleOpen(Open open)
    {
        _entry = open.Entry;
        _entry.IsRetired |= _isRetired;
        if (open.NotBefore != 0 && open.NotBefore > _plan.Loop.Now)
        {
            _state = Waiting;
            _plan.Loop.Schedule(open.NotBefore, Self, WaitOver.Instance);
        }
        else
        {
            BeginAttempt();
        }
    }

    private void BeginAttempt()
    {
        if (Entry.IsWaiting && _plan.Lane.IsGivenUp(Entry))
        {
            End(Entry.LastFailure); // the endpoint was given up during the wait
            return;
        }

        _plan.Lane.Begin(Entry);
        _state = Opening;
        var request = new LinkRequest(_plan.Lane.TargetOf(Entry), _plan.Socket, _plan.ConnectDeadline);
        _link = _plan.Tls is { } tls ? tls.Open(Self, request) : _plan.Loop.Open(Self, request);
    }

    private void HandleConnected(Link link)
    {
        _plan.Lane.Establish(Entry, link);
        if (_plan.Tls is not null)
        {
            _state = Securing;
            link.Secure(_plan.ReplyDeadline);
            return;
        }

        Begin(link);
    }

    private void HandleSecured(Secured secured)
    {
        LaneRecord.Secure(Entry, secured.Link, secured.IsResumed);
        Begin(secured.Link);
    }

    private void Begin(Link link)
    {
        var session = Entry.Timings.CutAt == 0 ? _plan.Session : _plan.Session.AfterReconnect;
        _cursor = new SessionCursor(session, Entry, _plan.Words);
        _state = SettingUp;
        SetUp(link);
    }

    private void HandleSetupReply(Link link)
    {
        if (IsAnswered(link, isBeforeHold: false))
        {
            _cursor.Advance();
            LaneRecord.SetUp(Entry, link);
            SetUp(link);
        }
    }

    private void HandleReply(Link link)
    {
        if (IsAnswered(link, isBeforeHold: _cursor.IsLast && HoldDeadline is not null))
        {
            LaneRecord.Answer(Entry, link);
            _cursor.Advance();
            Use(link);
        }
    }

    private void HandleReceivedInHold(Link link)
    {
        var turn = _cursor.TakeInHold(link.Incoming);
        if (turn is not (Turn.More or Turn.Answered))
        {
            throw Fail(_cursor.Failure(turn));
        }

        link.Receive(null); // until the same deadline
    }

    private void HandlePong(Link link)
    {
        if (!IsAnswered(link, isBeforeHold: true))
        {
            return;
        }

        if (Entry.IsRetired || _isHoldOver)
        {
            Succeed(link);
        }
        else
        {
            _state = Holding;
            if (_plan.Lane.Pool is null)
            {
                link.Receive(_plan.KeptDeadline);
            }

            AwaitPing();
        }
    }

    private bool IsAnswered(Link link, bool isBeforeHold)
    {
        switch (_cursor.Take(link.Incoming, isBeforeHold))
        {
            case Turn.Answered:
                return true;
            case Turn.More:
                link.Receive(null); // one deadline for all parts of a reply
                return false;
            case var turn:
                throw Fail(_cursor.Failure(turn));
        }
    }

    private void SetUp(Link link)
    {
        if (_cursor.Next == NextStep.End)
        {
            BeginUse(link);
        }
        else
        {
            _cursor.Send(link, _plan.ReplyDeadline);
        }
    }

    private void BeginUse(Link link)
    {
        _cursor.BeginScript();
        _state = Using;
        Use(link);
    }

    private void GoOnUsing(long at)
    {
        Entry.Timings.Resumed = at;
        _state = Using;
        Use(_link!);
    }

    // The next exchange of the script. After the last one, the hold or the end follows. A retired connection does not begin the script
    // again.
    private void Use(Link link)
    {
        switch (Entry.IsRetired && _cursor.IsBetweenRounds ? NextStep.End : _cursor.Next)
        {
            case NextStep.Exchange:
                _cursor.Send(link, _plan.ReplyDeadline);
                break;
            case NextStep.Thought:
                _state = Thinking;
                _plan.Loop.Schedule(_plan.Loop.Now + _plan.Loop.ToTicks(_cursor.Think()), _alarm ??= new Alarm(Self));
                break;
            case NextStep.LastWords:
                _plan.Lane.Serve(Entry);
                _state = Holding; // the last commands get no reply: the hold begins with them
                _cursor.Send(link, Until(HoldDeadline ?? _plan.SendDeadline));
                AwaitPing();
                break;
            default:
                _plan.Lane.Serve(Entry);
                Hold(link);
                break;
        }
    }

    private void Hold(Link link)
    {
        if ((HoldDeadline ?? (link.HasUnsent ? _plan.SendDeadline : null)) is { } until)
        {
            _state = Holding;
            var deadline = Until(until);
            if (_plan.Lane.Pool is null)
            {
                link.Receive(deadline);
            }

            // Else nothing may be under way when the hold is over.
            AwaitPing();
        }
        else
        {
            Succeed(link);
        }
    }

    // A link whose deadline is over can only be closed. If more follows, a message ends the hold.
    private DeadlineQueue Until(DeadlineQueue hold)
    {
        if ((_plan.Farewell is null && _plan.Lane.Pool is null && _plan.PingEvery == 0) || hold == _plan.KeptDeadline)
        {
            return hold;
        }

        _isHoldOver = false;
        _plan.Loop.Schedule(_plan.Loop.Now + _plan.Loop.ToTicks(hold.Timeout), _holdEnd ??= new Alarm(Self));
        return _plan.KeptDeadline;
    }

    private void HandleHoldOver(Link link)
    {
        if (_plan.Lane.Pool is not null && link.Look() is var end and not PeerEnd.None)
        {
            var failure = Fail(ConnectionFailedException.For(Entry, end == PeerEnd.Finished ? Outcome.PeerClosed : Outcome.Reset));
            failure.At = _plan.Loop.Now;
            throw failure;
        }

        Succeed(link);
    }

    private void HandleBorrow(Borrow borrow)
    {
        _entry = borrow.Entry;
        _plan.Lane.Borrow(Entry);
        if (_link!.Look() != PeerEnd.None)
        {
            Replace();
        }
        else if (borrow.IsTested)
        {
            _state = Testing;
            _cursor.Renew(Entry);
            _cursor.SendPing(_link, _plan.ReplyDeadline);
        }
        else
        {
            Reuse(_link);
        }
    }

    private void HandleTested(Link link)
    {
        switch (_cursor.Take(link.Incoming, isBeforeHold: false))
        {
            case Turn.Answered: Reuse(link); break;
            case Turn.More: link.Receive(null); break; // one deadline for all parts of a reply
            default: Replace(); break;
        }
    }

    private void Reuse(Link link)
    {
        Entry.Timings.Connected = _plan.Loop.Now;
        _cursor.Renew(Entry);
        BeginUse(link);
    }

    // The server had closed the connection, and we may only learn it from our first command. A PING that is not answered says the same.
    private bool IsStale(LinkFault fault) => Entry is { IsBorrowed: true, Timings.FirstReply: 0 }
        && (fault is LinkFault.PeerClosed or LinkFault.Reset || (_state == Testing && fault is LinkFault.TimedOut or LinkFault.Unanswered));

    private void Replace()
    {
        var end = _link!.Look();
        _link.Reset();
        _plan.Lane.Replace(Entry, end);
        BeginAttempt();
    }

    private void AwaitPing()
    {
        if (_plan.PingEvery > 0)
        {
            _plan.Loop.Schedule(_plan.Loop.Now + _plan.PingEvery, _alarm ??= new Alarm(Self));
        }
    }

    private void Ping(Link link)
    {
        if (link.IsPending || _plan.Lane.Pool is not null) // which receives nothing in a hold
        {
            _state = Pinging;
            _cursor.SendPing(link, _plan.ReplyDeadline);
        }
        else
        {
            Self.Tell(_alarm, Self); // behind what the hold has received, which is on its way here
        }
    }

    private void Succeed(Link link)
    {
        if (_plan.Lane.Pool is not null && !link.IsPending && _plan.Lane.TryKeep(Self, link, Entry))
        {
            Context.Parent.Tell(new ConnectionEnded(Entry, Outcome.Succeeded) { IsKept = true }, Self);
            (_state, _entry) = (Idle, null);
        }
        else if (_plan.Farewell is null)
        {
            End(Outcome.Succeeded);
        }
        else if (_state == Holding && !link.IsPending && _plan.Lane.Pool is null) // with a pool nothing was under way
        {
            (_state, _partingSince) = (Parting, _plan.Loop.Now);
        }
        else
        {
            Part(link);
        }
    }

    private void Part(Link link)
    {
        (_state, _partingSince) = (Closing, _plan.Loop.Now);
        _plan.Farewell!.Begin(link);
    }

    private void HandleReceivedInClose(Link link)
    {
        if (_plan.Farewell!.EndOfBytes is { } end)
        {
            Leave(end, link.CompletedAt);
        }
        else
        {
            link.Receive(null); // one deadline for all
        }
    }

    private void HandleClosed(LinkFailed failed) => Leave(
        Farewell.EndOf(failed.Fault) ?? throw Fail(failed, isOpening: false), failed.Link.CompletedAt);

    // However it parts, it has done its work.
    private void Leave(CloseEnd end, long at)
    {
        LaneRecord.Part(Entry, end, _partingSince, at);
        if (end == CloseEnd.TimedOut)
        {
            _link!.Reset();
        }

        End(Outcome.Succeeded);
    }

    // A restarted connection may not know its entry yet.
    private void HandleRetire()
    {
        _isRetired = true;
        if (_entry is { } entry)
        {
            entry.IsRetired = true;
        }
    }

    private void HandleCancel()
    {
        if (_entry is { IsEnded: false })
        {
            End(Outcome.Cancelled);
        }
        else
        {
            Context.Stop(Self); // its failure was counted before it escalated
        }
    }

    private void End(Outcome outcome)
    {
        if (outcome == Outcome.Succeeded && _plan.Session.Script.EndsWithQuit)
        {
            Entry.PeerEnd = _link!.CloseAndTell();
        }

        _link?.Close();
        Context.Parent.Tell(new ConnectionEnded(Entry, outcome), Self);
        Context.Stop(Self);
    }

    private Exception FailInUse(LinkFailed failed) =>
        failed.Fault is LinkFault.TimedOut or LinkFault.PeerClosed or LinkFault.Reset && _cursor.Rest is var rest and not Turn.More
            ? Fail(_cursor.Failure(rest)) : Fail(failed, isOpening: false);

    private Exception Fail(LinkFailed failed, bool isOpening) => failed.Fault switch
    {
        LinkFault.LoopFailed => new LoopFailedException(failed.Detail),
        LinkFault.TlsFailed => Fail(new TlsFailedException(Entry, failed.Detail)),
        var fault when fault.ToOutcome(isOpening) is { } outcome => Fail(ConnectionFailedException.For(Entry, outcome)),
        _ => new InvalidOperationException($"the transport failed with {failed.Detail}, which has no known meaning"),
    };

    private ConnectionFailedException Fail(ConnectionFailedException failure)
    {
        failure.At = _link!.CompletedAt;
        if (Entry.Timings.Connected != 0)
        {
            Entry.PeerEnd = _link.CloseAndTell();
        }

        _link.Close();
        return failure;
    }

    private sealed class WaitOver : IDeadLetterSuppression
    {
        public static WaitOver Instance { get; } = new();
    }
}
