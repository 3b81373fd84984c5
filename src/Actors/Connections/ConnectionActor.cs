using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Connections;

/// <summary>One simulated client: opens a link, sends its script, holds, closes. A failure is thrown to its lane.</summary>
/// <remarks><code>
/// Open -> (Waiting: backoff) -> Opening -> Using: one exchange a step -> Holding: a pending receive -> ended
///   every state: LinkFailed -> throw -> the lane restarts this actor with the same entry, or stops it
///   every state: Cancel -> ended (cancelled)
/// </code></remarks>
internal sealed class ConnectionActor : UntypedActor
{
    private readonly ConnectionPlan _plan;
    private ConnectionRecord? _entry;
    private Link? _link;
    private Dialogue _dialogue;
    private int _step;

    public ConnectionActor(ConnectionPlan plan) => _plan = plan;

    private bool IsHolding => _step == _plan.Script.Count;

    private SentStep Sent => new(_plan.Script, IsHolding ? _step - 1 : _step, _entry!.Share.Burst, _entry.Client);

    public static Props Props(ConnectionPlan plan, string dispatcher) =>
        Akka.Actor.Props.CreateBy(new ActorFactory<ConnectionActor>(() => new ConnectionActor(plan))).WithDispatcher(dispatcher).WithMailbox(LoopMailbox.Id);

    protected override void OnReceive(object message)
    {
        try
        {
            Handle(message);
        }
        catch (Exception bug) when (bug is not ConnectionFailedException && _entry is { } entry)
        {
            throw new ConnectionCrashedException(entry, bug);
        }
    }

    private void Handle(object message)
    {
        switch (message)
        {
            case Received received when received.Link == _link: HandleReceived(received.Link); break;
            case Connected connected when connected.Link == _link: HandleConnected(connected.Link); break;
            case LinkFailed failed when failed.Link == _link: HandleFailed(failed); break;
            case Open open: HandleOpen(open); break;
            case WaitOver: BeginAttempt(_entry!); break;
            case Cancel: HandleCancel(); break;
            case Received or Connected or LinkFailed: break; // of a link that an earlier incarnation has closed
            default: Unhandled(message); break;
        }
    }

    protected override void PreRestart(Exception reason, object message) => PostStop(); // no children to stop

    protected override void PostStop() => _link?.Close();

    private void HandleOpen(Open open)
    {
        _entry = open.Entry;
        if (open.NotBefore != 0 && open.NotBefore > _plan.Loop.Now)
        {
            _plan.Loop.Schedule(open.NotBefore, Self, WaitOver.Instance);
        }
        else
        {
            BeginAttempt(open.Entry);
        }
    }

    private void BeginAttempt(ConnectionRecord entry)
    {
        if (entry.Attempts > 0 && _plan.Lane.IsGivenUp(entry))
        {
            End(entry.LastFailure); // its endpoint was given up while it waited
            return;
        }

        _plan.Lane.Begin(entry);
        _link = _plan.Loop.Open(Self, new LinkRequest(_plan.Lane.AddressOf(entry), _plan.Socket, _plan.ConnectDeadline));
    }

    private void HandleConnected(Link link)
    {
        _plan.Lane.Establish(_entry!, link);
        GoOn(link);
    }

    private void HandleReceived(Link link)
    {
        var turn = _plan.Script.Count == 0 ? _dialogue.Take(link.Incoming, _plan.Words)
            : _dialogue.Take(link.Incoming, Sent, isLast: IsHolding || (_plan.HoldDeadline is not null && _step == _plan.Script.Count - 1), _plan.Words);
        switch (turn)
        {
            case Turn.More or Turn.Answered when IsHolding: link.Receive(null); break; // nobody waits for it
            case Turn.More: link.Receive(null); break; // one deadline for all its parts
            case Turn.Answered: HandleReply(link); break;
            case Turn.Rejected: throw Fail(new RejectedException(_entry!, _dialogue.ErrorPrefix));
            default: throw FailStrangely(turn);
        }
    }

    private void HandleReply(Link link)
    {
        _plan.Lane.Answer(_entry!, link);
        _step++;
        GoOn(link);
    }

