using System.Runtime.InteropServices;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <content>What it takes to have one.</content>
internal sealed unsafe partial class Ring
{
    private const uint NeededFeatures =
        IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE | IORING_FEAT_EXT_ARG | IORING_FEAT_CQE_SKIP;

    // Half a second for what closed rings give back.
    private const int MostSetups = 50;
    private const int SetupPause = 10;

    /// <summary>Throws <see cref="RingUnavailableException"/> unless the kernel knows each of these operations and lets us enter.</summary>
    public void Require(ReadOnlySpan<byte> opCodes)
    {
        var size = sizeof(Probe) + (sizeof(ProbeOperation) * MostOperations);
        var memory = stackalloc byte[size];
        new Span<byte>(memory, size).Clear();
        var probe = (Probe*)memory;
        var operations = (ProbeOperation*)(memory + sizeof(Probe));
        if (Register(SYS_io_uring_register, _file, IORING_REGISTER_PROBE, probe, MostOperations) < 0)
        {
            throw new RingUnavailableException($"IORING_REGISTER_PROBE failed with errno {Marshal.GetLastPInvokeError()}: a sandbox may forbid it");
        }

        if (EnterOnce(0, 0, null) < 0)
        {
            throw new RingUnavailableException($"io_uring_enter failed with errno {Marshal.GetLastPInvokeError()}: a sandbox may forbid it");
        }

        foreach (var opCode in opCodes)
        {
            if (opCode > probe->LastOp || (operations[opCode].Flags & IO_URING_OP_SUPPORTED) == 0)
            {
                throw new RingUnavailableException($"this kernel is too old: its io_uring has no operation {opCode} (IORING_REGISTER_PROBE)");
            }
        }
    }

    // What a closed ring had of RLIMIT_MEMLOCK, the kernel gives back a little later: who has just closed one waits for it.
    private static int SetUp(uint submissions, Parameters* parameters)
    {
        for (var attempt = 0; ; attempt++)
        {
            var file = (int)Setup(SYS_io_uring_setup, submissions, parameters);
            if (file >= 0)
            {
                return file;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error != ENOMEM || attempt == MostSetups)
            {
                throw RingUnavailableException.ForSetup(error);
            }

            Thread.Sleep(SetupPause);
        }
    }

    private void* MapOrThrow(nuint size, long offset)
    {
        var memory = Map(null, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, _file, offset);
        if ((nint)memory == -1)
        {
            var error = Marshal.GetLastPInvokeError();
            Kernel.Close(_file);
            throw RingUnavailableException.ForSetup(error);
        }

        return memory;
    }
}
