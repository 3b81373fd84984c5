using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Connections;

/// <summary>One simulated client: takes the steps of its plan, and ends. Throws failures to its cohort.</summary>
/// <remarks><code>
/// New -> (Waiting: backoff) -> the steps, each with its own states -> ended
///   ConnectionStep: Opening -> (Securing) -> SettingUp -> Using    QuietTime: Thinking, Holding, Pinging
///   Parting: Closing, if the close waits for the server            PooledTime: Idle, Testing, between two uses
///   every state: LinkFailed -> throw -> the cohort restarts this actor with the same entry, or stops it
///   every state: Retire -> it ends after its script, as a connection of a population
///   every state: Cancel -> ended (cancelled)
/// </code></remarks>
internal sealed class ConnectionActor(ConnectionPlan plan) : UntypedActor
{
    // Akka's own Become would allocate at each change of state: four times in each connection.
    private static readonly State New = static (self, message) => self.WhileNew(message);
    private static readonly State Waiting = static (self, message) => self.WhileWaiting(message);

    private State _state = New;
    private ConnectionRecord? _entry;
    private Link? _link;
    private QuietTime? _quiet;
    private PooledTime? _pooled;
    private Parting? _parting;
    private bool _isRetired;

    /// <summary>A method that takes the messages of one state.</summary>
    internal delegate void State(ConnectionActor self, object message);

    /// <summary>What all connections of its lane share.</summary>
    internal ConnectionPlan Plan { get; } = plan;

    /// <summary>Its record, while it has a use.</summary>
    internal ConnectionRecord Entry { get => _entry!; set => _entry = value; }

    /// <summary>False before its first use, and while it is idle in a pool.</summary>
    internal bool HasEntry => _entry is not null;

    /// <summary>The link of its last attempt.</summary>
    internal Link Link { get => _link!; set => _link = value; }

    /// <summary>Where it stands in its session.</summary>
    internal SessionCursor Cursor;

    /// <summary>Its pauses and its hold.</summary>
    internal QuietTime Quiet => _quiet ??= new QuietTime(this);

    /// <summary>Its stay in a pool.</summary>
    internal PooledTime Pooled => _pooled ??= new PooledTime(this);

    /// <summary>Its close, where that waits for the server.</summary>
    internal Parting Parting => _parting ??= new Parting(this);

    /// <summary>Where its messages go.</summary>
    internal IActorRef Ref => Self;

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

    /// <summary>What may come in every state.</summary>
    internal void HandleOther(object message)
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
        _quiet?.CallOff();
        _link?.Close();
    }

    /// <summary>The next messages are those of another state.</summary>
    internal void Become(State state) => _state = state;

    /// <summary>Takes what the server has sent; true if that ends the present exchange, false if more must come.</summary>
    internal bool IsAnswered(bool isBeforeHold)
    {
        var turn = Cursor.Take(Link.Incoming, isBeforeHold);
        if (turn == Turn.More)
        {
            Link.Receive(null); // one deadline for all parts of a reply
        }

        return turn == Turn.Answered || (turn == Turn.More ? false : throw Fail(Cursor.Failure(turn)));
    }

    /// <summary>Its work is done: it stays for another use, parts from the server, or ends. No message of the link is on its way.</summary>
    internal void Succeed()
    {
        if (Plan.Lane.Pool is not null && Pooled.TryBegin())
        {
            return;
        }

        if (Plan.Farewell is { } farewell)
        {
            Parting.Begin(farewell);
        }
        else
        {
            End(Outcome.Succeeded);
        }
    }

    /// <summary>Closes, and ends without a failure.</summary>
    internal void End(Outcome outcome)
    {
        if (outcome == Outcome.Succeeded && Plan.Session.Script.EndsWithQuit)
        {
            Entry.PeerEnd = Link.CloseAndTell();
        }

        _link?.Close();
        Context.Parent.Tell(new ConnectionEnded(Entry, outcome), Self);
        Context.Stop(Self);
    }

    /// <summary>Its use is over, and counted. It stays open.</summary>
    internal void EndUse()
    {
        Context.Parent.Tell(new ConnectionEnded(Entry, Outcome.Succeeded) { IsKept = true }, Self);
        _entry = null;
    }

    /// <summary>It was closed without a use, and that is counted.</summary>
    internal void EndIdle()
    {
        Context.Parent.Tell(IdleOver.Instance, Self);
        Context.Stop(Self);
    }

    /// <summary>The failure of an established link: what the server has said, if that was wrong, or the fault itself.</summary>
    internal Exception FailInUse(LinkFailed failed) =>
        failed.Fault is LinkFault.TimedOut or LinkFault.PeerClosed or LinkFault.Reset && Cursor.Rest is var rest and not Turn.More
            ? Fail(Cursor.Failure(rest)) : Fail(failed, isOpening: false);

    /// <summary>The failure of a link.</summary>
    internal Exception Fail(LinkFailed failed, bool isOpening) =>
        ConnectionFailedException.For(Entry, failed, isOpening) switch { ConnectionFailedException own => Fail(own), var bug => bug };

    /// <summary>Closes the link; <paramref name="failure"/> is to be thrown.</summary>
    internal ConnectionFailedException Fail(ConnectionFailedException failure)
    {
        failure.At = Link.CompletedAt;
        if (Entry.Timings.Connected != 0)
        {
            Entry.PeerEnd = Link.CloseAndTell();
        }

        Link.Close();
        return failure;
    }

    // A restarted connection may not know its entry yet.
    internal void HandleRetire()
    {
        _isRetired = true;
        _entry?.IsRetired = true;
    }

    private void HandleOpen(Open open)
    {
        _entry = open.Entry;
        _entry.IsRetired |= _isRetired;
        if (open.NotBefore != 0 && open.NotBefore > Plan.Loop.Now)
        {
            _state = Waiting;
            Plan.Loop.Schedule(open.NotBefore, Self, WaitOver.Instance);
        }
        else
        {
            BeginAttempt();
        }
    }

    private void BeginAttempt()
    {
        if (Entry.IsWaiting && Plan.Lane.IsGivenUp(Entry))
        {
            End(Entry.LastFailure); // the endpoint was given up during the wait
        }
        else
        {
            Plan.First.Begin(this);
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

    private sealed class WaitOver : IDeadLetterSuppression
    {
        public static WaitOver Instance { get; } = new();
    }
}
