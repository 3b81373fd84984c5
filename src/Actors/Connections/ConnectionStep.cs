using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>A step of the way of a connection. It is made once for all connections of a lane, and keeps nothing of any.</summary>
/// <remarks><code>
/// ConnectStep -> (TlsStep) -> SetupStep -> UseStep -> what the plan has after the script
/// </code></remarks>
internal abstract class ConnectionStep
{
    /// <summary>The first of the steps that connections of this plan take.</summary>
    public static ConnectionStep For(ConnectionPlan plan)
    {
        var setup = new SetupStep(plan);
        return plan.Tls is { } tls ? new ConnectStep(plan, tls.Open, new TlsStep(plan, setup))
            : new ConnectStep(plan, plan.Loop.Open, setup);
    }

    /// <summary>Begins the step; it goes on to the next one by itself.</summary>
    public abstract void Begin(ConnectionActor connection);
}

/// <summary>Opens a link.</summary>
internal sealed class ConnectStep : ConnectionStep
{
    private readonly ConnectionPlan _plan;
    private readonly Opener _open;
    private readonly ConnectionStep _next;
    private readonly ConnectionActor.State _opening;

    public ConnectStep(ConnectionPlan plan, Opener open, ConnectionStep next) =>
        (_plan, _open, _next, _opening) = (plan, open, next, WhileOpening);

    /// <summary>Opens a link, of TLS or not.</summary>
    public delegate Link Opener(Akka.Actor.IActorRef owner, in LinkRequest request);

    public override void Begin(ConnectionActor connection)
    {
        _plan.Lane.Begin(connection.Entry);
        connection.Become(_opening);
        connection.Link = _open(
            connection.Ref, new LinkRequest(_plan.Lane.TargetOf(connection.Entry), _plan.Socket, _plan.ConnectDeadline));
    }

    private void WhileOpening(ConnectionActor connection, object message)
    {
        switch (message)
        {
            case Connected connected when connected.Link == connection.Link:
                _plan.Lane.Establish(connection.Entry, connected.Link);
                _next.Begin(connection);
                break;
            case LinkFailed failed when failed.Link == connection.Link: throw connection.Fail(failed, isOpening: true);
            default: connection.HandleOther(message); break;
        }
    }
}

/// <summary>Carries out the TLS handshake.</summary>
internal sealed class TlsStep : ConnectionStep
{
    private readonly ConnectionPlan _plan;
    private readonly ConnectionStep _next;
    private readonly ConnectionActor.State _securing;

    public TlsStep(ConnectionPlan plan, ConnectionStep next) => (_plan, _next, _securing) = (plan, next, WhileSecuring);

    public override void Begin(ConnectionActor connection)
    {
        connection.Become(_securing);
        connection.Link.Secure(_plan.ReplyDeadline);
    }

    private void WhileSecuring(ConnectionActor connection, object message)
    {
        switch (message)
        {
            case Secured secured when secured.Link == connection.Link:
                LaneRecord.Secure(connection.Entry, secured.Link, secured.IsResumed);
                _next.Begin(connection);
                break;
            case LinkFailed failed when failed.Link == connection.Link: throw connection.Fail(failed, isOpening: false);
            default: connection.HandleOther(message); break;
        }
    }
}

/// <summary>Sends the setup, if there is one.</summary>
internal sealed class SetupStep : ConnectionStep
{
    private readonly ConnectionPlan _plan;
    private readonly ConnectionActor.State _settingUp;

    public SetupStep(ConnectionPlan plan) => (_plan, _settingUp) = (plan, WhileSettingUp);

    public override void Begin(ConnectionActor connection)
    {
        var session = connection.Entry.Timings.CutAt == 0 ? _plan.Session : _plan.Session.AfterReconnect;
        connection.Cursor = new SessionCursor(session, connection.Entry, _plan.Words);
        connection.Become(_settingUp);
        GoOn(connection);
    }

    private void WhileSettingUp(ConnectionActor connection, object message)
    {
        switch (message)
        {
            case Received received when received.Link == connection.Link: HandleReply(connection); break;
            case LinkFailed failed when failed.Link == connection.Link: throw connection.FailInUse(failed);
            default: connection.HandleOther(message); break;
        }
    }

    private void HandleReply(ConnectionActor connection)
    {
        if (connection.IsAnswered(isBeforeHold: false))
        {
            connection.Cursor.Advance();
            LaneRecord.SetUp(connection.Entry, connection.Link);
            GoOn(connection);
        }
    }

    private void GoOn(ConnectionActor connection)
    {
        if (connection.Cursor.Next == NextStep.End)
        {
            _plan.Use.Begin(connection);
        }
        else
        {
            connection.Cursor.Send(connection.Link, _plan.ReplyDeadline);
        }
    }
}

/// <summary>Sends the script, exchange by exchange. After the last one, the hold or the end follows.</summary>
internal sealed class UseStep : ConnectionStep
{
    private readonly ConnectionPlan _plan;
    private readonly ConnectionActor.State _using;

    public UseStep(ConnectionPlan plan) => (_plan, _using) = (plan, WhileUsing);

    public override void Begin(ConnectionActor connection)
    {
        connection.Cursor.BeginScript();
        GoOn(connection);
    }

    /// <summary>Goes on after a pause.</summary>
    public void GoOn(ConnectionActor connection)
    {
        connection.Become(_using);
        Use(connection);
    }

    private void WhileUsing(ConnectionActor connection, object message)
    {
        switch (message)
        {
            case Received received when received.Link == connection.Link: HandleReply(connection); break;
            case LinkFailed failed when failed.Link == connection.Link && PooledTime.IsStale(connection.Entry, failed.Fault):
                connection.Pooled.Replace();
                break;
            case LinkFailed failed when failed.Link == connection.Link: throw connection.FailInUse(failed);
            default: connection.HandleOther(message); break;
        }
    }

    private void HandleReply(ConnectionActor connection)
    {
        var entry = connection.Entry;
        if (connection.IsAnswered(isBeforeHold: connection.Cursor.IsLast && _plan.HoldOf(entry) is not null))
        {
            LaneRecord.Answer(entry, connection.Link);
            connection.Cursor.Advance();
            Use(connection);
        }
    }

    // A retired connection does not begin the script again.
    private void Use(ConnectionActor connection)
    {
        ref var cursor = ref connection.Cursor;
        switch (connection.Entry.IsRetired && cursor.IsBetweenRounds ? NextStep.End : cursor.Next)
        {
            case NextStep.Exchange:
                cursor.Send(connection.Link, _plan.ReplyDeadline);
                break;
            case NextStep.Thought:
                connection.Quiet.Think();
                break;
            case NextStep.LastWords:
                _plan.Lane.Serve(connection.Entry);
                connection.Quiet.HoldFromLastWords(_plan.HoldOf(connection.Entry) ?? _plan.SendDeadline);
                break;
            default:
                _plan.Lane.Serve(connection.Entry);
                HoldOrEnd(connection);
                break;
        }
    }

    private void HoldOrEnd(ConnectionActor connection)
    {
        if ((_plan.HoldOf(connection.Entry) ?? (connection.Link.HasUnsent ? _plan.SendDeadline : null)) is { } limit)
        {
            connection.Quiet.Hold(limit);
        }
        else
        {
            connection.Succeed();
        }
    }
}
