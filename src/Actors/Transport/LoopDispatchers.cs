using System.Collections.Concurrent;
using ActorLoad.Transport.Sockets;
using ActorLoad.Transport.Uring;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorLoad.Transport;

/// <summary>A loop and the id of the dispatcher that it is.</summary>
public sealed record LoopDispatcher(string DispatcherId, TransportLoop Loop);

/// <summary>The loops of an actor system: made when first asked for, shared by its runs while they are usable, freed when it terminates.</summary>
public sealed class LoopDispatchers : IExtension
{
    private const string Dispatcher = "actorload-loop-dispatcher";

    private static readonly Lazy<Config> _definitions =
        new(() => ConfigurationFactory.FromResource("ActorLoad.loops.conf", typeof(LoopDispatchers).Assembly));

    private readonly ExtendedActorSystem _system;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LoopDispatcher> _dispatchers = [];
    private readonly ConcurrentDictionary<string, TransportLoop> _loops = new();
    private int _replacements;

    private LoopDispatchers(ExtendedActorSystem system)
    {
        _system = system;
        system.Settings.InjectTopLevelFallback(_definitions.Value);
        LoopExecutorConfigurator.Introduce(system.EventStream, this);
        system.RegisterOnTermination(DisposeLoops); // who waits for the system's end waits for theirs
    }

    /// <summary>The loops of <paramref name="system"/>.</summary>
    public static LoopDispatchers Of(ActorSystem system) => system.WithExtension<LoopDispatchers, Provider>();

    /// <summary>Loop number <paramref name="index"/> of the portable transport.</summary>
    public LoopDispatcher Sockets(int index) => Get($"actorload-sockets-{index}", _ => new SocketLoop(TimeProvider.System, ReportFailure));

    /// <summary>Loop number <paramref name="index"/> over io_uring; throws <see cref="RingUnavailableException"/> where that cannot be had.</summary>
    public LoopDispatcher Uring(int index) =>
        Get($"actorload-uring-{index}", id => new RingLoop(id, TimeProvider.System, ReportFailure));

    /// <summary>The loop called <paramref name="name"/>, made by <paramref name="create"/> for the id of its dispatcher: the first time, and anew
    /// when the one before has failed or was given up.</summary>
    public LoopDispatcher Get(string name, Func<string, TransportLoop> create)
    {
        lock (_gate)
        {
            if (_dispatchers.TryGetValue(name, out var made) && made.Loop.IsUsable)
            {
                return made;
            }

            // What is left of an earlier run may still be on its dispatcher: an id belongs to one loop for good.
            var id = _loops.ContainsKey(name) ? $"{name}-again-{++_replacements}" : name;
            return _dispatchers[name] = Make(id, create);
        }
    }

    /// <summary>The loop that is dispatcher <paramref name="id"/>.</summary>
    internal TransportLoop LoopOf(string id) =>
        _loops.TryGetValue(id, out var loop) ? loop : throw new ConfigurationException($"there is no loop for dispatcher {id}");

    private LoopDispatcher Make(string id, Func<string, TransportLoop> create)
    {
        var loop = _loops[id] = create(id);
        var settings = ConfigurationFactory.ParseString($"id = {id}").WithFallback(_system.Settings.Config.GetConfig(Dispatcher));
        _system.Dispatchers.RegisterConfigurator(id, new DispatcherConfigurator(settings, _system.Dispatchers.Prerequisites));
        return new LoopDispatcher(id, loop);
    }

    private void ReportFailure(Exception cause) =>
        _system.EventStream.Publish(new Akka.Event.Error(cause, nameof(TransportLoop), typeof(TransportLoop), "work on a loop failed"));

    private void DisposeLoops()
    {
        Parallel.ForEach(_loops.Values, loop => loop.Dispose()); // each that is blocked is waited for
    }

    private sealed class Provider : ExtensionIdProvider<LoopDispatchers>
    {
        public override LoopDispatchers CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
