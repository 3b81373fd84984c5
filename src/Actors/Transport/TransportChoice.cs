using ActorLoad.Transport.Uring;
using Akka.Actor;

namespace ActorLoad.Transport;

/// <summary>Which transport a run gets on this machine, and why.</summary>
/// <param name="Kind"><c>io-uring</c> or <c>sockets</c>.</param>
/// <param name="Loops">How many loops.</param>
/// <param name="Reason">One sentence.</param>
public sealed record TransportChoice(string Kind, int Loops, string Reason)
{
    private const string IoUring = "io-uring";
    private const string Sockets = "sockets";

    /// <summary>The choice for <paramref name="settings"/>; throws <see cref="RingUnavailableException"/> if io_uring was asked for and
    /// cannot be had.</summary>
    public static TransportChoice Make(TransportSettings settings)
    {
        var loops = settings.Loops ?? 1;
        var problem = settings.Kind == TransportKind.Sockets ? null : RingLoop.Problem();
        return (settings.Kind, problem) switch
        {
            (TransportKind.Sockets, _) => new TransportChoice(Sockets, loops, "as configured"),
            (TransportKind.IoUring, null) => new TransportChoice(IoUring, loops, "as configured"),
            (TransportKind.IoUring, _) => throw new RingUnavailableException(problem!),
            (_, null) => new TransportChoice(IoUring, loops, "auto: this kernel has all that the ring needs"),
            _ => new TransportChoice(Sockets, loops, $"auto: no ring, because {problem}"),
        };
    }

    /// <summary>The loops, shared with other runs of the same actor system.</summary>
    public LoopDispatcher[] Dispatchers(ActorSystem system)
    {
        var loops = LoopDispatchers.Of(system);
        return [.. Enumerable.Range(0, Loops).Select(index => Kind == IoUring ? loops.Uring(index, Loops) : loops.Sockets(index))];
    }
}
