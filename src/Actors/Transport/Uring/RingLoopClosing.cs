using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <content>How a slot comes back: what is under way is cancelled, then the descriptor closed, then the slot is given out again.</content>
internal sealed partial class RingLoop
{
    // A cancel, then a close.
    private const int RoundsOfClosing = 2;

    private int _closing;

    /// <summary>
    /// Ends what is under way on a slot. Its descriptor stays open until the kernel has let go of the last operation: the kernel looks it up
    /// when it begins one, for the receive of a chain that is after the send and not when it was submitted, and by then the number may be
    /// somebody else's.
    /// </summary>
    public void Close(RingSlot slot)
    {
        slot.IsClosing = true;
        _closing++;
        if (slot.InFlight > 0 && !IsBroken)
        {
            Cancel(slot);
        }
        else
        {
            GoOnClosing(slot);
        }
    }

    private void Cancel(RingSlot slot)
    {
        ref var cancel = ref _ring.Prepare(IORING_OP_ASYNC_CANCEL, RingSlot.NoFile, slot.UserData(RingOperation.Cancel));
        (cancel.Address, cancel.Flags) = (slot.UserData(slot.UnderWay), IOSQE_CQE_SKIP_SUCCESS);
    }

    // Only a cancel that found nothing completes. Of a chain the other operation is under way, or neither yet; else the end is on its way.
    private void CancelAgain(RingSlot slot, uint generation)
    {
        if (slot.Generation != generation || slot.File == RingSlot.NoFile)
        {
            return; // it has ended
        }

        slot.UnderWay = slot.UnderWay switch
        {
            RingOperation.Receive => RingOperation.Send,
            RingOperation.Send => RingOperation.Receive,
            var other => other,
        };
        Cancel(slot);
    }

    private void GoOnClosing(RingSlot slot)
    {
        if (slot.InFlight > 0)
        {
            return; // for good, if the ring has failed meanwhile: such a slot never comes back
        }

        if (slot.File != RingSlot.NoFile)
        {
            slot.InFlight++;
            _ring.Prepare(IORING_OP_CLOSE, slot.File, slot.UserData(RingOperation.Close));
            slot.File = RingSlot.NoFile;
            return;
        }

        _closing--;
        slot.Link?.EndLease();
        slot.Release();
        _free.Enqueue(slot);
    }
}
