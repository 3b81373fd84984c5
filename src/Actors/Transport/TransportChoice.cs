using ActorLoad.Transport.Sockets;
using ActorLoad.Transport.Uring;

namespace ActorLoad.Transport;

/// <summary>Which transport a run gets on this machine, and why.</summary>
/// <param name="Kind"><c>io-uring</c> or <c>sockets</c>.</param>
/// <param name="Loops">How many loops.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="IsFallback">True if <c>auto</c> could not take the ring, or fewer loops than it would.</param>
public sealed record TransportChoice(string Kind, int Loops, string Reason, bool IsFallback = false)
{
    private const string NoRing = "auto: no ring, because ";
    private const string IoUring = RingTransport.Name;
    private const string Sockets = SocketTransport.Name;

    /// <summary>True for loops over io_uring.</summary>
    public bool IsRing => Kind == IoUring;

    /// <summary>The choice for <paramref name="settings"/>, whose <c>auto</c> is <paramref name="automatic"/> loops on a ring; throws
    /// <see cref="RingUnavailableException"/> if io_uring was asked for and cannot be had.</summary>
    public static TransportChoice Make(TransportSettings settings, int automatic) => Make(settings, automatic, RingProbe.Problem);

    /// <summary>The same where <paramref name="probe"/> says why so many loops over io_uring cannot be had; null if they can.</summary>
    internal static TransportChoice Make(TransportSettings settings, int automatic, Func<int, string?> probe)
    {
        // One thread of .NET polls all sockets: a second loop would wait for it too.
        var loopsOfSockets = settings.Loops ?? 1;
        if (settings.Kind == TransportKind.Sockets)
        {
            return new TransportChoice(Sockets, loopsOfSockets, "as configured");
        }

        var loops = settings.Loops ?? automatic;
        var problem = probe(loops);
        var fewer = "";
        if (problem is not null && settings.Loops is null && loops > 1)
        {
            // One may have the memory that several have not.
            fewer = $"; 1 loop in place of {loops}, because {problem}";
            (loops, problem) = (1, probe(1));
        }

        return (settings.Kind, problem) switch
        {
            (TransportKind.IoUring, null) => new TransportChoice(IoUring, loops, "as configured" + fewer, fewer.Length > 0),
            (TransportKind.IoUring, _) => throw new RingUnavailableException(problem!),
            (_, null) => new TransportChoice(IoUring, loops, "auto: this kernel has all that the ring needs" + fewer, fewer.Length > 0),
            _ => new TransportChoice(Sockets, loopsOfSockets, NoRing + problem, IsFallback: true),
        };
    }

    /// <summary>The loops of the choice, as <paramref name="create"/> makes them. What the kernel could give a moment ago it may not have any
    /// more: then, too, <c>auto</c> takes what there is.</summary>
    public static T MakeReady<T>(TransportSettings settings, int automatic, Func<TransportChoice, T> create)
    {
        try
        {
            return create(Make(settings, automatic));
        }
        catch (RingUnavailableException cause) when (settings.Kind == TransportKind.Auto)
        {
            return create(new TransportChoice(Sockets, settings.Loops ?? 1, NoRing + cause.Message, IsFallback: true));
        }
    }
}
