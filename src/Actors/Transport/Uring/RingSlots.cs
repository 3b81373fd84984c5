namespace ActorLoad.Transport.Uring;

/// <summary>The slots of a ring: each holds one connection at a time.</summary>
internal sealed class RingSlots
{
    private readonly List<RingSlot> _all = [];
    private readonly Queue<RingSlot> _free = new();

    /// <summary>Slots of connections that are open, or that the kernel still uses.</summary>
    public int InUse => _all.Count - _free.Count;

    /// <summary>True if a slot can be taken that exists already.</summary>
    public bool HasFree => _free.Count > 0;

    /// <summary>The slot with that index.</summary>
    public RingSlot this[int index] => _all[index];

    /// <summary>A free slot, or a new one.</summary>
    public RingSlot Take()
    {
        if (!_free.TryDequeue(out var slot))
        {
            _all.Add(slot = new RingSlot(_all.Count));
        }

        return slot;
    }

    /// <summary>Takes back a slot that neither a connection nor the kernel uses any more.</summary>
    public void GiveBack(RingSlot slot) => _free.Enqueue(slot);

    /// <summary>Closes every link.</summary>
    public void CloseLinks() => _all.ForEach(slot => slot.Link?.Close());

    /// <summary>Tells every link that the ring has failed.</summary>
    public void BreakLinks(LoopFailedException failure) => _all.ForEach(slot => slot.Link?.Break(failure));

    /// <summary>Frees the memory of all slots that are not in use. The kernel may still write to the others.</summary>
    public void Free()
    {
        foreach (var slot in _free)
        {
            slot.Free();
        }
    }
}
