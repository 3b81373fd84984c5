using System.Runtime.InteropServices;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>The descriptor of an io_uring instance, and the memory of its queues, which the kernel shares.</summary>
internal sealed unsafe class RingMemory : IDisposable
{
    private const uint NeededFeatures =
        IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE | IORING_FEAT_EXT_ARG | IORING_FEAT_CQE_SKIP;

    // Half a second for the memory of closed rings to come back.
    private const int MostSetups = 50;
    private const int SetupPause = 10;

    private readonly byte* _rings;
    private readonly nuint _ringsSize;
    private readonly nuint _submissionsSize;

    /// <summary>Sets up an instance; throws <see cref="RingUnavailableException"/> with the reason if the kernel gives none.</summary>
    public RingMemory(uint submissions, uint completions)
    {
        var parameters = new Parameters
        {
            Flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN
                | IORING_SETUP_TASKRUN_FLAG,
            CqEntries = completions,
        };
        File = SetUp(submissions, &parameters);
        if ((parameters.Features & NeededFeatures) != NeededFeatures)
        {
            Kernel.Close(File);
            throw new RingUnavailableException(
                $"the kernel is too old: its io_uring has the features {parameters.Features:x}, needed are {NeededFeatures:x}");
        }

        (SubmissionQueue, CompletionQueue, Entries) = (parameters.Sq, parameters.Cq, parameters.SqEntries);
        _ringsSize = Math.Max(
            parameters.Sq.Array + (parameters.SqEntries * sizeof(uint)),
            parameters.Cq.Cqes + (parameters.CqEntries * (uint)sizeof(Completion)));
        _submissionsSize = parameters.SqEntries * (uint)sizeof(Submission);
        _rings = (byte*)MapOrThrow(_ringsSize, IORING_OFF_SQ_RING);
        try
        {
            Submissions = (Submission*)MapOrThrow(_submissionsSize, IORING_OFF_SQES);
        }
        catch
        {
            Unmap(_rings, _ringsSize);
            throw;
        }
    }

    /// <summary>The descriptor.</summary>
    public int File { get; }

    /// <summary>Room for submissions.</summary>
    public uint Entries { get; }

    /// <summary>Where the fields of the submission queue are: see <see cref="At"/>.</summary>
    public SqOffsets SubmissionQueue { get; }

    /// <summary>Where the fields of the completion queue are: see <see cref="At"/>.</summary>
    public CqOffsets CompletionQueue { get; }

    /// <summary>The submissions themselves.</summary>
    public Submission* Submissions { get; }

    /// <summary>The field at an offset.</summary>
    public uint* At(uint offset) => (uint*)(_rings + offset);

    /// <summary>Gives ring and memory back to the kernel.</summary>
    public void Dispose()
    {
        Unmap(Submissions, _submissionsSize);
        Unmap(_rings, _ringsSize);
        Kernel.Close(File);
    }

    // The kernel gives back a closed ring's share of RLIMIT_MEMLOCK a little later: a ring that follows it must wait.
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
        var memory = Map(null, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, File, offset);
        if ((nint)memory == -1)
        {
            var error = Marshal.GetLastPInvokeError();
            Kernel.Close(File);
            throw RingUnavailableException.ForSetup(error);
        }

        return memory;
    }
}
