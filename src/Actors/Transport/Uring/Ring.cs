using System.Runtime.InteropServices;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// One io_uring instance: prepares submissions, enters the kernel, hands out completions. Only the thread that made it may use and dispose
/// of it (<c>IORING_SETUP_SINGLE_ISSUER</c>).
/// </summary>
internal sealed unsafe class Ring : IDisposable
{
    // How often the kernel may refuse an operation for now; it is asked once a millisecond.
    private const int MostRefusals = 1_000;

    private readonly RingMemory _memory;
    private readonly Submission* _submissions;
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

    /// <summary>Sets up an instance; throws <see cref="RingUnavailableException"/> with the reason if the kernel gives none.</summary>
    /// <param name="submissions">Length of the queue for submissions; at least two, so that a chain fits.</param>
    /// <param name="completions">Length of the queue for completions.</param>
    public Ring(uint submissions, uint completions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(submissions, 2u);
        _memory = new RingMemory(submissions, completions);
        _submissions = _memory.Submissions;
        var (sq, cq) = (_memory.SubmissionQueue, _memory.CompletionQueue);
        _sqHead = _memory.At(sq.Head);
        _sqTail = _memory.At(sq.Tail);
        _sqFlags = _memory.At(sq.Flags);
        _sqMask = *_memory.At(sq.RingMask);
        _sqEntries = _memory.Entries;
        _cqHead = _memory.At(cq.Head);
        _cqTail = _memory.At(cq.Tail);
        _cqMask = *_memory.At(cq.RingMask);
        _completions = (Completion*)_memory.At(cq.Cqes);

        // Entry n of the queue is always submission n.
        var array = _memory.At(sq.Array);
        for (uint index = 0; index < _sqEntries; index++)
        {
            array[index] = index;
        }

        _prepared = _submitted = *_sqTail;
    }

    /// <summary>Called before each entry that hands over what was prepared.</summary>
    public Action? Submitting { get; set; }

    /// <summary>Its descriptor.</summary>
    public int File => _memory.File;

    /// <summary>What the kernel says of itself (<c>IORING_SQ_*</c>), in memory that it shares.</summary>
    public ref uint Flags => ref *_sqFlags;

    /// <summary>True while the kernel says that it has more for the next <see cref="Enter"/>: one entry finishes twenty operations, and
    /// completions may wait for room in the queue. It may say so when it has no more.</summary>
    public bool HasMore => (Volatile.Read(ref Flags) & (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) != 0;

    /// <summary>True if completions can be taken without entering the kernel.</summary>
    public bool HasCompletions => Volatile.Read(ref *_cqTail) != *_cqHead;

    /// <summary>True if one more submission can be prepared without entering the kernel.</summary>
    public bool HasRoom => HasRoomFor(1);

    /// <summary>How often the kernel was entered.</summary>
    public long Entries { get; private set; }

    /// <summary>True if anything has been prepared since the last <see cref="Enter"/>.</summary>
    public bool HasPrepared => _prepared != _submitted;

    /// <summary>How often the submission queue was full, and had to be handed over early.</summary>
    public long FullQueues { get; private set; }

    /// <summary>Entries after which the kernel held completions back because the queue for them was full.</summary>
    public long Overflows { get; private set; }

    /// <summary>Makes room for a chain of linked operations, so that a full queue cannot tear it apart.</summary>
    public void Reserve(uint operations)
    {
        if (!HasRoomFor(operations))
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
    /// ever). When the kernel rejects an operation, it takes no more and does not wait: the rest goes with the next entry. Throws
    /// <see cref="LoopFailedException"/>, from then on always, after an error that means a bug or lost completions (EBADR).
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
            var offered = _prepared - _submitted;
            var entered = EnterOnce(offered, completions, timeout);
            Entries++;
            if ((Volatile.Read(ref Flags) & IORING_SQ_CQ_OVERFLOW) != 0)
            {
                Overflows++;
            }

            if (entered >= 0)
            {
                _submitted += (uint)entered;
                if (entered == 0 && offered > 0)
                {
                    return; // it takes none now: the caller takes completions and comes again
                }

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

    /// <summary>Closes descriptors whose close was prepared and not taken by the kernel: for a ring that has failed.</summary>
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
    public void Dispose() => _memory.Dispose();

    private bool HasRoomFor(uint operations) => _prepared + operations - Volatile.Read(ref *_sqHead) <= _sqEntries;

    private void MakeRoom(uint operations)
    {
        FullQueues++;
        Enter(0, null);
        for (var refusals = 0; !HasRoomFor(operations); refusals++)
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
            return Kernel.Enter(SYS_io_uring_enter, File, toSubmit, completions, IORING_ENTER_GETEVENTS, null, 0);
        }

        var (seconds, rest) = Math.DivRem(limit.Ticks, TimeSpan.TicksPerSecond);
        var time = new TimeSpec { Seconds = seconds, Nanoseconds = rest * TimeSpan.NanosecondsPerTick };
        var argument = new WaitArgument { Timeout = &time };
        return Kernel.Enter(
            SYS_io_uring_enter, File, toSubmit, completions, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument,
            (nuint)sizeof(WaitArgument));
    }
}
