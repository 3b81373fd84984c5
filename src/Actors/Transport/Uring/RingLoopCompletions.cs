using Akka.Dispatch;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <content>What the kernel has completed: taken and stamped at once, handed to its owner in turn.</content>
internal sealed partial class RingLoop
{
    // Entries that bring no completion while the kernel says that it has more. Its flag may be stale: it is set after the work has been
    // queued, and what was queued may have been done by then. Nothing clears it before the next work, and deadlines cannot wait for that.
    private const int MostIdleRounds = 16;

    private readonly Queue<(Completion Completion, long At)> _taken = new();
    private readonly Queue<(Completion Completion, long At)> _failed = new();
    private bool _completes;
    private IRunnable? _caused;

    /// <summary>When the completion that is being handed out was taken from the ring.</summary>
    public long TakenAt { get; private set; }

    private void ExecuteHere(IRunnable work)
    {
        if (_completes && _caused is null)
        {
            _caused = work;
        }
        else
        {
            _local.Enqueue(work);
        }
    }

    private bool SubmitAndTake()
    {
        _ring.Enter(0, null);
        return TakeCompletions();
    }

    // True if the kernel had even more than one turn can take.
    private bool TakeWhatIsLeft()
    {
        var idle = 0;
        for (var round = 0; round < WorkInTurn && idle < MostIdleRounds && _ring.HasMore; round++)
        {
            idle = SubmitAndTake() ? 0 : idle + 1;
        }

        return idle < MostIdleRounds && _ring.HasMore;
    }

    // Takes what is ready and stamps it, with one look at the clock; its turn comes later. What concerns no owner is done with at once.
    private bool TakeCompletions()
    {
        if (!_ring.HasCompletions)
        {
            return false;
        }

        var now = Now;
        while (_ring.TryTake(out var completion))
        {
            if (ConcernsNoOwner(completion))
            {
                HandOut(completion, now);
                continue;
            }

            TellLink(completion);
            (completion.Result < 0 ? _failed : _taken).Enqueue((completion, now));
        }

        return true;
    }

    private bool ConcernsNoOwner(in Completion completion) =>
        (RingOperation)(byte)completion.UserData is RingOperation.Bell or RingOperation.Cancel || SlotOf(completion).IsClosing;

    // A completion that waits for its turn is no time-out.
    private void TellLink(in Completion completion)
    {
        var slot = SlotOf(completion);
        if (slot.Generation == GenerationOf(completion))
        {
            slot.Link?.CompletionTaken();
        }
    }

    private RingSlot SlotOf(in Completion completion) => _slots[(int)((completion.UserData >> 8) & 0xFFFFFF)];

    private static uint GenerationOf(in Completion completion) => (uint)(completion.UserData >> 32);

    private void HandOut(in Completion completion, long takenAt)
    {
        TakenAt = takenAt;
        var operation = (RingOperation)(byte)completion.UserData;
        if (operation == RingOperation.Bell)
        {
            HearBell();
        }
        else if (operation == RingOperation.Cancel)
        {
            CancelAgain(SlotOf(completion), GenerationOf(completion));
        }
        else
        {
            HandToOwner(completion, operation);
        }
    }

    private void HandToOwner(in Completion completion, RingOperation operation)
    {
        _completes = true;
        try
        {
            Complete(SlotOf(completion), GenerationOf(completion), operation, completion.Result);
        }
        finally
        {
            // Even if the ring failed in the midst of it: who was told must run.
            _completes = false;
            if (_caused is { } work)
            {
                _caused = null;
                Run(work); // the owner's mailbox, while all that it needs is in the processor's cache
            }
        }
    }

    private void Complete(RingSlot slot, uint generation, RingOperation operation, int result)
    {
        if (slot.Generation != generation)
        {
            _reportFailure(new InvalidOperationException($"a completion of {operation} came after its slot had been given out again"));
            return;
        }

        if (operation == RingOperation.Send)
        {
            // Only a send that failed, or could send a part and no more, completes, and in the place of its receive: that one is silent.
            (operation, result) = (RingOperation.Receive, result < 0 ? result : -EPIPE);
        }

        slot.InFlight--;
        if (operation != RingOperation.Close)
        {
            slot.Link!.Complete(operation, result);
        }

        if (slot.IsClosing)
        {
            GoOnClosing(slot);
        }
    }
}
