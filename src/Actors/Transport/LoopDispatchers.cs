using System.Collections.Concurrent;
using ActorLoad.Transport.Sockets;
using ActorLoad.Transport.Uring;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorLoad.Transport;

/// <summary>A loop and the id of the dispatcher that it is.</summary>
public sealed record LoopDispatcher(string DispatcherId, TransportLoop Loop);

/// <summary>The loops of an actor system: made when first asked for, shared by its runs, freed when it terminates.</summary>
public sealed class LoopDispatchers : IExtension
{
    private readonly ExtendedActorSystem _system;
    private readonly ConcurrentDictionary<string, Lazy<LoopDispatcher>> _loops = new();

    private LoopDispatchers(ExtendedActorSystem system)
    {
        _system = system;
        system.Settings.InjectTopLevelFallback(LoopMailbox.Definition);
        system.RegisterOnTermination(DisposeLoops); // who waits for the system's end waits for theirs
    }

    /// <summary>The loops of <paramref name="system"/>.</summary>
    public static LoopDispatchers Of(ActorSystem system) => system.WithExtension<LoopDispatchers, Provider>();

    /// <summary>Loop number <paramref name="index"/> of the portable transport.</summary>
    public LoopDispatcher Sockets(int index) => Get($"actorload-sockets-{index}", () => new SocketLoop(TimeProvider.System, ReportFailure));

    /// <summary>Loop number <paramref name="index"/> of <paramref name="loops"/> over io_uring; throws
    /// <see cref="RingUnavailableException"/> where that cannot be had.</summary>
    public LoopDispatcher Uring(int index, int loops)
    {
        var id = $"actorload-uring-{index}-of-{loops}";
        return Get(id, () => new RingLoop(id, TimeProvider.System, ReportFailure));
    }

    /// <summary>The loop of dispatcher <paramref name="id"/>, made by <paramref name="create"/> the first time.</summary>
    public LoopDispatcher Get(string id, Func<TransportLoop> create)
    {
        var made = _loops.GetOrAdd(id, _ => new Lazy<LoopDispatcher>(() =>
        {
            var loop = create();
            _system.Dispatchers.RegisterConfigurator(id, new LoopDispatcherConfigurator(id, loop, _system.Dispatchers.Prerequisites));
            return new LoopDispatcher(id, loop);
        }));
        try
        {
            return made.Value;
        }
        catch
        {
            _loops.TryRemove(KeyValuePair.Create(id, made)); // what failed once may work for the next run
            throw;
        }
    }

    private void ReportFailure(Exception cause) =>
        _system.EventStream.Publish(new Akka.Event.Error(cause, nameof(TransportLoop), typeof(TransportLoop), "work on a loop failed"));

    private void DisposeLoops()
    {
        foreach (var dispatcher in _loops.Values.Where(loop => loop.IsValueCreated))
        {
            dispatcher.Value.Loop.Dispose();
        }
    }

    private sealed class Provider : ExtensionIdProvider<LoopDispatchers>
    {
        public override LoopDispatchers CreateExtension(ExtendedActorSystem system) => new(system);
    }
}

/// <summary>Makes a loop the executor of an Akka dispatcher.</summary>
internal sealed class LoopDispatcherConfigurator : MessageDispatcherConfigurator
{
    // A mailbox gives way to the others on its loop after so many messages.
    private const int Throughput = 100;

    private readonly Dispatcher _dispatcher;

    public LoopDispatcherConfigurator(string id, TransportLoop loop, IDispatcherPrerequisites prerequisites)
        : base(Config.Empty, prerequisites) =>
        _dispatcher = new Dispatcher(this, id, Throughput, null, new Factory(loop), TimeSpan.FromSeconds(1));

    public override MessageDispatcher Dispatcher() => _dispatcher;

    private sealed class Factory(TransportLoop loop) : ExecutorServiceFactory
    {
        public override ExecutorService Produce(string id) => new Executor(id, loop);
    }

    /// <summary>Akka shuts an executor down when its last actor is gone; the loop lives on with the actor system.</summary>
    private sealed class Executor(string id, TransportLoop loop) : ExecutorService(id)
    {
        public override void Execute(IRunnable run) => loop.Execute(run);

        public override void Shutdown()
        {
        }
    }
}
