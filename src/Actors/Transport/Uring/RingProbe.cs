using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>Asks the kernel for all that the loops need, by using it.</summary>
internal static class RingProbe
{
    private static readonly byte[] _neededOperations =
        [IORING_OP_ASYNC_CANCEL, IORING_OP_CONNECT, IORING_OP_CLOSE, IORING_OP_READ, IORING_OP_SEND, IORING_OP_RECV];

    private static int s_proven;

    /// <summary>Why there cannot be that many loops over io_uring here; null if there can. Once there could, it is not asked again: the kernel
    /// gives the memory of a ring back late, and a second look might find none where the loops themselves have had theirs.</summary>
    public static string? Problem(int loops)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "io_uring is Linux's";
        }

        if (Volatile.Read(ref s_proven) >= loops)
        {
            return null;
        }

        try
        {
            TryOperations();
            TryLoops(loops);
            Volatile.Write(ref s_proven, loops);
            return null;
        }
        catch (RingUnavailableException cause)
        {
            return cause.Message;
        }
    }

    private static void TryOperations()
    {
        using var ring = new Ring(8, 16);
        ring.Require(_neededOperations);
    }

    // In their full size, and all at once: a limit on memory may let the first of them be, and not the last.
    private static void TryLoops(int count)
    {
        var loops = new List<RingLoop>();
        try
        {
            for (var index = 0; index < count; index++)
            {
                loops.Add(new RingLoop("probe", TransportLoop.MachineTime, _ => { }));
            }
        }
        finally
        {
            loops.ForEach(loop => loop.Dispose());
        }
    }
}
