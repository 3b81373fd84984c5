using System.Runtime.InteropServices;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// One io_uring instance: prepares submissions, enters the kernel, hands out completions. It belongs to the thread that made it, from
/// set-up to disposal (<c>IORING_SETUP_SINGLE_ISSUER</c>).
/// </summary>
internal sealed unsafe class Ring : IDisposable
{
    private const uint NeededFeatures =
        IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE | IORING_FEAT_EXT_ARG | IORING_FEAT_CQE_SKIP;

    private readonly int _file;
    private readonly void* _rings;
    private readonly nuint _ringsSize;
    private readonly Submission* _submissions;
    private readonly nuint _submissionsSize;
    private readonly uint* _sqHead;
    private readonly uint* _sqTail;
    private readonly uint* _sqFlags;
    private readonly uint _sqMask;
    private readonly uint _sqEntries;
    private readonly uint* _cqHead;
    private readonly uint* _cqTail;
    private readonly uint _cqMask;
    private readonly Completion* _completions;
    private uint _prepared;
    private uint _submitted;

    /// <summary>Sets one up; throws <see cref="RingUnavailableException"/> with the reason where it cannot be had.</summary>
    public Ring(uint submissions, uint completions)
    {
        var parameters = new Parameters
        {
            Flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN
                | IORING_SETUP_TASKRUN_FLAG,
            CqEntries = completions,
        };
        _file = (int)Setup(SYS_io_uring_setup, submissions, &parameters);
        if (_file < 0)
        {
            throw RingUnavailableException.ForSetup(Marshal.GetLastPInvokeError());
        }

        if ((parameters.Features & NeededFeatures) != NeededFeatures)
        {
            Kernel.Close(_file);
            throw new RingUnavailableException($"the kernel is too old: its io_uring has the features {parameters.Features:x}, needed are {NeededFeatures:x}");
        }

        _ringsSize = Math.Max(
            parameters.Sq.Array + (parameters.SqEntries * sizeof(uint)), parameters.Cq.Cqes + (parameters.CqEntries * (uint)sizeof(Completion)));
        _submissionsSize = parameters.SqEntries * (uint)sizeof(Submission);
        _rings = MapOrThrow(_ringsSize, IORING_OFF_SQ_RING);
        _submissions = (Submission*)MapOrThrow(_submissionsSize, IORING_OFF_SQES);

        var start = (byte*)_rings;
        _sqHead = (uint*)(start + parameters.Sq.Head);
        _sqTail = (uint*)(start + parameters.Sq.Tail);
        _sqFlags = (uint*)(start + parameters.Sq.Flags);
        _sqMask = *(uint*)(start + parameters.Sq.RingMask);
        _sqEntries = parameters.SqEntries;
        _cqHead = (uint*)(start + parameters.Cq.Head);
        _cqTail = (uint*)(start + parameters.Cq.Tail);
        _cqMask = *(uint*)(start + parameters.Cq.RingMask);
        _completions = (Completion*)(start + parameters.Cq.Cqes);

        // Entry n of the queue is always submission n.
        var array = (uint*)(start + parameters.Sq.Array);
        for (uint index = 0; index < _sqEntries; index++)
        {
            array[index] = index;
        }

        _prepared = _submitted = *_sqTail;
    }

