using ActorLoad.Metrics;
using ActorLoad.Transport;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Connections;

/// <summary>The times in which a connection has nothing to say: it thinks between two exchanges, or holds after its script. It listens
/// meanwhile.</summary>
/// <remarks><code>
/// Thinking: the pause is over, or Retire between two rounds -> Using
/// Holding: ping-every is over -> Pinging -> Holding
///   the hold is over, or Retire -> it has succeeded; in Pinging, with the PONG
/// </code></remarks>
/// <param name="connection">Whose times.</param>
internal sealed class QuietTime(ConnectionActor connection)
{
    private static readonly ConnectionActor.State Thinking = static (self, message) => self.Quiet.WhileThinking(message);
    private static readonly ConnectionActor.State Holding = static (self, message) => self.Quiet.WhileHolding(message);
    private static readonly ConnectionActor.State Pinging = static (self, message) => self.Quiet.WhilePinging(message);

    private Listening _listening;
    private Alarm? _alarm; // the end of a pause, or the next PING
    private Alarm? _end;
    private bool _isOver;

    private ConnectionPlan Plan => connection.Plan;

    private TransportLoop Loop => connection.Plan.Loop;

    private Link Link => connection.Link;

    /// <summary>Nothing wakes the connection any more.</summary>
    public void CallOff()
    {
        _alarm?.CallOff();
        _end?.CallOff();
    }

    /// <summary>Pauses before the next exchange.</summary>
    public void Think()
    {
        connection.Become(Thinking);
        WakeAfter(Loop.ToTicks(connection.Cursor.Think()));
        _listening.Begin(Link, Plan.KeptDeadline);
    }

    /// <summary>Holds.</summary>
    public void Hold(DeadlineQueue limit)
    {
        connection.Become(Holding);
        _listening.Begin(Link, Until(limit));
        AwaitPing();
    }

    /// <summary>Sends the last commands, which get no reply: the hold begins with them.</summary>
    public void HoldFromLastWords(DeadlineQueue limit)
    {
        connection.Become(Holding);
        connection.Cursor.Send(Link, Until(limit));
        AwaitPing();
    }

    private void WhileThinking(object message)
    {
        switch (message)
        {
            case Received received when received.Link == Link: Listen(); break;
            case LinkFailed failed when failed.Link == Link: throw connection.FailInUse(failed);
            case Alarm when message == _alarm: GoOn(_alarm.Due); break;
            case Retire when connection.Cursor.IsBetweenRounds: connection.HandleRetire(); GoOn(Loop.Now); break;
            default: connection.HandleOther(message); break;
        }
    }

    private void WhileHolding(object message)
    {
        switch (message)
        {
            case Received received when received.Link == Link: Listen(); break;
            case LinkFailed { Fault: LinkFault.TimedOut } over when over.Link == Link && connection.Cursor.Rest is Turn.More:
                connection.End(Outcome.Succeeded);
                break;
            case LinkFailed failed when failed.Link == Link: throw connection.FailInUse(failed);
            case Retire: Leave(); break;
            case Alarm when message == _end: Leave(); break;
            case Alarm when message == _alarm && Plan.PingEvery > 0: _listening.Then(connection, static self => self.Quiet.Ping()); break;
            default: connection.HandleOther(message); break;
        }
    }

    private void WhilePinging(object message)
    {
        switch (message)
        {
            case Received received when received.Link == Link: HandlePong(); break;
            case LinkFailed failed when failed.Link == Link: throw connection.FailInUse(failed);
            case Alarm when message == _end: _isOver = true; break; // it ends after the PONG
            default: connection.HandleOther(message); break;
        }
    }

    private void Listen()
    {
        var turn = connection.Cursor.TakeInHold(Link.Incoming);
        if (turn is not (Turn.More or Turn.Answered))
        {
            throw connection.Fail(connection.Cursor.Failure(turn));
        }

        _listening.GoOn(connection);
    }

    private void GoOn(long at)
    {
        connection.Entry.Timings.Resumed = at;
        _listening.Then(connection, static self => self.Plan.Use.GoOn(self));
    }

    private void Ping()
    {
        connection.Become(Pinging);
        connection.Cursor.SendPing(Link, Plan.ReplyDeadline);
    }

    private void HandlePong()
    {
        if (!connection.IsAnswered(isBeforeHold: true))
        {
            return;
        }

        if (connection.Entry.IsRetired || _isOver)
        {
            connection.Succeed();
        }
        else
        {
            connection.Become(Holding);
            _listening.Begin(Link, Plan.KeptDeadline);
            AwaitPing();
        }
    }

    // If its end is a close, what has come meanwhile is of no use.
    private void Leave()
    {
        _isOver = true; // also after a PING that comes before what was received
        if (Plan.IsCloseAll)
        {
            connection.End(Outcome.Succeeded);
        }
        else
        {
            _listening.Then(connection, static self => self.Succeed());
        }
    }

    // A link whose deadline is over can only be closed. If more follows, or a receive with another deadline goes on, a message ends the
    // hold.
    private DeadlineQueue Until(DeadlineQueue hold)
    {
        _isOver = false;
        if ((Plan.IsCloseAll && Plan.PingEvery == 0 && !Link.IsPending) || hold == Plan.KeptDeadline)
        {
            return hold;
        }

        Loop.Schedule(Loop.Now + Loop.ToTicks(hold.Timeout), _end ??= new Alarm(connection.Ref));
        return Plan.KeptDeadline;
    }

    private void AwaitPing()
    {
        if (Plan.PingEvery > 0)
        {
            WakeAfter(Plan.PingEvery);
        }
    }

    private void WakeAfter(long ticks) => Loop.Schedule(Loop.Now + ticks, _alarm ??= new Alarm(connection.Ref));
}
