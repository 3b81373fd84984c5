namespace ActorLoad.Transport.Uring;

/// <content>When things leave and come: one look at the clock for each entry into the kernel, and an entry after every few pieces of work, so that
/// a SYN, a command and a completion wait for few others before they are stamped.</content>
internal sealed partial class RingLoop
{
    /// <summary>Pieces of work between two entries: a few tenths of a millisecond, with what the kernel does for the connects among them.</summary>
    private const int WorkBetweenEntries = 16;

    // Entries at a time when the kernel has more than one of them brings, which is twenty completions.
    private const int MostEntries = 16;

    private readonly List<RingLink> _leaving = [];

    /// <summary>A SYN or a command of <paramref name="link"/> was prepared: it is told when it is handed to the kernel.</summary>
    public void LeavesWithNextEntry(RingLink link) => _leaving.Add(link);

    private void StampLeaving()
    {
        if (_leaving.Count == 0)
        {
            return;
        }

        var now = Now;
        foreach (var link in _leaving)
        {
            link.Leaves(now);
        }

        _leaving.Clear();
    }

    // After piece number count of a turn.
    private void EnterInBetween(int count)
    {
        if (count % WorkBetweenEntries != WorkBetweenEntries - 1 || IsBroken)
        {
            return;
        }

        // After a time without the processor hundreds may be ready: each is stamped now, and not behind the work for those before it.
        for (var entry = 0; entry < MostEntries && (_ring.HasPrepared || _ring.HasMore); entry++)
        {
            if (!SubmitAndTake())
            {
                break;
            }
        }
    }
}
