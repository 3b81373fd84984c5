using ActorLoad.Transport.Sockets;
using ActorLoad.Transport.Uring;

namespace ActorLoad.Transport;

/// <summary>Which transport a run gets on this machine, and why.</summary>
/// <param name="Kind"><c>io-uring</c> or <c>sockets</c>.</param>
/// <param name="Loops">How many loops.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="IsFallback">True if <c>auto</c> could not have the ring, or not all the loops that it wanted.</param>
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

    /// <summary>The same with a <paramref name="probe"/> that says why this machine cannot have so many loops over io_uring, or null.
    /// </summary>
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
            // There may be memory for one loop and not for several.
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

    /// <summary>Makes the choice, and its loops with <paramref name="create"/>. If the kernel then has less than it had a moment ago,
    /// <c>auto</c> falls back to sockets.</summary>
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
