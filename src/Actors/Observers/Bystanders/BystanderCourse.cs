namespace ActorLoad.Observers.Bystanders;

/// <summary>The phase of a bystander: baseline, storm, recovery, closing. The actor sets the marks from its thread, and the bystander's
/// thread reads them at each turn.</summary>
internal sealed class BystanderCourse(BystanderSettings settings, PingTally book, TimeProvider time)
{
    // Time for the replies that are under way at the end.
    private static readonly TimeSpan _lastReplies = TimeSpan.FromMilliseconds(200);

    // Time stamps, 0 until they are set.
    private long _stormAt;
    private long _endedAt;
    private long _concludeAt;

    private long? _storm;
    private long? _end;
    private long? _readyAt;
    private long? _closeBy;

    /// <summary>True once the baseline is taken, or cannot be.</summary>
    public bool IsReady { get; private set; }

    /// <summary>True once the bystander sends no more PINGs.</summary>
    public bool IsClosing => _closeBy is not null;

    /// <summary>The reason why no recovery was seen.</summary>
    public string NoRecovery { get; private set; } = "";

    /// <summary>The storm begins now. Any thread may call this, and the next two.</summary>
    public void BeginStorm() => Volatile.Write(ref _stormAt, time.GetTimestamp());

    /// <summary>The storm has ended now.</summary>
    public void EndStorm() => Volatile.Write(ref _endedAt, time.GetTimestamp());

    /// <summary>Sum up now.</summary>
    public void Conclude() => Volatile.Write(ref _concludeAt, time.GetTimestamp());

    /// <summary>PINGs begin. The baseline takes its time, or no time if no server answers.</summary>
    public void Begin(bool isUp) => _readyAt = time.GetTimestamp() + (isUp ? Ticks(settings.Before) : 0);

    /// <summary>Takes over the marks that the actor has set.</summary>
    public void Listen()
    {
        if (_storm is null && Volatile.Read(ref _stormAt) is var begun and > 0)
        {
            _storm = begun;
            book.BeginStorm(begun);
        }

        if (_end is null && Volatile.Read(ref _endedAt) is var ended and > 0)
        {
            _end = ended;
            book.EndStorm(ended);
        }

        if (Volatile.Read(ref _concludeAt) is var asked and > 0)
        {
            CloseWith(_end is { } end
                ? FormattableString.Invariant($"not known: stopped {time.GetElapsedTime(end, asked).TotalSeconds:0.#} s after the storm")
                : "not known: stopped before the storm had ended");
        }
    }

    /// <summary>True once, when the baseline has had its time.</summary>
    public bool BecomesReady() => !IsReady && time.GetTimestamp() >= _readyAt && (IsReady = true);

    /// <summary>Closes once p99 is back in the band, or the time for that is up.</summary>
    /// <param name="settledUntil">Every PING that was due before it has been answered or lost.</param>
    public void Judge(long settledUntil)
    {
        if (_end is not { } end || IsClosing)
        {
            return;
        }

        book.Settle(settledUntil);
        var now = time.GetTimestamp();
        if (book.RecoveredAt is not null)
        {
            CloseWith("");
        }
        else if (!book.HasBaseline && now >= end + Ticks(settings.Window))
        {
            CloseWith("not known: no PING was answered before the storm");
        }
        else if (now >= end + Ticks(settings.After))
        {
            CloseWith(FormattableString.Invariant($"did not recover in {settings.After.TotalSeconds} s"));
        }
    }

    /// <summary>True once the last replies have come, or their time is up.</summary>
    public bool IsOver(bool isWaiting) => _closeBy is { } by && (!isWaiting || time.GetTimestamp() >= by);

    private void CloseWith(string noRecovery)
    {
        if (!IsClosing)
        {
            _closeBy = time.GetTimestamp() + Ticks(_lastReplies);
            NoRecovery = noRecovery;
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
