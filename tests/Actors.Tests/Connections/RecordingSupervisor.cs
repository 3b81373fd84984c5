using ActorLoad.Connections;
using Akka.Actor;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>In a lane's place: one connection, whose failures and end go to a probe. It is restarted as often as it is said to be.</summary>
internal sealed class RecordingSupervisor(ConnectionPlan plan, string dispatcher, IActorRef probe, int restarts) : UntypedActor
{
    private IActorRef _connection = ActorRefs.Nobody;
    private int _left = restarts;

    public static Props Props(ConnectionPlan plan, string dispatcher, IActorRef probe, int restarts) =>
        Akka.Actor.Props.Create<RecordingSupervisor>(plan, dispatcher, probe, restarts).WithDispatcher(dispatcher);

    protected override void PreStart() => _connection = Context.Watch(Context.ActorOf(ConnectionActor.Props(plan, dispatcher)));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionEnded: probe.Tell(message); break;
            case Terminated: probe.Tell("terminated"); break;
            default: _connection.Tell(message, Self); break;
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, Decide, loggingEnabled: false);

    private Directive Decide(Exception cause)
    {
        probe.Tell(cause);
        if (_left-- <= 0)
        {
            return Directive.Stop;
        }

        Sender.Tell(new Open(((ConnectionFailedException)cause).Entry, 0), Self);
        return Directive.Restart;
    }
}
