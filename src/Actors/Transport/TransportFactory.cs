using ActorLoad.Metrics;
using ActorLoad.Transport.Sockets;
using ActorLoad.Transport.Uring;
using Akka.Actor;

namespace ActorLoad.Transport;

/// <summary>Loops against the kernel of this machine, shared by the runs of an actor system.</summary>
/// <param name="system">Owner of their dispatchers.</param>
/// <param name="time">Their clock.</param>
public sealed class TransportFactory(ActorSystem system, TimeProvider time) : ITransportFactory
{
    private static readonly IReadOnlyDictionary<string, ITransport> _transports =
        new ITransport[] { new RingTransport(), new SocketTransport() }.ToDictionary(transport => transport.Kind);

    private readonly LoopDispatchers _registry = LoopDispatchers.Of(system);

    /// <inheritdoc />
    public RunLoops Lease(TransportSettings settings, IReadOnlyList<Endpoint> targets)
    {
        var fitting = LoopCount.For(targets.Select(target => target.Machine), Environment.ProcessorCount);
        var automatic = Math.Min(fitting, settings.MostLoops);
        return TransportChoice.MakeReady(settings, automatic, choice => Lease(choice, targets.Count));
    }

    /// <summary>The loops of a choice.</summary>
    internal RunLoops Lease(TransportChoice choice, int targets)
    {
        var transport = _transports[choice.Kind];
        var leased = new List<LoopDispatcher>();
        try
        {
            for (var index = 0; index < choice.Loops; index++)
            {
                leased.Add(_registry.Lease($"{transport.LoopName}-{index}", id => transport.Create(id, time, _registry.ReportFailure)));
                leased[index].Loop.Ports = SlotPorts.Read(index, choice.Loops, targets);
            }
        }
        catch
        {
            new RunLoops(choice, leased, _registry).Release();
            throw;
        }

        return new RunLoops(choice, [.. leased], _registry);
    }
}
