using System.Runtime.InteropServices;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// One io_uring instance: prepares submissions, enters the kernel, hands out completions. It belongs to the thread that made it, from
/// set-up to disposal (<c>IORING_SETUP_SINGLE_ISSUER</c>).
/// </summary>
internal sealed unsafe partial class Ring : IDisposable
{
    // How often the kernel may say that it cannot take an operation now, once a millisecond.
    private const int MostRefusals = 1_000;

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
    private LoopFailedException? _failure;

    /// <summary>Sets one up, with queues of so many submissions, two or more so that a chain fits, and completions; throws
    /// <see cref="RingUnavailableException"/> with the reason where it cannot be had.</summary>
    public Ring(uint submissions, uint completions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(submissions, 2u);
        var parameters = new Parameters
        {
            Flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN
                | IORING_SETUP_TASKRUN_FLAG,
            CqEntries = completions,
        };
        _file = SetUp(submissions, &parameters);

        if ((parameters.Features & NeededFeatures) != NeededFeatures)
        {
            Kernel.Close(_file);
            throw new RingUnavailableException($"the kernel is too old: its io_uring has the features {parameters.Features:x}, needed are {NeededFeatures:x}");
        }

        _ringsSize = Math.Max(
            parameters.Sq.Array + (parameters.SqEntries * sizeof(uint)), parameters.Cq.Cqes + (parameters.CqEntries * (uint)sizeof(Completion)));
        _submissionsSize = parameters.SqEntries * (uint)sizeof(Submission);
        _rings = MapOrThrow(_ringsSize, IORING_OFF_SQ_RING);
        try
        {
            _submissions = (Submission*)MapOrThrow(_submissionsSize, IORING_OFF_SQES);
        }
        catch
        {
            Unmap(_rings, _ringsSize);
            throw;
        }

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

    /// <summary>Called before each entry that hands over what was prepared.</summary>
    public Action? Submitting { get; set; }

    /// <summary>Its descriptor.</summary>
    public int File => _file;

    /// <summary>What the kernel says of itself (<c>IORING_SQ_*</c>), in memory that it shares.</summary>
    public ref uint Flags => ref *_sqFlags;

    /// <summary>True while the kernel says that it has more for the next <see cref="Enter"/>: it finishes twenty operations in one, and what does
    /// not fit into the queue waits, too. It may say so when it has no more.</summary>
    public bool HasMore => (Volatile.Read(ref Flags) & (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) != 0;

    /// <summary>True if completions can be taken without entering the kernel.</summary>
    public bool HasCompletions => Volatile.Read(ref *_cqTail) != *_cqHead;

    /// <summary>True if anything has been prepared since the last <see cref="Enter"/>.</summary>
    public bool HasPrepared => _prepared != _submitted;

    /// <summary>How often the submission queue was full before its turn to be handed over had come.</summary>
    public long FullQueues { get; private set; }

    /// <summary>How often the kernel held completions back because the queue for them was full: entries after which some still waited.</summary>
    public long Overflows { get; private set; }

    /// <summary>Makes room for a chain of linked operations, so that a full queue cannot tear it apart.</summary>
    public void Reserve(uint operations)
    {
        if (!HasRoom(operations))
        {
            MakeRoom(operations);
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
    /// ever). After an operation that it rejects the kernel takes no more and does not wait: the rest goes with the next entry. Throws
    /// <see cref="LoopFailedException"/>, from then on always, if the kernel says what only a bug or lost completions (EBADR) make it say.
    /// </summary>
    public void Enter(uint completions, TimeSpan? timeout)
    {
        if (_failure is { } failure)
        {
            throw failure;
        }

        if (HasPrepared)
        {
            Submitting?.Invoke();
        }

        Volatile.Write(ref *_sqTail, _prepared);
        do
        {
            var entered = EnterOnce(_prepared - _submitted, completions, timeout);
            if ((Volatile.Read(ref Flags) & IORING_SQ_CQ_OVERFLOW) != 0)
            {
                Overflows++;
            }

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
                    throw _failure = new LoopFailedException($"io_uring_enter failed with errno {error}");
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

    /// <summary>Closes the descriptors whose close the kernel has not taken, and never will if it wants to hear no more.</summary>
    public void CloseWhatIsPrepared()
    {
        for (var next = Volatile.Read(ref *_sqHead); next != _prepared; next++)
        {
            ref var submission = ref _submissions[next & _sqMask];
            if (submission.OpCode == IORING_OP_CLOSE)
            {
                Kernel.Close(submission.File);
            }
        }
    }

    /// <summary>Gives ring and memory back to the kernel.</summary>
    public void Dispose()
    {
        Unmap(_submissions, _submissionsSize);
        Unmap(_rings, _ringsSize);
        Kernel.Close(_file);
    }

    private bool HasRoom(uint operations) => _prepared + operations - Volatile.Read(ref *_sqHead) <= _sqEntries;

    private void MakeRoom(uint operations)
    {
        FullQueues++;
        Enter(0, null);
        for (var refusals = 0; !HasRoom(operations); refusals++)
        {
            // EAGAIN: no memory for requests. What was prepared must not be overwritten, so this thread waits.
            if (refusals == MostRefusals)
            {
                throw _failure = new LoopFailedException("io_uring_enter takes no operations: the kernel has no memory for them");
            }

            Thread.Sleep(1);
            Enter(0, null);
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
}
