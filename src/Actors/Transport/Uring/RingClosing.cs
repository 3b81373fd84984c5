using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// How slots become free: a cancel ends what is under way, a close follows, then the slot is given back. Each step is one submission, and
/// none enters the kernel: a step for which the queue has no room waits here for the next entry. So code that takes completions may go on
/// with a slot, and the kernel completes nothing meanwhile.
/// </summary>
/// <remarks>
/// The descriptor stays open until the kernel has completed the last operation. The kernel looks a descriptor up when an operation begins,
/// and the receive of a chain begins after its send: by then the number could belong to another connection.
/// </remarks>
/// <param name="ring">Where the steps go.</param>
/// <param name="giveBack">Takes slots that are free.</param>
internal sealed class RingClosing(Ring ring, Action<RingSlot> giveBack)
{
    /// <summary>A cancel, then a close.</summary>
    public const int Rounds = 2;

    private readonly Queue<(RingSlot Slot, uint Generation)> _waiting = new();
    private readonly Queue<(RingSlot Slot, uint Generation)> _missed = new();
    private bool _isBroken;

    /// <summary>Slots that are not free yet.</summary>
    public int Count { get; private set; }

    /// <summary>True while a step waits for room.</summary>
    public bool HasSteps => _waiting.Count > 0;

    /// <summary>True while a cancel that found nothing waits for <see cref="TryAgain"/>.</summary>
    public bool HasMissed => _missed.Count > 0;

    /// <summary>Begins to close a slot, whatever is under way on it.</summary>
    public void Close(RingSlot slot)
    {
        slot.IsClosing = true;
        Count++;
        if (!_isBroken || slot.InFlight == 0)
        {
            GoOn(slot);
        }

        // Else it never becomes free: without the ring nothing tells when the kernel no longer uses it.
    }

    /// <summary>Takes the next step of a slot: at the beginning, and after each of its completions.</summary>
    public void GoOn(RingSlot slot)
    {
        if (slot.InFlight == 0 && slot.File == RingSlot.NoFile)
        {
            Count--;
            slot.Link?.EndLease();
            slot.Release();
            giveBack(slot);
        }
        else if (ring.HasRoom)
        {
            Prepare(slot);
        }
        else
        {
            _waiting.Enqueue((slot, slot.Generation));
        }
    }

    /// <summary>A cancel ended with an error. In a chain the other operation is under way, or neither yet; else a completion will follow.
    /// </summary>
    public void Missed(RingSlot slot, uint generation, int result)
    {
        if (!IsUnderWay(slot, generation))
        {
            return; // it has ended
        }

        if (result == -ENOENT)
        {
            slot.TurnToOther();
        }

        _missed.Enqueue((slot, generation));
    }

    /// <summary>Prepares cancels that found nothing again. Only when the kernel has done what it had when they came: before that they would
    /// find nothing again.</summary>
    public void TryAgain()
    {
        while (_missed.TryDequeue(out var missed))
        {
            _waiting.Enqueue(missed);
        }
    }

    /// <summary>Prepares the steps that wait, as far as there is room; returns their number.</summary>
    public int PrepareWaiting()
    {
        var prepared = 0;
        while (ring.HasRoom && _waiting.TryDequeue(out var step))
        {
            // A slot may have gone on, or become free, while its cancel waited.
            var (slot, generation) = step;
            if (slot.Generation == generation && slot.File != RingSlot.NoFile)
            {
                Prepare(slot);
                prepared++;
            }
        }

        return prepared;
    }

    /// <summary>The ring has failed, and each descriptor has been closed: slots without an operation in the kernel become free.</summary>
    public void Break()
    {
        _isBroken = true;
        _missed.Clear();
        while (_waiting.TryDequeue(out var step))
        {
            if (step.Slot.Generation == step.Generation && step.Slot.InFlight == 0)
            {
                GoOn(step.Slot);
            }
        }
    }

    private static bool IsUnderWay(RingSlot slot, uint generation) =>
        slot.Generation == generation && slot.InFlight > 0 && slot.File != RingSlot.NoFile;

    private void Prepare(RingSlot slot)
    {
        if (slot.InFlight > 0)
        {
            // A cancel completes only if it found nothing.
            ref var cancel = ref ring.Prepare(IORING_OP_ASYNC_CANCEL, RingSlot.NoFile, slot.UserData(RingOperation.Cancel));
            (cancel.Address, cancel.Flags) = (slot.UserData(slot.UnderWay), IOSQE_CQE_SKIP_SUCCESS);
        }
        else
        {
            slot.InFlight++;
            ring.Prepare(IORING_OP_CLOSE, slot.File, slot.UserData(RingOperation.Close));
            slot.File = RingSlot.NoFile;
        }
    }
}
