using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorLoad.Transport;

/// <summary>A loop, and the id of its dispatcher.</summary>
public sealed record LoopDispatcher(string DispatcherId, TransportLoop Loop);

/// <summary>The loops of an actor system: made when first asked for, shared by its runs while usable, ended when no run uses them or the
/// system terminates.</summary>
public sealed class LoopDispatchers : IExtension
{
    private const string Dispatcher = "actorload-loop-dispatcher";
    private const string MovableSuffix = "-movable";

    private static readonly Lazy<Config> _definitions =
        new(() => ConfigurationFactory.FromResource("ActorLoad.loops.conf", typeof(LoopDispatchers).Assembly));

    private readonly ExtendedActorSystem _system;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LoopSeat> _named = []; // what runs get for a name
    private readonly ConcurrentDictionary<string, LoopSeat> _seats = new(); // by the id of their dispatcher
    private readonly List<Task> _endings = [];
    private int _replacements;

    private LoopDispatchers(ExtendedActorSystem system)
    {
        _system = system;
        system.Settings.InjectTopLevelFallback(_definitions.Value);
        LoopExecutorConfigurator.Introduce(system.EventStream, this);
        system.RegisterOnTermination(DisposeLoops); // so the system ends only when its loops have
    }

    /// <summary>The loops of <paramref name="system"/>.</summary>
    public static LoopDispatchers Of(ActorSystem system) => system.WithExtension<LoopDispatchers, Provider>();

    /// <summary>The loop called <paramref name="name"/>. <paramref name="create"/> makes it, for the id of its dispatcher: at first, and
    /// again when the loop before has ended, has failed or was given up.</summary>
    public LoopDispatcher Get(string name, Func<string, TransportLoop> create)
    {
        lock (_gate)
        {
            return SeatOf(name, create).Dispatcher;
        }
    }

    /// <summary>The same for a run, which must <see cref="Release"/> it once: the loop does not end before.</summary>
    public LoopDispatcher Lease(string name, Func<string, TransportLoop> create)
    {
        lock (_gate)
        {
            var seat = SeatOf(name, create);
            seat.Users++;
            return seat.Dispatcher;
        }
    }

    /// <summary>A run and all its actors on the loop have ended. If no other run uses the loop, it gives back its thread and its memory,
    /// unless it is usable and <paramref name="staysWarm"/> for the next run.</summary>
    public void Release(LoopDispatcher dispatcher, bool staysWarm)
    {
        lock (_gate)
        {
            var seat = _seats[dispatcher.DispatcherId];
            if (--seat.Users > 0 || (staysWarm && seat.Loop.IsUsable))
            {
                return;
            }

            var loop = seat.Leave();
            _endings.RemoveAll(ending => ending.IsCompleted);
            _endings.Add(Task.Run(loop.Dispose)); // it waits for the loop's thread
        }
    }

    /// <summary>The id of a dispatcher for actors that work on a loop, and move to the thread pool when the loop is given up.</summary>
    public string MovableIdOf(LoopDispatcher dispatcher)
    {
        lock (_gate)
        {
            var seat = _seats[dispatcher.DispatcherId];
            var id = seat.Id + MovableSuffix;
            if (!seat.HasMovable)
            {
                seat.HasMovable = true;
                Register(id);
            }

            return id;
        }
    }

    /// <summary>The loop of dispatcher <paramref name="id"/>.</summary>
    internal TransportLoop LoopOf(string id) => SeatOf(id).Loop;

    /// <summary>What runs the mailboxes of dispatcher <paramref name="id"/>.</summary>
    internal ExecutorService ExecutorOf(string id) => id.EndsWith(MovableSuffix, StringComparison.Ordinal)
        ? new MovableExecutor(id, SeatOf(id[..^MovableSuffix.Length]).Movable)
        : new LoopExecutor(id, SeatOf(id));

    private LoopSeat SeatOf(string id) =>
        _seats.TryGetValue(id, out var seat) ? seat : throw new ConfigurationException($"there is no loop for dispatcher {id}");

    private LoopSeat SeatOf(string name, Func<string, TransportLoop> create)
    {
        if (_named.TryGetValue(name, out var seat))
        {
            if (seat.IsVacant && !seat.WasGivenUp)
            {
                seat.Take(create(seat.Id));
                return seat;
            }

            if (!seat.IsVacant && seat.Loop.IsUsable)
            {
                return seat;
            }
        }

        // Actors of an earlier run may still be on that dispatcher: no other loop may have its id.
        var id = _seats.ContainsKey(name) ? $"{name}-again-{++_replacements}" : name;
        seat = _seats[id] = new LoopSeat(id, create(id));
        Register(id);
        return _named[name] = seat;
    }

    private void Register(string id)
    {
        var settings = ConfigurationFactory.ParseString($"id = {id}").WithFallback(_system.Settings.Config.GetConfig(Dispatcher));
        _system.Dispatchers.RegisterConfigurator(id, new DispatcherConfigurator(settings, _system.Dispatchers.Prerequisites));
    }

    /// <summary>Logs an exception of the work that runs on a loop.</summary>
    internal void ReportFailure(Exception cause) =>
        _system.EventStream.Publish(new Akka.Event.Error(cause, nameof(TransportLoop), typeof(TransportLoop), "work on a loop failed"));

    private void DisposeLoops()
    {
        List<TransportLoop> left;
        Task[] endings;
        lock (_gate)
        {
            left = [.. _seats.Values.Where(seat => !seat.IsVacant).Select(seat => seat.Leave())];
            endings = [.. _endings];
        }

        Parallel.ForEach(left, loop => loop.Dispose()); // in parallel, because Dispose waits for a blocked loop
        Task.WaitAll(endings);
    }

    private sealed class Provider : ExtensionIdProvider<LoopDispatchers>
    {
        public override LoopDispatchers CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
