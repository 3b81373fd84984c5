using Akka.Actor;

namespace ActorLoad.Connections;

/// <summary>Makes actors of one kind. Akka would look up the constructor by reflection each time.</summary>
internal sealed class ActorFactory<T>(Func<T> create) : IIndirectActorProducer
    where T : ActorBase
{
    public Type ActorType => typeof(T);

    public ActorBase Produce() => create();

    public void Release(ActorBase actor)
    {
    }
}
