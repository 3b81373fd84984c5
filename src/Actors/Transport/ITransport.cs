using ActorLoad.Metrics;
using ActorLoad.Transport.Uring;

namespace ActorLoad.Transport;

/// <summary>A way to carry out socket operations.</summary>
public interface ITransport
{
    /// <summary>Its name in results: <c>io-uring</c>, <c>sockets</c>.</summary>
    string Kind { get; }

    /// <summary>Beginning of the names of its loops and their dispatchers.</summary>
    string LoopName { get; }

    /// <summary>Makes a loop; throws <see cref="RingUnavailableException"/> if this machine gives none.</summary>
    /// <param name="id">Of its dispatcher.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="reportFailure">Takes exceptions of the work that runs on it.</param>
    TransportLoop Create(string id, TimeProvider time, Action<Exception> reportFailure);
}

/// <summary>Gives runs their loops.</summary>
public interface ITransportFactory
{
    /// <summary>The loops of a run that begins now, each with its own ports. The run gives them back by <see cref="RunLoops.Release"/>.
    /// Throws <see cref="RingUnavailableException"/> if the settings demand io_uring and this machine has none.</summary>
    /// <param name="settings">Kind and number.</param>
    /// <param name="targets">Where its connections go.</param>
    RunLoops Lease(TransportSettings settings, IReadOnlyList<Endpoint> targets);
}

/// <summary>The loops of one run.</summary>
/// <param name="choice">Which transport, and why.</param>
/// <param name="dispatchers">At least one.</param>
/// <param name="registry">Where they come from.</param>
public sealed class RunLoops(TransportChoice choice, IReadOnlyList<LoopDispatcher> dispatchers, LoopDispatchers registry)
{
    /// <summary>Which transport, and why.</summary>
    public TransportChoice Choice => choice;

    /// <summary>One for each lane.</summary>
    public IReadOnlyList<LoopDispatcher> Dispatchers => dispatchers;

    /// <summary>Dispatcher for actors that work on the first loop, and move to the thread pool when that loop is given up.</summary>
    public string MovableId => registry.MovableIdOf(dispatchers[0]);

    /// <summary>The run and all its actors have ended: the first loop stays for the next run, the others end with their last run.</summary>
    public void Release()
    {
        foreach (var (index, dispatcher) in dispatchers.Index())
        {
            registry.Release(dispatcher, staysWarm: index == 0);
        }
    }
}
