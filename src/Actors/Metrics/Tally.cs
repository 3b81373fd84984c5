namespace ActorLoad.Metrics;

/// <summary>What one observer counted: connections, attempts, outcomes, and how long the steps of those that ended took. Confined to one
/// actor; <see cref="TallyData"/> is what crosses threads and nodes.</summary>
/// <remarks>
/// Tallies merge: the merge of several equals one that recorded everything, in whatever order they are merged (only which rejection
/// prefixes are told apart, when there are more than 64, depends on it). Invariants of a tally of everything since the start, between
/// two messages of a lane: <c>planned = opened + dropped</c>, <c>opened = sum(outcomes) + open</c> with <c>open &gt;= 0</c>,
/// <c>attempts = opened + retries</c>. A difference, such as <see cref="Take"/> returns, may have a negative open.
/// </remarks>
public sealed class Tally
{
    private readonly long _frequency;
    private readonly OutcomeCounts _outcomes = new();
    private readonly OutcomeCounts _attemptFailures = new();
    private readonly RejectionCounts _rejections = new();
    private readonly StepHistograms _succeeded;
    private readonly StepHistograms _failed;
    private readonly bool _hasTimes;

    /// <summary>An empty one.</summary>
    /// <param name="frequency">Ticks in a second of the clock that <see cref="Timings"/> come from.</param>
    public Tally(long frequency) => (_frequency, _succeeded, _failed, _hasTimes) = (frequency, new(), new(), true);

    /// <summary>An empty one that records its times in <paramref name="other"/>.</summary>
    internal Tally(long frequency, Tally other) => (_frequency, _succeeded, _failed) = (frequency, other._succeeded, other._failed);

    /// <summary>Connections whose time has come.</summary>
    public long Planned { get; private set; }

    /// <summary>Connections that were started.</summary>
    public long Opened { get; private set; }

    /// <summary>Connections that were due and not started.</summary>
    public long Dropped { get; private set; }

    /// <summary>Those of the dropped ones whose endpoint had been given up.</summary>
    public long Avoided { get; private set; }

    /// <summary>Tries to open, retries included.</summary>
    public long Attempts { get; private set; }

    /// <summary>Tries after a connection's first.</summary>
    public long Retries { get; private set; }

    /// <summary>Attempts that have ended and whose connection was established.</summary>
    public long Established { get; private set; }

    /// <summary>Sockets closed with linger zero that no RST of the peer had closed already.</summary>
    public long AbortiveCloses { get; private set; }

    /// <summary>Connections that have started and not ended.</summary>
    public long Open => Opened - Ended;

    /// <summary>Connections that have ended, whatever their outcome.</summary>
    public long Ended => _outcomes.Sum;

    /// <summary>The connections in the report's six numbers.</summary>
    public ConnectionCounts Connections =>
        new(Planned, Opened, this[Outcome.Succeeded], _outcomes.Failures, Dropped, this[Outcome.Cancelled]);

    /// <summary>Connections that ended so.</summary>
    public long this[Outcome outcome] => _outcomes[outcome];

    /// <summary>True if there is nothing in it.</summary>
    public bool IsEmpty => Planned == 0 && Opened == 0 && Dropped == 0 && Attempts == 0 && Retries == 0
        && Established == 0 && AbortiveCloses == 0 && Ended == 0 && _attemptFailures.Sum == 0 && _rejections.ByPrefix().Count == 0;

    /// <summary>The time of so many connections has come.</summary>
    public void RecordPlanned(int connections) => Planned += connections;

    /// <summary>One of them was started.</summary>
    public void RecordOpened(int connections = 1) => Opened += connections;

    /// <summary>Some of them were not started, because <c>max-open</c> was reached, the run ended, or their endpoint had been given up.</summary>
    public void RecordDropped(int connections = 1, bool isGivenUp = false)
    {
        Dropped += connections;
        Avoided += isGivenUp ? connections : 0;
    }

    /// <summary>A connection tries to open.</summary>
    public void RecordAttempt(bool isRetry, int times = 1)
    {
        Attempts += times;
        Retries += isRetry ? times : 0;
    }

    /// <summary>The socket of an attempt is closed.</summary>
    public void RecordSocket(bool wasEstablished, bool isAborted)
    {
        Established += wasEstablished ? 1 : 0;
        AbortiveCloses += isAborted ? 1 : 0;
    }

    /// <summary>An attempt failed, whether or not it is tried again.</summary>
    public void RecordAttemptFailure(Outcome outcome) => _attemptFailures.Count(outcome);

    /// <summary>The server answered an attempt with an error reply of this prefix (its first word).</summary>
    public void RecordRejection(string prefix) => _rejections.Count(prefix);

