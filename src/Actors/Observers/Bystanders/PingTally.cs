using ActorLoad.Metrics;

namespace ActorLoad.Observers.Bystanders;

/// <summary>Results of the PINGs of all bystanders: times by phase, errors, stalls, recovery. One thread uses it. Time stamps are ticks
/// of one clock.</summary>
/// <remarks>Until <see cref="Begin"/> it only warms the code up, so that time of the compiler is not counted as latency of the
/// server.</remarks>
internal sealed class PingTally(BystanderSettings settings, long frequency)
{
    // In microseconds. A thread on a quiet machine is often this late.
    private const double LeastLateness = 1_000;

    // Share of the PINGs' times. If our own lateness is more, the server is not the only cause.
    private const double LargeShare = 0.5;

    private readonly LatencyHistogram _before = new();
    private readonly LatencyHistogram _during = new();
    private readonly LatencyHistogram _after = new();
    private readonly LatencyHistogram _lateness = new();
    private readonly ReasonCounts _errors = new();
    private RecoveryWatch? _recovery;
    private long _stormAt = long.MaxValue;
    private long _endedAt = long.MaxValue;
    private long _unanswered;
    private long _worstStall;

    /// <summary>True once PINGs count.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>True if any PING that counts was answered with PONG.</summary>
    public bool HasAnswers => HasBegun && _before.TotalCount + _during.TotalCount + _after.TotalCount > 0;

    /// <summary>True if there is a p99 of before the storm, to which a recovery can come back.</summary>
    public bool HasBaseline => HasBegun && _before.TotalCount > 0;

    /// <summary>When p99 came back into the band; null until then.</summary>
    public long? RecoveredAt => _recovery?.RecoveredAt;

    /// <summary>From now on PINGs count.</summary>
    public void Begin()
    {
        HasBegun = true;
        _before.Reset();
        _lateness.Reset();
        (_unanswered, _worstStall) = (0, 0);
    }

    /// <summary>The storm began at this time stamp.</summary>
    public void BeginStorm(long at) => _stormAt = at;

    /// <summary>The storm ended at this time stamp.</summary>
    public void EndStorm(long at)
    {
        _stormAt = Math.Min(_stormAt, at);
        _endedAt = at;
        if (HasBegun && _before.Summarize() is { } baseline)
        {
            var limit = (baseline.P99 * settings.BandFactor) + settings.BandFloor.TotalMicroseconds;
            _recovery = new RecoveryWatch(at, (long)(settings.Window.TotalSeconds * frequency), limit);
        }
    }

    /// <summary>True from the beginning of the storm to its end.</summary>
    public bool IsInStorm(long at) => at >= _stormAt && at < _endedAt;

    /// <summary>A PING that was due is about to be sent.</summary>
    public void Sent(long due, long at)
    {
        if (IsInStorm(due))
        {
            _lateness.Record(Micros(at - due));
        }
    }

    /// <summary>A PING was answered.</summary>
    public void Answered(long due, long at)
    {
        var micros = Micros(at - due);
        (due < _stormAt ? _before : due < _endedAt ? _during : _after).Record(micros);
        _recovery?.Add(due, micros);
    }

    /// <summary>A PING will never be answered.</summary>
    public void Lost(long due)
    {
        _unanswered++;
        _recovery?.Add(due, null);
    }

    /// <summary>A connection waited so many ticks for its next reply.</summary>
    public void Stalled(long ticks) => _worstStall = Math.Max(_worstStall, ticks);

    /// <summary>Counts an error under a name.</summary>
    public void Failed(string word) => _errors.Count(word);

    /// <summary>Every PING that was due before this time stamp has been answered or lost.</summary>
    public void Settle(long until) => _recovery?.Judge(until);

    /// <summary>The ledger of all PINGs so far.</summary>
    /// <param name="recovery">The reason if there was no recovery.</param>
    public BystanderLedger Ledger(string recovery)
    {
        var seconds = RecoveredAt is { } at ? Math.Round((double)(at - _endedAt) / frequency, 3) : (double?)null;
        return new(
            settings.Connections, settings.RatePerSecond, _before.Summarize(), _during.Summarize(), _after.Summarize(), Micros(_worstStall),
            seconds, seconds switch
            {
                null => recovery,
                0 => "recovered at once",
                _ => FormattableString.Invariant($"recovered in {seconds} s"),
            },
            _errors.ByReason(), _unanswered, _lateness.Summarize());
    }

    /// <summary>The gaps and doubts of the ledger, in sentences.</summary>
    public IEnumerable<string> Unseen()
    {
        if (!HasAnswers)
        {
            var errors = string.Join(", ", _errors.ByReason().Select(error => $"{error.Key} {error.Value}"));
            yield return $"no PING of the bystander was ever answered{(errors.Length > 0 ? $": {errors}" : "")}";
        }
        else if (_lateness.Summarize() is { } late && late.P99 > Math.Max(LeastLateness, settings.BandFloor.TotalMicroseconds)
            && late.P99 > LargeShare * (_during.Summarize()?.P99 ?? 0))
        {
            yield return FormattableString.Invariant(
                $"the bystander got no processor in time: its PINGs were sent up to {late.Max / 1000.0:0.#} ms late ")
                + FormattableString.Invariant($"(p99 {late.P99 / 1000.0:0.#} ms), so its times during the storm are this machine's as ")
                + "much as the server's; give ActorLoad a core of its own";
        }
    }

    private long Micros(long ticks) => (long)(ticks * (1_000_000.0 / frequency));
}
