using System.Runtime.CompilerServices;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace ActorLoad.Transport;

/// <summary>Named by <c>executor</c> in a dispatcher's HOCON: makes the loop of the dispatcher's id run its mailboxes.</summary>
public sealed class LoopExecutorConfigurator : ExecutorServiceConfigurator
{
    // Akka gives an executor only its HOCON and these prerequisites: only the event stream in them tells of the actor system.
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
    public override ExecutorService Produce(string id) => _loops.ExecutorOf(id);
}

/// <summary>Runs mailboxes on a loop. Akka shuts an executor down when its last actor is gone; the loop may live on.</summary>
internal sealed class LoopExecutor(string id, LoopSeat seat) : ExecutorService(id)
{
    public override void Execute(IRunnable run) => seat.Loop.Execute(run);

    public override void Shutdown()
    {
    }
}

/// <summary>Runs mailboxes on a loop until the loop is given up.</summary>
internal sealed class MovableExecutor(string id, MovableWork work) : ExecutorService(id)
{
    public override void Execute(IRunnable run) => work.Execute(run);

    public override void Shutdown()
    {
    }
}