    private void GoOn(Link link)
    {
        var hold = _plan.HoldDeadline;
        if (!IsHolding)
        {
            var command = link.Outgoing(_plan.Script.MaxLength(_step));
            var length = _plan.Script.Write(_step, _entry!.Share.Burst, _entry.Client, command);
            ref readonly var expected = ref _plan.Script.Expected(_step);
            _dialogue.Begin(expected);
            if (expected.Replies > 0)
            {
                link.Exchange(length, _plan.ReplyDeadline);
                return;
            }

            _step++; // nothing answers the last commands: the hold begins with them
            _plan.Lane.Serve(_entry!);
            link.Exchange(length, hold ?? _plan.SendDeadline);
            return;
        }

        _plan.Lane.Serve(_entry!);
        if (hold is not null)
        {
            link.Receive(hold);
        }
        else
        {
            End(Outcome.Succeeded);
        }
    }

    private void HandleFailed(LinkFailed failed)
    {
        var isOpening = _entry!.Timings.Connected == 0;
        switch (failed.Fault)
        {
            case LinkFault.TimedOut or LinkFault.PeerClosed or LinkFault.Reset when _dialogue.Rest is var rest and not Turn.More: throw FailStrangely(rest);
            case LinkFault.TimedOut when IsHolding && !isOpening: End(Outcome.Succeeded); break; // the hold is over
            case LinkFault.LoopFailed: throw new LoopFailedException(failed.Detail);
            case var fault when fault.ToOutcome(isOpening) is { } outcome: throw Fail(outcome);
            default: throw new InvalidOperationException($"the transport failed with {failed.Detail}, which has no known meaning");
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
            Context.Stop(Self); // its escalated failure has been counted
        }
    }

    private void End(Outcome outcome)
    {
        if (outcome == Outcome.Succeeded && _plan.Script.EndsWithQuit)
        {
            _entry!.PeerEnd = _link!.CloseAndTell();
        }

        _link?.Close();
        Context.Parent.Tell(new ConnectionEnded(_entry!, outcome), Self);
        Context.Stop(Self);
    }

    private ConnectionFailedException FailStrangely(Turn turn) => Fail(new ProtocolErrorException(_entry!, turn switch
    {
        Turn.Echoed => StrangeReply.Echo,
        Turn.Unasked => StrangeReply.Unasked,
        _ => PeerName.Describe(_dialogue.Strange, _plan.Words),
    }));

    private ConnectionFailedException Fail(Outcome outcome) => Fail(ConnectionFailedException.For(_entry!, outcome));

    private ConnectionFailedException Fail(ConnectionFailedException failure)
    {
        failure.At = _link!.CompletedAt;
        if (_entry!.Timings.Connected != 0)
        {
            _entry.PeerEnd = _link.CloseAndTell();
        }

        _link.Close();
        return failure;
    }

    private sealed class WaitOver : IDeadLetterSuppression
    {
        public static WaitOver Instance { get; } = new();
    }
}

/// <summary>What all connections of a lane share.</summary>
/// <param name="Lane">Where they are counted, and where they connect.</param>
/// <param name="Loop">Their loop.</param>
/// <param name="Script">What they send.</param>
/// <param name="Socket">Their socket's options.</param>
/// <param name="ConnectDeadline">How long a connect may take.</param>
/// <param name="ReplyDeadline">How long a reply may take.</param>
/// <param name="SendDeadline">How long commands have to leave that nobody answers, if there is no hold.</param>
/// <param name="HoldDeadline">How long they stay open after the script; null closes at once.</param>
/// <param name="Words">How words of the server are kept.</param>
internal sealed record ConnectionPlan(
    LaneRecord Lane, TransportLoop Loop, Script Script, SocketSettings Socket,
    DeadlineQueue ConnectDeadline, DeadlineQueue ReplyDeadline, DeadlineQueue SendDeadline, DeadlineQueue? HoldDeadline, ServerWords Words)
{
    private static readonly TimeSpan ToSend = TimeSpan.FromMilliseconds(10);

    /// <summary>The plan for <paramref name="settings"/> on <paramref name="loop"/>.</summary>
    public static ConnectionPlan For(LaneRecord lane, TransportLoop loop, ConnectionSettings settings, Script script) => new(
        lane, loop, script, settings.Socket, loop.Deadline(settings.ConnectTimeout), loop.Deadline(settings.ReplyTimeout), loop.Deadline(ToSend),
        settings.Hold > TimeSpan.Zero ? loop.Deadline(settings.Hold) : null, settings.Words ?? new ServerWords(script.Secrets));
}
