namespace ActorLoad.Transport.Uring;

/// <summary>A ring with its slots: all that is prepared and completed there. Only the loop's thread uses it.</summary>
internal sealed class RingDriver
{
    // After so many entries in a row that ended nothing, the loop stops waiting for the kernel's last completions.
    private const int LastRounds = 1_000;

    private readonly RingSlots _slots;
    private readonly RingSleeper _sleeper;
    private readonly RingClosing _closing;
    private bool _isBroken;

    public RingDriver(RingLoop loop, RingSlots slots, RingSleeper sleeper, uint submissions, uint completions)
    {
        (_slots, _sleeper) = (slots, sleeper);
        Ring = new Ring(submissions, completions) { Submitting = loop.Departures.Stamp };
        _closing = new RingClosing(Ring, slots.GiveBack);
        Completions = new CompletionQueue(loop, Ring, slots, _closing, sleeper.Bell);
    }

    /// <summary>The ring.</summary>
    public Ring Ring { get; }

    /// <summary>What the ring has completed.</summary>
    public CompletionQueue Completions { get; }

    /// <summary>True if the last wait left completions in the kernel.</summary>
    public bool KernelHasMore { get; private set; }

    /// <summary>Ends what is under way on a slot, which is free when nothing of it is left.</summary>
    public void Close(RingSlot slot) => _closing.Close(slot);

    /// <summary>Finishes closes in progress if a new connection needs their slots or ports.</summary>
    public void FinishCloses(TargetPorts? ports)
    {
        for (var round = 0; round < RingClosing.Rounds && _closing.Count > 0 && (!_slots.HasFree || ports is { IsUsedUp: true }); round++)
        {
            _closing.PrepareWaiting();
            Completions.SubmitAndTake();
        }
    }

    /// <summary>Work of a turn has run: see <see cref="CompletionQueue.EnterInBetween"/>.</summary>
    public void EnterInBetween(int before, int count)
    {
        if (!_isBroken)
        {
            Completions.EnterInBetween(before, count);
        }
    }

    /// <summary>Enters the kernel, sleeps there unless there is work, and takes what has completed.</summary>
    public void Wait(bool hasWork)
    {
        _sleeper.Wait(Ring, _closing, hasWork);
        if (!KernelHasMore)
        {
            _closing.TryAgain();
        }

        Completions.Take();
        KernelHasMore = Completions.TakeRest();
    }

    /// <summary>The ring has failed: closes it, and tells the links.</summary>
    public void Break(LoopFailedException failure)
    {
        _isBroken = true;
        Ring.CloseWhatIsPrepared();
        Ring.Dispose();
        Completions.Clear();
        _slots.BreakLinks(failure);
        _closing.Break();
    }

    /// <summary>Closes all links, and waits until the kernel no longer uses their slots.</summary>
    public void CloseLinks()
    {
        _slots.CloseLinks();
        _sleeper.Bell.Sound(); // its read must end, too
        for (var round = 0; round < LastRounds && !_isBroken && (_slots.InUse > 0 || _sleeper.Bell.IsListening); round++)
        {
            var before = _slots.InUse;
            _closing.TryAgain();
            _closing.PrepareWaiting();
            Ring.Enter(1, TimeSpan.FromMilliseconds(1));
            Completions.Take();
            round = _slots.InUse < before ? 0 : round;
        }
    }
}
