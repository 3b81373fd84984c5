using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>What the kernel has completed: taken from the ring and stamped at once, handed to its owner later, in its turn.</summary>
/// <param name="loop">Whose clock stamps completions, and which runs the work that they cause.</param>
/// <param name="ring">Where completions come from.</param>
/// <param name="slots">Whose connections they belong to.</param>
/// <param name="closing">Hears of the slots that are closing.</param>
/// <param name="bell">Hears that it has sounded.</param>
internal sealed class CompletionQueue(TransportLoop loop, Ring ring, RingSlots slots, RingClosing closing, RingBell bell)
{
    // Entries that bring no completion while the kernel says that it has more. Its flag may be stale: the kernel sets it after it has
    // queued work that may be done by then, and clears it only with the next work. Deadlines cannot wait for that.
    private const int MostIdleRounds = 16;

    // Entries of one turn for what the kernel has more.
    private const int MostRounds = 256;

    // Steps of closing that one turn prepares from those that waited for room: about ten milliseconds. Then work has its turn.
    private const int MostSteps = 1_024;

    // Pieces of work between two entries: a few tenths of a millisecond, with what the kernel does for the connects among them.
    private const int WorkBetweenEntries = 16;

    // Entries at a time when the kernel has more than one entry brings, which is twenty completions.
    private const int MostEntries = 16;

    private readonly Queue<(Completion Completion, long At)> _taken = new();
    private readonly Queue<(Completion Completion, long At)> _failed = new();

    /// <summary>True if completions wait for their turn.</summary>
    public bool HasAny => _failed.Count > 0 || _taken.Count > 0;

    /// <summary>Hands what was prepared to the kernel and takes what is ready; false if nothing was.</summary>
    public bool SubmitAndTake()
    {
        ring.Enter(0, null);
        return Take();
    }

    /// <summary>Takes what the kernel has more; true if that is more than one turn can take.</summary>
    public bool TakeRest()
    {
        var (idle, steps) = (0, 0);
        bool HasRest() => ring.HasMore || (closing.HasSteps && steps < MostSteps);
        for (var round = 0; round < MostRounds && idle < MostIdleRounds && HasRest(); round++)
        {
            steps += closing.PrepareWaiting();
            idle = SubmitAndTake() ? 0 : idle + 1;
        }

        return idle < MostIdleRounds && ring.HasMore;
    }

    /// <summary>Takes what is ready and stamps it, with one look at the clock; false if nothing was.</summary>
    /// <remarks>Never enters the kernel, which would complete more meanwhile: so it ends, at the latest when the queue is empty.</remarks>
    public bool Take()
    {
        if (!ring.HasCompletions)
        {
            return false;
        }

        var now = loop.Now;
        loop.Pauses.Look(now);
        while (ring.TryTake(out var completion))
        {
            Take(completion, now);
        }

        return true;
    }

    /// <summary>Enters the kernel after every few pieces of work, so that SYNs, commands and completions do not wait long for their stamps.
    /// </summary>
    /// <param name="before">Pieces of the turn before the last one.</param>
    /// <param name="count">Pieces of the turn with it.</param>
    public void EnterInBetween(int before, int count)
    {
        if (before / WorkBetweenEntries == count / WorkBetweenEntries)
        {
            return;
        }

        // After a time without the processor hundreds may be ready: each is stamped now, and not after the work for those before it.
        for (var entry = 0; entry < MostEntries && (ring.HasPrepared || ring.HasMore); entry++)
        {
            if (!SubmitAndTake())
            {
                break;
            }
        }
    }

    /// <summary>Hands out the next operation that failed; false if there is none.</summary>
    public bool TryHandOutFailed() => TryHandOut(_failed);

    /// <summary>Hands out the next operation that succeeded; false if there is none.</summary>
    public bool TryHandOutNext() => TryHandOut(_taken);

    /// <summary>Forgets what waits.</summary>
    public void Clear()
    {
        _failed.Clear();
        _taken.Clear();
    }

    private void Take(in Completion completion, long now)
    {
        var operation = OperationOf(completion);
        if (operation == RingOperation.Bell)
        {
            bell.Heard();
            return;
        }

        var (slot, generation) = (SlotOf(completion), GenerationOf(completion));
        if (operation == RingOperation.Cancel)
        {
            closing.Missed(slot, generation, completion.Result);
        }
        else if (slot.Generation != generation)
        {
            loop.ReportFailure(new InvalidOperationException($"a completion of {operation} came after its slot had been given out again"));
        }
        else
        {
            Take(slot, completion, now);
        }
    }

    // The kernel no longer uses the slot: if it is closed before its turn, nothing is left to cancel.
    private void Take(RingSlot slot, in Completion completion, long now)
    {
        slot.End(OperationOf(completion));
        if (slot.IsClosing)
        {
            closing.GoOn(slot);
            return;
        }

        slot.Link!.CompletionTaken(OperationOf(completion)); // waiting for its turn is no time-out
        (completion.Result < 0 ? _failed : _taken).Enqueue((completion, now));
    }

    private bool TryHandOut(Queue<(Completion Completion, long At)> queue)
    {
        if (!queue.TryDequeue(out var next))
        {
            return false;
        }

        var slot = SlotOf(next.Completion);
        if (!slot.IsClosing && slot.Generation == GenerationOf(next.Completion)) // else closed while it waited
        {
            HandToOwner(slot.Link!, OperationOf(next.Completion), next.Completion.Result, next.At);
        }

        return true;
    }

    private void HandToOwner(RingLink link, RingOperation operation, int result, long takenAt)
    {
        if (operation == RingOperation.Send)
        {
            // A send completes only if it failed or sent a part: then its receive tells nothing, and the send counts for it.
            (operation, result) = (RingOperation.Receive, result < 0 ? result : -EPIPE);
        }

        loop.Work.HoldNext();
        try
        {
            link.Complete(operation, result, takenAt);
        }
        finally
        {
            // The owner's mailbox, while its data is in the processor's cache. It runs even if the ring fails: the owner was told.
            loop.Work.RunHeld();
        }
    }

    private static RingOperation OperationOf(in Completion completion) => (RingOperation)(byte)completion.UserData;

    private RingSlot SlotOf(in Completion completion) => slots[(int)((completion.UserData >> 8) & 0xFFFFFF)];

    private static uint GenerationOf(in Completion completion) => (uint)(completion.UserData >> 32);
}
