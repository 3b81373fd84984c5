using Akka.Dispatch;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <content>What the kernel has completed: taken and stamped at once, handed to its owner in turn.</content>
internal sealed partial class RingLoop
{
    // Entries that bring no completion while the kernel says that it has more. Its flag may be stale: it is set after the work has been
    // queued, and what was queued may have been done by then. Nothing clears it before the next work, and deadlines cannot wait for that.
    private const int MostIdleRounds = 16;

    // Steps of closing that one turn prepares of those that waited for room: ten milliseconds or so, then work has its turn.
    private const int MostSteps = 4 * WorkInTurn;

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
        var (idle, steps) = (0, 0);
        for (var round = 0; round < WorkInTurn && idle < MostIdleRounds && (_ring.HasMore || (_closing.HasSteps && steps < MostSteps)); round++)
        {
            steps += _closing.PrepareWaiting();
            idle = SubmitAndTake() ? 0 : idle + 1;
        }

        return idle < MostIdleRounds && _ring.HasMore;
    }

    // Takes what is ready and stamps it, with one look at the clock; its turn comes later. What concerns no owner is done with at once. Nothing
    // here enters the kernel, which would answer while its answers are taken: so there is an end to them, at the latest with the queue's.
    private bool TakeCompletions()
    {
        if (!_ring.HasCompletions)
        {
            return false;
        }

        var now = Now;
        Pauses.Look(now);
        while (_ring.TryTake(out var completion))
        {
            Take(completion, now);
        }

        return true;
    }

    private void Take(in Completion completion, long now)
    {
        var operation = OperationOf(completion);
        if (operation == RingOperation.Bell)
        {
            _bell.Heard();
            return;
        }

        var (slot, generation) = (SlotOf(completion), GenerationOf(completion));
        if (operation == RingOperation.Cancel)
        {
            _closing.Missed(slot, generation, completion.Result);
        }
        else if (slot.Generation != generation)
        {
            _reportFailure(new InvalidOperationException($"a completion of {operation} came after its slot had been given out again"));
        }
        else
        {
            Take(slot, completion, now);
        }
    }

    // The kernel has let go of the slot: if it is closed before its turn, nothing is left to be cancelled.
    private void Take(RingSlot slot, in Completion completion, long now)
    {
        slot.InFlight--;
        if (slot.IsClosing)
        {
            _closing.GoOn(slot);
            return;
        }

        slot.Link!.CompletionTaken(); // what waits for its turn is no time-out
        (completion.Result < 0 ? _failed : _taken).Enqueue((completion, now));
    }

    private static RingOperation OperationOf(in Completion completion) => (RingOperation)(byte)completion.UserData;

    private RingSlot SlotOf(in Completion completion) => _slots[(int)((completion.UserData >> 8) & 0xFFFFFF)];

    private static uint GenerationOf(in Completion completion) => (uint)(completion.UserData >> 32);

    private void HandOut(in Completion completion, long takenAt)
    {
        var slot = SlotOf(completion);
        if (slot.IsClosing || slot.Generation != GenerationOf(completion))
        {
            return; // closed while it waited
        }

        TakenAt = takenAt;
        HandToOwner(slot.Link!, OperationOf(completion), completion.Result);
    }

    private void HandToOwner(RingLink link, RingOperation operation, int result)
    {
        if (operation == RingOperation.Send)
        {
            // Only a send that failed, or could send a part and no more, completes, and in the place of its receive: that one is silent.
            (operation, result) = (RingOperation.Receive, result < 0 ? result : -EPIPE);
        }

        _completes = true;
        try
        {
            link.Complete(operation, result);
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
}
