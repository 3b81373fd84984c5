using System.Numerics;
using ActorLoad.Metrics;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Connections;

/// <summary>Parent and supervisor of a few connections of one burst or paced phase. Shares its lane's record; stops after its last
/// connection.</summary>
/// <remarks>
/// An actor keeps its children in an immutable tree, and copies a path of it at each start and stop of a child. With thousands of children
/// under one lane, that was a quarter of the generator's own cost of a connection.
/// <code>
/// OpenConnections, of a paced phase again and again -> opens them -> each ends -> tells the lane when its share is over -> stops
///   a child throws -> counts the attempt -> rule of its cause: Restart (a new attempt after its backoff) | Stop | Escalate
///   Cancel -> cancels open connections
/// </code></remarks>
internal sealed class Cohort : UntypedActor
{
    /// <summary>Most connections of a cohort: one for each bit of a <c>ulong</c>.</summary>
    public const int Size = 64;

    private readonly LaneRecord _record;
    private readonly ChildFactory _connections;
    private int _open;
    private BurstShare? _share;
    private bool _isComplete;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public Cohort(LaneRecord lane, ChildFactory connections) => (_record, _connections) = (lane, connections);

    /// <summary>A cohort on the loop of its lane.</summary>
    public static Props Props(LaneRecord lane, ChildFactory connections, string dispatcher) =>
        Akka.Actor.Props.CreateBy(new ActorFactory<Cohort>(() => new Cohort(lane, connections))).WithDispatcher(dispatcher);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionEnded ended: HandleEnded(ended); break;
            case IdleOver: Leave(); break;
            case OpenConnections opening: HandleOpen(opening); break;
            case RetirePart retiring: HandleRetire(retiring); break;
            case Cancel: HandleCancel(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>Follows the rules of the run file. Failures are counted, not logged.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, Decide, loggingEnabled: false);

    private void HandleOpen(OpenConnections opening)
    {
        _open += BitOperations.PopCount(opening.Which);
        (_share, _isComplete) = (opening.Share, opening.IsLast);
        for (var left = opening.Which; left != 0; left &= left - 1)
        {
            var bit = BitOperations.TrailingZeroCount(left);
            var client = opening.First + (bit * opening.Step);
            var due = opening.Dues is { } each ? each[bit] : opening.Due;
            var entry = _record.Opening.NewRecord(opening.Share, client, due, opening.Passed);
            var connection = _connections.Create(Context, client);
            connection.Tell(new Open(entry, 0), Self);
            _record.Opening.PlanRetirement(entry, connection);
        }

        StopIfDone();
    }

    private void HandleEnded(ConnectionEnded ended)
    {
        if (!ended.IsKept)
        {
            _record.End(ended.Entry, ended.Outcome);
        }

        if (ended is { Outcome: Outcome.Succeeded, Entry.Share: { Population: not null, IsOpening: true } share })
        {
            Context.Parent.Tell(new PlaceFree(share));
        }

        TellIfDone(ended.Entry);
        if (!ended.IsKept)
        {
            Leave();
        }
    }

    // A part of each cohort, and what is left over with the next one's, so that the sum is right.
    private void HandleRetire(RetirePart retiring)
    {
        if (retiring.Share != _share)
        {
            return;
        }

        foreach (var connection in Context.GetChildren())
        {
            _share.RetireRest += retiring.Part;
            if (_share.RetireRest >= 1)
            {
                _share.RetireRest--;
                connection.Tell(Retire.Instance);
            }
        }
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
            // Akka failed to make or run a child. Its burst can then never end, so the run must.
            Context.GetLogger().Error(cause, "a connection failed outside its own code");
            return Directive.Escalate;
        }

        if (failure is ConnectionCrashedException { IsLoopLost: false } && !_record.HasLoggedCrash)
        {
            _record.HasLoggedCrash = true;
            Context.GetLogger().Error(
                failure.InnerException, "a connection crashed; this is a bug in ActorLoad. Further crashes of this run are only counted");
        }

        var decision = _record.Fail(failure);
        if (decision.GivenUp is { } givenUp)
        {
            Context.Parent.Tell(givenUp);
        }

        if (decision.Stopped is { } reason)
        {
            Context.Parent.Tell(new StoppedOpening(reason, failure.IsLoopLost));
        }

        if (decision.Directive == FailureDirective.Restart)
        {
            Sender.Tell(new Open(failure.Entry, decision.NotBefore), Self);
            return Directive.Restart;
        }

        TellIfDone(failure.Entry);
        Leave();
        return decision.Directive == FailureDirective.Escalate ? Directive.Escalate : Directive.Stop;
    }

    private static void TellIfDone(ConnectionRecord entry)
    {
        if (entry.Share.IsDone)
        {
            Context.Parent.Tell(new ShareDone(entry.Share));
        }
    }

    private void Leave()
    {
        _open--;
        StopIfDone();
    }

    private void StopIfDone()
    {
        if (_open == 0 && _isComplete)
        {
            Context.Stop(Self);
        }
    }
}
