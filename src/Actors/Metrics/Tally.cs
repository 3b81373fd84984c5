namespace ActorLoad.Metrics;

/// <summary>The counts of one observer: connections, attempts, outcomes, and how long their steps took. Belongs to one actor;
/// <see cref="TallyData"/> crosses threads and nodes.</summary>
/// <remarks>
/// Every event is counted when it happens, and every step is recorded at its end: a connection that holds for a day has its times at
/// once. A completed step stays completed, whatever the end of its connection. A failed connection is also recorded in a second set of
/// histograms. Tallies merge in any order to the tally of one that recorded everything. Only the choice of more than 64 rejection prefixes
/// depends on the order. Invariants of a tally since the start, between two messages of a lane: <c>uses = opened + reused</c>,
/// <c>planned = uses + dropped</c>, <c>uses = sum(outcomes) + open</c> with <c>open &gt;= 0</c>, <c>attempts = opened + retries</c>,
/// <c>connected + waiting &lt;= open</c>. A difference, such as <see cref="Take"/> returns, may have a negative open.
/// </remarks>
public sealed class Tally : ICounts
{
    private readonly long _frequency;
    private readonly OutcomeCounts _outcomes = new();
    private readonly OutcomeCounts _attemptFailures = new();
    private readonly ReasonCounts _rejections = new();
    private readonly ReasonCounts _tlsFailures = new();
    private readonly StepHistograms _steps;
    private readonly StepHistograms _failed;
    private readonly bool _hasTimes;
    private readonly Absences _absences = new();
    private readonly StrangeReplyCounts _strange = new();
    private readonly WordCounts<CloseEnd> _closes = new();
    private PoolTally? _pool;
    private AttemptCounts _reached;

    /// <summary>An empty tally.</summary>
    /// <param name="frequency">Ticks per second of the clock behind <see cref="Timings"/>.</param>
    public Tally(long frequency) => (_frequency, _steps, _failed, _hasTimes) = (frequency, new(), new(), true);

    /// <summary>An empty tally that records its times in <paramref name="other"/>.</summary>
    internal Tally(long frequency, Tally other) => (_frequency, _steps, _failed) = (frequency, other._steps, other._failed);

    /// <summary>Connections whose time has come.</summary>
    public long Planned { get; private set; }

    /// <summary>Connections that were opened: all that have started, but for those of a pool that were used again.</summary>
    public long Opened { get; private set; }

    /// <summary>Uses of idle connections of a pool.</summary>
    public long Reused => _pool?.Reused ?? 0;

    /// <summary>All that has started.</summary>
    public long Uses => Opened + Reused;

    /// <summary>Connections that were due and not started.</summary>
    public long Dropped { get; private set; }

    /// <summary>Dropped connections whose endpoint had been given up.</summary>
    public long Avoided { get; private set; }

    /// <summary>Tries to open, retries included.</summary>
    public long Attempts { get; private set; }

    /// <summary>Tries after a connection's first.</summary>
    public long Retries { get; private set; }

    /// <summary>Attempts whose connection was established.</summary>
    public long Established => _reached.Established;

    /// <summary>Attempts that got a first reply.</summary>
    public long Answered => _reached.Answered;

    /// <summary>Attempts that failed after they had been served.</summary>
    public long Cut => _reached.Cut;

    /// <summary>Connections that are established now.</summary>
    public long Connected => _reached.Connected;

    /// <summary>Clients that wait for their next attempt now.</summary>
    public long Waiting => _reached.Waiting;

    /// <summary>Sockets closed with linger zero, except those that a RST of the peer had already closed.</summary>
    public long AbortiveCloses => _reached.AbortiveCloses;

    /// <summary>Connections that have started and not ended.</summary>
    public long Open => Uses - Ended;

    /// <summary>Connections that have ended, whatever their outcome.</summary>
    public long Ended => _outcomes.Sum;

