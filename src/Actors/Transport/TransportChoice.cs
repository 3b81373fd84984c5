using ActorLoad.Transport.Uring;
using Akka.Actor;

namespace ActorLoad.Transport;

/// <summary>Which transport a run gets on this machine, and why.</summary>
/// <param name="Kind"><c>io-uring</c> or <c>sockets</c>.</param>
/// <param name="Loops">How many loops.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="IsFallback">True if <c>auto</c> could not take the ring, or fewer loops than it would.</param>
public sealed record TransportChoice(string Kind, int Loops, string Reason, bool IsFallback = false)
{
    private const string NoRing = "auto: no ring, because ";
    private const string IoUring = "io-uring";
    private const string Sockets = "sockets";

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

    /// <summary>The choice, and its loops as <paramref name="create"/> makes them. What the kernel could give a moment ago it may not have any
    /// more: then, too, <c>auto</c> takes what there is.</summary>
    public static (TransportChoice Choice, LoopDispatcher[] Dispatchers) MakeReady(
        TransportSettings settings, int automatic, Func<TransportChoice, LoopDispatcher[]> create)
    {
        var choice = Make(settings, automatic);
        try
        {
            return (choice, create(choice));
        }
        catch (RingUnavailableException cause) when (settings.Kind == TransportKind.Auto)
        {
            choice = new TransportChoice(Sockets, settings.Loops ?? 1, NoRing + cause.Message, IsFallback: true);
            return (choice, create(choice));
        }
    }

    /// <summary>The loops, shared with other runs of the same actor system, each with its own ports for a run that begins now and that will
    /// <see cref="Release"/> them.</summary>
    public LoopDispatcher[] Dispatchers(ActorSystem system, int targets)
    {
        var loops = LoopDispatchers.Of(system);
        var dispatchers = new List<LoopDispatcher>();
        try
        {
            while (dispatchers.Count < Loops)
            {
                dispatchers.Add(IsRing ? loops.Uring(dispatchers.Count) : loops.Sockets(dispatchers.Count));
            }
        }
        catch
        {
            Release(system, dispatchers);
            throw;
        }

        foreach (var (index, dispatcher) in dispatchers.Index())
        {
            dispatcher.Loop.Ports = SlotPorts.Read(index, Loops, targets);
        }

        return [.. dispatchers];
    }

    /// <summary>The run has ended, and no actor of it is left: the first loop stays for the next run, the others end with their last run.</summary>
    public static void Release(ActorSystem system, IEnumerable<LoopDispatcher> dispatchers)
    {
        foreach (var (index, dispatcher) in dispatchers.Index())
        {
            LoopDispatchers.Of(system).Release(dispatcher, staysWarm: index == 0);
        }
    }
}
