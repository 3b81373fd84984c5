using System.Runtime.CompilerServices;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace ActorLoad.Transport;

/// <summary>Named by <c>executor</c> in a dispatcher's HOCON: makes the loop of the dispatcher's id run its mailboxes.</summary>
public sealed class LoopExecutorConfigurator : ExecutorServiceConfigurator
{
    // Akka gives an executor its HOCON and this, and nothing that tells of the actor system but its event stream.
    private static readonly ConditionalWeakTable<EventStream, LoopDispatchers> _systems = [];

    private readonly LoopDispatchers _loops;

    /// <summary>Made by Akka.</summary>
    public LoopExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _loops = _systems.TryGetValue(prerequisites.EventStream, out var loops)
            ? loops
            : throw new ConfigurationException($"{nameof(LoopDispatchers)} of this actor system must be made before its dispatchers");

    /// <summary>Lets the dispatchers of an actor system find its loops.</summary>
    internal static void Introduce(EventStream system, LoopDispatchers loops) => _systems.Add(system, loops);

    /// <inheritdoc />
    public override ExecutorService Produce(string id) => new LoopExecutor(id, _loops.LoopOf(id));
}

/// <summary>Runs mailboxes on a loop. Akka shuts an executor down when its last actor is gone; the loop lives on with the actor system.</summary>
internal sealed class LoopExecutor(string id, TransportLoop loop) : ExecutorService(id)
{
    public override void Execute(IRunnable run) => loop.Execute(run);

    public override void Shutdown()
    {
    }
}