    /// <summary>The connections in the report's six numbers.</summary>
    public ConnectionCounts Connections =>
        new(Planned, Opened, this[Outcome.Succeeded], _outcomes.Failures, Dropped, this[Outcome.Cancelled])
        {
            Reused = _pool?.Reused,
        };

    /// <summary>Connections with this outcome.</summary>
    public long this[Outcome outcome] => _outcomes[outcome];

    /// <summary>True if it has no counts.</summary>
    public bool IsEmpty => Planned == 0 && Opened == 0 && Dropped == 0 && Attempts == 0 && Retries == 0
        && _reached == default && Ended == 0 && _pool is null && _attemptFailures.Sum == 0 && _rejections.ByReason().Count == 0;

    /// <summary>Connections have become due.</summary>
    public void RecordPlanned(int connections) => Planned += connections;

    /// <summary>A due connection was started.</summary>
    public void RecordOpened(int connections = 1) => Opened += connections;

    /// <summary>The counts of a pool; the lane has one.</summary>
    internal PoolTally OfPool => _pool ??= new PoolTally();

    /// <summary>A use takes over an established idle connection.</summary>
    internal void RecordBorrowed()
    {
        OfPool.Borrow();
        _reached.Connected++;
    }

    /// <summary>A borrowed connection was stale: its use opens another.</summary>
    internal void RecordReplaced()
    {
        OfPool.Replace();
        _reached.Connected--;
        RecordOpened();
        RecordAttempt(isRetry: false);
    }

    /// <summary>Due connections were not started: <c>max-open</c> was reached, the run ended, or their endpoint had been given
    /// up.</summary>
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

    /// <summary>The connection of an attempt is established.</summary>
    public void RecordEstablished()
    {
        _reached.Established++;
        _reached.Connected++;
    }

    /// <summary>An attempt got its first reply.</summary>
    public void RecordAnswered() => _reached.Answered++;

    /// <summary>An attempt failed after it had been served.</summary>
    public void RecordCut() => _reached.Cut++;

    /// <summary>A client begins or ends its wait for the next attempt.</summary>
    public void RecordWaiting(bool begins) => _reached.Waiting += begins ? 1 : -1;

    /// <summary>An endpoint took no connection for a while.</summary>
    public void RecordAbsence(Absence absence) => _absences.Add(absence);

    /// <summary>An endpoint answered an attempt with something that is not a reply.</summary>
    public void RecordStrangeReply(string endpoint, StrangeReply reply) => _strange.Count(endpoint, reply);

    /// <summary>An attempt's TLS handshake is over.</summary>
    public void RecordHandshake(bool isResumed)
    {
        _reached.FullHandshakes += isResumed ? 0 : 1;
        _reached.ResumedHandshakes += isResumed ? 1 : 0;
    }

    /// <summary>TLS ended an attempt.</summary>
    public void RecordTlsFailure(string reason) => _tlsFailures.Count(reason);

    /// <summary>A step was completed between two time stamps. A second stamp of 0 means that nothing happened.</summary>
    public void RecordStep(Step step, long from, long to) => _steps.Record(step, Timings.Between(from, to, _frequency));

    /// <summary>A step of a so far successful connection was completed.</summary>
    public void RecordStep(Step step, in Timings timings) => _steps.Record(step, timings.Micros(step, Outcome.Succeeded, _frequency));

    /// <summary>An attempt's socket is closed: with linger zero or not, and after a FIN or RST of the peer or not.</summary>
    public void RecordSocket(bool wasEstablished, bool isAborted, bool hasFinished = false, bool hasReset = false)
    {
        _reached.Connected -= wasEstablished ? 1 : 0;
        _reached.AbortiveCloses += isAborted && !hasReset ? 1 : 0;
        _reached.PeerFinishes += isAborted && hasFinished ? 1 : 0;
        _reached.PeerResets += hasReset ? 1 : 0;
    }

    /// <summary>A close that waited for the server has ended.</summary>
    public void RecordClose(CloseEnd end, long from, long to)
    {
        _closes.Count(end);
        RecordStep(Step.Close, from, to);
    }

