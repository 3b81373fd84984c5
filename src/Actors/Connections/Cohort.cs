using System.Numerics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Connections;

/// <summary>Parent and supervisor of a few connections of one burst, for its lane, whose record it shares; ends with the last of them.</summary>
/// <remarks>
/// An actor keeps its children in an immutable tree and copies a path through it for each birth and each death. With thousands of them
/// under one lane that was a quarter of what the generator itself spends on a connection.
/// <code>
/// OpenConnections -> opens them -> each ends -> tells the lane when its burst is over -> stops
///   a child throws -> attempt counted -> rule of its cause: Restart (a new attempt after its backoff) | Stop | Escalate
///   Cancel -> cancels what is open
/// </code></remarks>
internal sealed class Cohort : UntypedActor
{
    /// <summary>Most connections of one: as many as a set of bits has.</summary>
    public const int Size = 64;

    private readonly LaneRecord _record;
    private readonly ChildFactory _connections;
    private int _open;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public Cohort(LaneRecord lane, ChildFactory connections) => (_record, _connections) = (lane, connections);

    /// <summary>A cohort of a lane, on its loop.</summary>
    public static Props Props(LaneRecord lane, ChildFactory connections, string dispatcher) =>
        Akka.Actor.Props.CreateBy(new ActorFactory<Cohort>(() => new Cohort(lane, connections))).WithDispatcher(dispatcher);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionEnded ended: HandleEnded(ended); break;
            case OpenConnections opening: HandleOpen(opening); break;
            case Cancel: HandleCancel(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>By the rules of the run file; nothing is logged for each failure, all are counted.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, Decide, loggingEnabled: false);

    private void HandleOpen(OpenConnections opening)
    {
        _open = BitOperations.PopCount(opening.Which);
        for (var left = opening.Which; left != 0; left &= left - 1)
        {
            var client = opening.First + BitOperations.TrailingZeroCount(left);
            _connections.Create(Context, client).Tell(new Open(_record.NewRecord(opening.Share, client, opening.Due), 0), Self);
        }
    }

    private void HandleEnded(ConnectionEnded ended)
    {
        _record.End(ended.Entry, ended.Outcome);
        HandleClosed(ended.Entry);
    }

    private static void HandleCancel()
    {
        foreach (var connection in Context.GetChildren())
        {
            connection.Tell(Cancel.Instance);
        }
    }

    private Directive Decide(Exception cause)
    {
        if (cause is not ConnectionFailedException failure)
        {
            // Akka itself failed to make or run a child: without its entry its burst can never end, so the run must.
            Context.GetLogger().Error(cause, "a connection failed outside its own code");
            return Directive.Escalate;
        }

        if (failure is ConnectionCrashedException { InnerException: not LoopFailedException } && !_record.HasLoggedCrash)
        {
            _record.HasLoggedCrash = true;
            Context.GetLogger().Error(failure.InnerException, "a connection crashed; this is a bug in ActorLoad. Further crashes of this run are only counted");
        }

        var decision = _record.Fail(failure);
        if (decision.GivenUp is { } givenUp)
        {
            Context.Parent.Tell(givenUp);
        }

        if (decision.Stopped is { } reason)
        {
            Context.Parent.Tell(new StoppedOpening(reason));
        }

        if (decision.Directive == FailureDirective.Restart)
        {
            Sender.Tell(new Open(failure.Entry, decision.NotBefore), Self);
            return Directive.Restart;
        }

        HandleClosed(failure.Entry);
        return decision.Directive == FailureDirective.Escalate ? Directive.Escalate : Directive.Stop;
    }

    private void HandleClosed(ConnectionRecord entry)
    {
        if (entry.Share.IsDone)
        {
            Context.Parent.Tell(new ShareDone(entry.Share));
        }

        if (--_open == 0)
        {
            Context.Stop(Self);
        }
    }
}
