namespace ActorLoad.Transport.Uring;

/// <content>How a loop ends: disposed of, or left by its ring.</content>
internal sealed partial class RingLoop
{
    // Give up waiting for the kernel's last completions when so many entries in a row have ended none.
    private const int LastRounds = 1_000;

    // Without a ring nothing wakes the thread but time.
    private static readonly TimeSpan _nap = TimeSpan.FromMilliseconds(10);

    private LoopFailedException? _failure;

    /// <summary>How long <see cref="Dispose(bool)"/> waits for the work that runs.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public override bool IsUsable => base.IsUsable && Volatile.Read(ref _failure) is null;

    private bool IsBroken => _failure is not null;

    private bool IsQuiet => _free.Count == _slots.Count && !_bell.IsListening;

    /// <summary>Closes what is open, waits until the kernel has let go of it, frees all. Work that does not end cannot be ended by others: it is
    /// reported, and if it ever goes on, the loop's thread ends itself as it does else.</summary>
    protected override void Dispose(bool disposing)
    {
        _virtualAlarm?.Dispose();
        _stops = true;
        _bell.Sound();
        if (!ReferenceEquals(t_own, this) && !_thread.Join(StopLimit))
        {
            _reportFailure(new TimeoutException(
                $"loop {_thread.Name} did not stop within {StopLimit.TotalSeconds} s: work on it blocks. Its ring, sockets and memory stay"));
        }
    }

    private void ThrowIfBroken()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    // The loop goes on without its ring: mailboxes must run, or nobody would ever hear what became of the connections.
    private void Break(Exception cause)
    {
        var failure = cause as LoopFailedException ?? new LoopFailedException($"a turn of the loop failed: {cause.Message}", cause);
        _reportFailure(failure);
        if (IsBroken)
        {
            return;
        }

        Volatile.Write(ref _failure, failure);
        _ring.CloseWhatIsPrepared();
        _ring.Dispose();
        _failed.Clear();
        _taken.Clear();
        foreach (var slot in _slots)
        {
            slot.Link?.Break(failure);
        }

        _closing.Break();
    }

    private void WaitWithoutRing()
    {
        if (!HasWork)
        {
            Thread.Sleep(_nap);
        }
    }

    private void CloseAll()
    {
        try
        {
            CloseLinks();
        }
        catch (Exception cause)
        {
            Break(cause);
        }

        if (!IsBroken)
        {
            _ring.Dispose();
        }

        if (SlotsInUse > 0)
        {
            // The kernel may still write to their memory: better lost than overwritten.
            var reason = IsBroken ? "without the ring nobody can tell when the kernel lets go of it" : "the kernel did not let go of it";
            _reportFailure(new InvalidOperationException($"the memory of {SlotsInUse} slots is lost: {reason}"));
        }

        foreach (var slot in _free)
        {
            slot.Free();
        }

        _bell.Dispose();
        t_own = null;
    }

    private void CloseLinks()
    {
        foreach (var slot in _slots)
        {
            slot.Link?.Close();
        }

        _bell.Sound(); // its read must end, too
        for (var round = 0; round < LastRounds && !IsBroken && !IsQuiet; round++)
        {
            var before = SlotsInUse;
            _closing.TryAgain();
            _closing.PrepareWaiting();
            _ring.Enter(1, TimeSpan.FromMilliseconds(1));
            TakeCompletions();
            round = SlotsInUse < before ? 0 : round;
        }
    }
}