    /// <summary>An attempt failed, whether or not it is tried again.</summary>
    public void RecordAttemptFailure(Outcome outcome) => _attemptFailures.Count(outcome);

    /// <summary>The server answered an attempt with an error reply of this prefix (its first word).</summary>
    public void RecordRejection(string prefix) => _rejections.Count(prefix);

    /// <summary>A connection has ended. Its completed steps are recorded already; a failure is also recorded as a whole.</summary>
    public void RecordEnded(Outcome outcome, in Timings timings)
    {
        _outcomes.Count(outcome);
        if (outcome.IsFailure())
        {
            _failed.Record(outcome, timings, _frequency);
        }
    }

    /// <summary>All open connections of <paramref name="open"/> end without an outcome of their own.</summary>
    public void RecordCancelled(Tally open)
    {
        _outcomes.Count(Outcome.Cancelled, open.Open);
        _reached.Connected -= open.Connected;
        _reached.Waiting -= open.Waiting;
    }

    /// <summary>Takes the records since the last call for sending; this tally starts again from zero.</summary>
    public TallyData Take()
    {
        var data = ToData();
        Reset();
        return data;
    }

    /// <summary>A copy for sending.</summary>
    public TallyData ToData() => new(
        Planned, Opened, Dropped, Attempts, Retries, Established, AbortiveCloses, _outcomes.ByName(), _attemptFailures.ByName(),
        _rejections.ByReason(),
        _hasTimes ? _steps.Encode() : [], _hasTimes ? _failed.Encode() : [])
    {
        Avoided = Avoided,
        Answered = Answered,
        Cut = Cut,
        Connected = Connected,
        Waiting = Waiting,
        Absences = _absences.All,
        PeerFinishes = _reached.PeerFinishes,
        PeerResets = _reached.PeerResets,
        StrangeReplies = _strange.All,
        Closes = _closes.ByName(),
        Tls = Tls,
        Pool = _pool?.Data,
    };

    /// <summary>Merges a received tally; throws <see cref="FormatException"/> if it is of another build.</summary>
    public void Add(TallyData data)
    {
        AddCounts(data.Planned, data.Opened, data.Dropped, data.Attempts, data.Retries);
        _reached.Add(new AttemptCounts
        {
            Established = data.Established,
            Answered = data.Answered,
            Cut = data.Cut,
            AbortiveCloses = data.AbortiveCloses,
            Connected = data.Connected,
            Waiting = data.Waiting,
            PeerFinishes = data.PeerFinishes,
            PeerResets = data.PeerResets,
            FullHandshakes = data.Tls?.Full ?? 0,
            ResumedHandshakes = data.Tls?.Resumed ?? 0,
        });
        Avoided += data.Avoided;
        _absences.Add(data.Absences);
        _strange.Add(data.StrangeReplies);
        _closes.Add(data.Closes);
        if (data.Pool is { } pool)
        {
            OfPool.Add(pool);
        }

        _outcomes.Add(data.Outcomes);
        _attemptFailures.Add(data.AttemptFailures);
        _rejections.Add(data.Rejections);
        if (data.Tls is { } tls)
        {
            _tlsFailures.Add(tls.Failures);
        }

        _steps.Add(data.Steps);
        _failed.Add(data.Failed);
    }

    /// <summary>Merges another tally, which stays unchanged.</summary>
    public void Add(Tally other)
    {
        AddCounts(other.Planned, other.Opened, other.Dropped, other.Attempts, other.Retries);
        _reached.Add(other._reached);
        Avoided += other.Avoided;
        _absences.Add(other._absences.All);
        _strange.Add(other._strange.All);
        _closes.Add(other._closes.ByName());
        if (other._pool is { } pool)
        {
            OfPool.Add(pool.Data);
        }

        _outcomes.Add(other._outcomes);
        _attemptFailures.Add(other._attemptFailures);
        _rejections.Add(other._rejections);
        _tlsFailures.Add(other._tlsFailures);
        _steps.Add(other._steps);
        _failed.Add(other._failed);
    }

