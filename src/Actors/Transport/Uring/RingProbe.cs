using System.Runtime.InteropServices;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>Finds out whether the kernel has all that the loops need, by trying it.</summary>
internal static unsafe class RingProbe
{
    private static readonly byte[] _neededOperations =
        [IORING_OP_ASYNC_CANCEL, IORING_OP_CONNECT, IORING_OP_CLOSE, IORING_OP_READ, IORING_OP_SEND, IORING_OP_RECV];

    private static int s_proven;

    /// <summary>Why this machine cannot have that many loops over io_uring; null if it can. A success is remembered: the kernel gives a
    /// ring's memory back late, so a second probe might fail where the loops themselves would succeed.</summary>
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

    /// <summary>Throws <see cref="RingUnavailableException"/> unless the kernel knows each of these operations and lets us enter.</summary>
    internal static void Require(Ring ring, ReadOnlySpan<byte> opCodes)
    {
        var size = sizeof(Probe) + (sizeof(ProbeOperation) * MostOperations);
        var memory = stackalloc byte[size];
        new Span<byte>(memory, size).Clear();
        var probe = (Probe*)memory;
        var operations = (ProbeOperation*)(memory + sizeof(Probe));
        if (Register(SYS_io_uring_register, ring.File, IORING_REGISTER_PROBE, probe, MostOperations) < 0)
        {
            throw Forbidden("IORING_REGISTER_PROBE");
        }

        if (Enter(SYS_io_uring_enter, ring.File, 0, 0, IORING_ENTER_GETEVENTS, null, 0) < 0)
        {
            throw Forbidden("io_uring_enter");
        }

        foreach (var opCode in opCodes)
        {
            if (opCode > probe->LastOp || (operations[opCode].Flags & IO_URING_OP_SUPPORTED) == 0)
            {
                throw new RingUnavailableException(
                    $"this kernel is too old: its io_uring has no operation {opCode} (IORING_REGISTER_PROBE)");
            }
        }
    }

    private static RingUnavailableException Forbidden(string call) =>
        new($"{call} failed with errno {Marshal.GetLastPInvokeError()}: a sandbox may forbid it");

    private static void TryOperations()
    {
        using var ring = new Ring(8, 16);
        Require(ring, _neededOperations);
    }

    // In their full size, and all at once: a limit on memory may allow the first of them and not the last.
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
