using System.Net;
using ActorLoad.Transport.Sockets;
using ActorLoad.Transport.Uring;
using Akka.Actor;

namespace ActorLoad.Transport;

/// <summary>Loops against the kernel of this machine, shared by the runs of an actor system.</summary>
/// <param name="system">Whose dispatchers they are.</param>
/// <param name="time">Their clock.</param>
public sealed class TransportFactory(ActorSystem system, TimeProvider time) : ITransportFactory
{
    private static readonly IReadOnlyDictionary<string, ITransport> _transports =
        new ITransport[] { new RingTransport(), new SocketTransport() }.ToDictionary(transport => transport.Kind);

    private readonly LoopDispatchers _registry = LoopDispatchers.Of(system);

    /// <inheritdoc />
    public RunLoops Lease(TransportSettings settings, IReadOnlyList<IPEndPoint> targets)
    {
        var automatic = Math.Min(LoopCount.For(targets.Select(target => target.Address), Environment.ProcessorCount), settings.MostLoops);
        return TransportChoice.MakeReady(settings, automatic, choice => Lease(choice, targets.Count));
    }

    /// <summary>The loops of a choice.</summary>
    internal RunLoops Lease(TransportChoice choice, int targets)
    {
        var transport = _transports[choice.Kind];
        var leased = new List<LoopDispatcher>();
        var loops = new RunLoops(choice, leased, _registry);
        try
        {
            while (leased.Count < choice.Loops)
            {
                leased.Add(_registry.Lease($"{transport.LoopName}-{leased.Count}", id => transport.Create(id, time, _registry.ReportFailure)));
            }
        }
        catch
        {
            loops.Release();
            throw;
        }

        foreach (var (index, dispatcher) in leased.Index())
        {
            dispatcher.Loop.Ports = SlotPorts.Read(index, choice.Loops, targets);
        }

        return loops;
    }
}