    /// <summary>Resets to zero, keeps the memory.</summary>
    public void Reset()
    {
        Planned = Opened = Dropped = Avoided = Attempts = Retries = 0;
        _reached = default;
        _absences.Clear();
        _strange.Clear();
        _closes.Reset();
        _pool = null;
        _outcomes.Reset();
        _attemptFailures.Reset();
        _rejections.Reset();
        _tlsFailures.Reset();
        if (_hasTimes)
        {
            _steps.Reset();
            _failed.Reset();
        }
    }

    /// <summary>How connections ended, by name, without zeros.</summary>
    public IReadOnlyDictionary<string, long> OutcomesByName() => _outcomes.ByName();

    /// <summary>How attempts failed, by name, without zeros.</summary>
    public IReadOnlyDictionary<string, long> AttemptFailuresByName() => _attemptFailures.ByName();

    /// <inheritdoc />
    public PoolCounts? Pool => _pool?.Counts;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, long>? Closes => _closes.ByName();

    /// <summary>Rejected attempts by error prefix.</summary>
    public IReadOnlyDictionary<string, long> Rejections() => _rejections.ByReason();

    /// <inheritdoc />
    public TlsCounts? Tls => _reached.FullHandshakes + _reached.ResumedHandshakes == 0 && _tlsFailures.IsEmpty ? null
        : new(_reached.FullHandshakes, _reached.ResumedHandshakes, _tlsFailures.ByReason());

    /// <summary>Times of completed steps, or of failed connections, by name.</summary>
    public IReadOnlyDictionary<string, LatencySummary> Latency(bool succeeded) => (succeeded ? _steps : _failed).Summarize();

    IReadOnlyDictionary<string, long> ICounts.Outcomes => OutcomesByName();

    IReadOnlyDictionary<string, long> ICounts.AttemptFailures => AttemptFailuresByName();

    IReadOnlyDictionary<string, long> ICounts.Rejections => Rejections();

    IReadOnlyDictionary<string, LatencySummary> ICounts.Latency => Latency(succeeded: true);

    IReadOnlyDictionary<string, LatencySummary> ICounts.FailedLatency => Latency(succeeded: false);

    /// <summary>Counts that are only of use after the run.</summary>
    public SocketFacts Sockets()
    {
        // A reply takes a round trip too. If each first SYN is dropped, no connect time shows the line's round trip.
        long?[] replies = [_steps.Least(Step.Setup), _steps.Least(Step.FirstReply)];
        var modes = new ConnectModes(Math.Min(_steps.Least(Step.Connect) ?? 0, replies.Min() ?? 0));
        _steps.Show(Step.Connect, modes);
        return new SocketFacts(Established, AbortiveCloses, modes.Seconds(), modes.Connects, modes.OverASecond)
        {
            Absences = _absences.All,
            DistantConnects = modes.Distant,
            PeerFinishes = _reached.PeerFinishes,
            PeerResets = _reached.PeerResets,
            StrangeReplies = _strange.All,
        };
    }

    /// <summary>The encoded histogram of one completed step; null if it was never completed.</summary>
    internal byte[]? Encode(Step step) => _steps.Encode(step);

    /// <summary>The encoded histograms of all recorded steps. A list, because the type behind a collection expression cannot cross
    /// nodes.</summary>
    internal IReadOnlyList<StepTimes> Times() => _steps.Times(areOfFailures: false).Concat(_failed.Times(areOfFailures: true)).ToList();

    /// <summary>The first broken invariant with its numbers; null if all hold.</summary>
    /// <param name="ended">True after the run: no connection may be open.</param>
    public string? BrokenInvariant(bool ended = false) => TallyInvariants.Broken(this, ended);

    private void AddCounts(long planned, long opened, long dropped, long attempts, long retries)
    {
        Planned += planned;
        Opened += opened;
        Dropped += dropped;
        Attempts += attempts;
        Retries += retries;
    }
}