    /// <summary>A connection is over. The times of a cancelled one are not kept: they are neither a success nor a failure.</summary>
    public void RecordEnded(Outcome outcome, in Timings timings)
    {
        _outcomes.Count(outcome);
        if (outcome != Outcome.Cancelled)
        {
            (outcome == Outcome.Succeeded ? _succeeded : _failed).Record(outcome, timings, _frequency);
        }
    }

    /// <summary>What was recorded since the last call, to be sent; this tally starts again from zero.</summary>
    public TallyData Take()
    {
        var data = ToData();
        Reset();
        return data;
    }

    /// <summary>A copy that can be sent.</summary>
    public TallyData ToData() => new(
        Planned, Opened, Dropped, Attempts, Retries, Established, AbortiveCloses, _outcomes.ByName(), _attemptFailures.ByName(), _rejections.ByPrefix(),
        _hasTimes ? _succeeded.Encode() : [], _hasTimes ? _failed.Encode() : [])
    {
        Avoided = Avoided,
    };

    /// <summary>Merges what another tally sent; <see cref="FormatException"/> if it is of another build's making.</summary>
    public void Add(TallyData data)
    {
        AddCounts(data.Planned, data.Opened, data.Dropped, data.Attempts, data.Retries);
        AddSockets(data.Established, data.AbortiveCloses);
        Avoided += data.Avoided;
        _outcomes.Add(data.Outcomes);
        _attemptFailures.Add(data.AttemptFailures);
        _rejections.Add(data.Rejections);
        _succeeded.Add(data.Succeeded);
        _failed.Add(data.Failed);
    }

    /// <summary>Merges another tally; that one stays as it is.</summary>
    public void Add(Tally other)
    {
        AddCounts(other.Planned, other.Opened, other.Dropped, other.Attempts, other.Retries);
        AddSockets(other.Established, other.AbortiveCloses);
        Avoided += other.Avoided;
        _outcomes.Add(other._outcomes);
        _attemptFailures.Add(other._attemptFailures);
        _rejections.Add(other._rejections);
        _succeeded.Add(other._succeeded);
        _failed.Add(other._failed);
    }

    /// <summary>Back to zero, keeping the memory.</summary>
    public void Reset()
    {
        Planned = Opened = Dropped = Avoided = Attempts = Retries = Established = AbortiveCloses = 0;
        _outcomes.Reset();
        _attemptFailures.Reset();
        _rejections.Reset();
        if (_hasTimes)
        {
            _succeeded.Reset();
            _failed.Reset();
        }
    }

    /// <summary>How connections ended, by name, those other than zero.</summary>
    public IReadOnlyDictionary<string, long> OutcomesByName() => _outcomes.ByName();

    /// <summary>How attempts failed, by name, those other than zero.</summary>
    public IReadOnlyDictionary<string, long> AttemptFailuresByName() => _attemptFailures.ByName();

    /// <summary>Rejected attempts by error prefix.</summary>
    public IReadOnlyDictionary<string, long> Rejections() => _rejections.ByPrefix();

    /// <summary>Times of the successes by step name, or of the failures.</summary>
    public IReadOnlyDictionary<string, LatencySummary> Latency(bool succeeded) => (succeeded ? _succeeded : _failed).Summarize();

    /// <summary>What is only of use once all is counted.</summary>
    public SocketFacts Sockets()
    {
        var modes = new ConnectModes();
        _succeeded.Show(Step.Connect, modes);
        _failed.Show(Step.Connect, modes);
        return new SocketFacts(Established, AbortiveCloses, modes.Seconds(), modes.Connects, modes.Long);
    }

    /// <summary>The successes' encoded histogram of one step; null if there were none.</summary>
    internal byte[]? EncodeSucceeded(Step step) => _succeeded.Encode(step);

    /// <summary>The first broken invariant with its numbers, null if all hold.</summary>
    /// <param name="ended">The run is over: nothing may be open any more.</param>
    public string? BrokenInvariant(bool ended = false)
    {
        if (Planned != Opened + Dropped)
        {
            return $"planned = opened + dropped: {Planned} is not {Opened} + {Dropped}";
        }

        if (Open < 0)
        {
            return $"opened = sum(outcomes) + open: {Ended} ended, but only {Opened} were opened";
        }

        if (Attempts != Opened + Retries)
        {
            return $"attempts = opened + retries: {Attempts} is not {Opened} + {Retries}";
        }

        return ended && Open != 0 ? $"open = 0 after a run: {Open} are open" : null;
    }

    private void AddCounts(long planned, long opened, long dropped, long attempts, long retries)
    {
        Planned += planned;
        Opened += opened;
        Dropped += dropped;
        Attempts += attempts;
        Retries += retries;
    }

    private void AddSockets(long established, long abortiveCloses)
    {
        Established += established;
        AbortiveCloses += abortiveCloses;
    }
}