    /// <summary>True while the kernel has more for the next <see cref="Enter"/>: it finishes twenty operations in one, and what does not fit
    /// into the queue waits, too.</summary>
    public bool HasMore => (Volatile.Read(ref *_sqFlags) & (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) != 0;

    /// <summary>True if completions can be taken without entering the kernel.</summary>
    public bool HasCompletions => Volatile.Read(ref *_cqTail) != *_cqHead;

    /// <summary>True if anything has been prepared since the last <see cref="Enter"/>.</summary>
    public bool HasPrepared => _prepared != _submitted;

    /// <summary>Makes room for a chain of linked operations, so that a full queue cannot tear it apart.</summary>
    public void Reserve(uint operations)
    {
        if (_prepared + operations - Volatile.Read(ref *_sqHead) > _sqEntries)
        {
            Enter(0, null);
        }
    }

    /// <summary>The next submission, cleared; the queue is handed to the kernel first if it is full.</summary>
    public ref Submission Prepare(byte opCode, int file, ulong userData)
    {
        Reserve(1);
        ref var submission = ref _submissions[_prepared & _sqMask];
        submission = new Submission { OpCode = opCode, File = file, UserData = userData };
        _prepared++;
        return ref submission;
    }

    /// <summary>
    /// Submits what was prepared and waits for <paramref name="completions"/> of them, at most for <paramref name="timeout"/> (null: for
    /// ever).
    /// </summary>
    public void Enter(uint completions, TimeSpan? timeout)
    {
        Volatile.Write(ref *_sqTail, _prepared);
        do
        {
            var entered = EnterOnce(_prepared - _submitted, completions, timeout);
            if (entered >= 0)
            {
                _submitted += (uint)entered;
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case EINTR or ETIME:
                    // Submission comes before waiting: what was prepared has been taken.
                    _submitted = Volatile.Read(ref *_sqHead);
                    return;
                case EAGAIN or EBUSY:
                    // Completions must be taken first; the caller does that and comes again.
                    _submitted = Volatile.Read(ref *_sqHead);
                    return;
                case var error:
                    throw new InvalidOperationException($"io_uring_enter failed with errno {error}");
            }
        }
        while (_prepared != _submitted && completions == 0);
    }

    /// <summary>Takes one completion.</summary>
    public bool TryTake(out Completion completion)
    {
        var head = *_cqHead;
        if (head == Volatile.Read(ref *_cqTail))
        {
            completion = default;
            return false;
        }

        completion = _completions[head & _cqMask];
        Volatile.Write(ref *_cqHead, head + 1);
        return true;
    }

    /// <summary>Gives ring and memory back to the kernel.</summary>
    public void Dispose()
    {
        Unmap(_submissions, _submissionsSize);
        Unmap(_rings, _ringsSize);
        Kernel.Close(_file);
    }

    /// <summary>Throws <see cref="RingUnavailableException"/> unless the kernel knows each of these operations and lets us enter.</summary>
    public void Require(ReadOnlySpan<byte> opCodes)
    {
        const int Header = 16;
        const int Operation = 8;
        const int Most = 256;
        var probe = stackalloc byte[Header + (Operation * Most)];
        new Span<byte>(probe, Header + (Operation * Most)).Clear();
        if (Register(SYS_io_uring_register, _file, IORING_REGISTER_PROBE, probe, Most) < 0)
        {
            throw new RingUnavailableException($"IORING_REGISTER_PROBE failed with errno {Marshal.GetLastPInvokeError()}: a sandbox may forbid it");
        }

        if (EnterOnce(0, 0, null) < 0)
        {
            throw new RingUnavailableException($"io_uring_enter failed with errno {Marshal.GetLastPInvokeError()}: a sandbox may forbid it");
        }

        foreach (var opCode in opCodes)
        {
            var flags = *(ushort*)(probe + Header + (opCode * Operation) + 2);
            if (opCode > probe[0] || (flags & IO_URING_OP_SUPPORTED) == 0)
            {
                throw new RingUnavailableException($"this kernel is too old: its io_uring has no operation {opCode} (IORING_REGISTER_PROBE)");
            }
        }
    }

    private long EnterOnce(uint toSubmit, uint completions, TimeSpan? timeout)
    {
        if (timeout is not { } limit)
        {
            return Kernel.Enter(SYS_io_uring_enter, _file, toSubmit, completions, IORING_ENTER_GETEVENTS, null, 0);
        }

        var time = new TimeSpec { Seconds = limit.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = limit.Ticks % TimeSpan.TicksPerSecond * 100 };
        var argument = new WaitArgument { Timeout = &time };
        return Kernel.Enter(
            SYS_io_uring_enter, _file, toSubmit, completions, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument, (nuint)sizeof(WaitArgument));
    }

    private void* MapOrThrow(nuint size, long offset)
    {
        var memory = Map(null, size, PROT_READ_WRITE, MAP_SHARED_POPULATE, _file, offset);
        if ((nint)memory == -1)
        {
            var error = Marshal.GetLastPInvokeError();
            Kernel.Close(_file);
            throw RingUnavailableException.ForSetup(error);
        }

        return memory;
    }
}
