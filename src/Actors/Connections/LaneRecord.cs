using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;

namespace ActorLoad.Connections;

/// <summary>Counts, breakers and retries of a lane, shared with its cohorts and connections. Confined to the lane's loop.</summary>
internal sealed class LaneRecord
{
    private readonly LaneSettings _settings;
    private readonly TransportLoop _loop;
    private readonly LaneEndpoint[] _endpoints;
    private readonly OpenPhases _phases;
    private readonly LaneSupervision _supervision;
    private long _sockets;

    public LaneRecord(LaneSettings settings, TransportLoop loop)
    {
        (_settings, _loop) = (settings, loop);
        var (endpoints, supervision, frequency) = (settings.Health.Endpoints, settings.Supervision, loop.Time.TimestampFrequency);
        _phases = new OpenPhases(frequency, endpoints.Length);
        _endpoints =
        [
            .. endpoints.Select(endpoint => new LaneEndpoint(
                endpoint.Name, new Breaker(supervision, endpoint, frequency), new AbsenceWatch(endpoint.Name), OfRun)),
        ];
        Pool = settings.Connection.Pool is { } pool ? new LanePool(pool, loop, endpoint => _phases.Latest[endpoint]) : null;
        var random = RandomStreams.For(settings.Seed, settings.Lane);
        Opening = new LaneOpening(settings, loop, this, random);
        _supervision = new LaneSupervision(settings, loop, _endpoints, random);
    }

    /// <summary>The idle connections; null if connections are not used again.</summary>
    public LanePool? Pool { get; }

    /// <summary>Decides which connections open.</summary>
    public LaneOpening Opening { get; }

    /// <summary>Connections without an outcome.</summary>
    public long OpenNow { get; private set; }

    /// <summary>Most attempts under way at once. A connection between two attempts has no socket.</summary>
    public long PeakOpen { get; private set; }

    /// <summary>True while no attempt was ever established, and no attempt failed because this machine lacks resources.</summary>
    public bool NeverReached { get; private set; } = true;

    /// <summary>True once the lane may open no more connections.</summary>
    public bool IsAborting { get; set; }

    /// <summary>Called when a connection became idle.</summary>
    public Action? Kept { get; set; }

    /// <summary>True once a crash was logged. Further crashes are only counted.</summary>
    public bool HasLoggedCrash { get; set; }

    private bool IsAbortive(ConnectionRecord entry) => _settings.Connection.Socket.IsAbortive && IsTcp(entry);

    // A Unix socket has no RST.
    private bool IsTcp(ConnectionRecord entry) => TargetOf(entry).Address is not null;

    /// <summary>A share of a burst or paced phase, before its connections.</summary>
    /// <param name="burst">Its number.</param>
    /// <param name="phase">Number of its phase in the plan.</param>
    /// <param name="turn">Connections of the run before it.</param>
    /// <param name="population">How connections are kept open; null if they are not.</param>
    public BurstShare NewShare(int burst, int phase, long turn, Population? population = null) =>
        new(burst, _phases.Begin(phase), turn) { Population = population };

    /// <summary>True if so many phases have ended since the last report that the next one should not wait.</summary>
    public bool ShouldReport => _phases.AreMany;

    /// <summary>The endpoint of a connection.</summary>
    public Endpoint TargetOf(ConnectionRecord entry) => _settings.Health.At(entry.Target);

    /// <summary>True if the connection's endpoint was given up.</summary>
    public bool IsGivenUp(ConnectionRecord entry) => _settings.Health.Endpoints[entry.Endpoint].IsGivenUp;

    /// <summary>Connections begin that have no outcome yet.</summary>
    public void Opened(int connections) => OpenNow += connections;

    /// <summary>Notes that an attempt begins. The first attempt was counted with its connection.</summary>
    public void Begin(ConnectionRecord entry)
    {
        var now = _loop.Now;
        entry.Timings.BeginAttempt(now);
        entry.PeerEnd = PeerEnd.None;
        if (entry.IsReplacing)
        {
            entry.IsReplacing = false;
            entry.Attempts++;
        }
        else if (++entry.Attempts == 1 && !entry.IsWaiting)
        {
            Start(entry, now);
        }
        else
        {
            StopWaiting(entry);
            entry.Tally.RecordAttempt(isRetry: true);
        }

        entry.IsUnderWay = true;
        PeakOpen = Math.Max(PeakOpen, ++_sockets + (Pool?.Count ?? 0));
    }

    /// <summary>Ends a use that has succeeded, and keeps its connection. Null if that has to close.</summary>
    public LanePool.Place? TryKeep(IActorRef owner, Link link, ConnectionRecord entry)
    {
        if (Pool!.TryKeep(owner, link, entry, IsTcp(entry)) is not { } place)
        {
            return null;
        }

        End(entry, Outcome.Succeeded, isKept: true);
        Kept?.Invoke();
        return place;
    }

    /// <summary>Notes that a use begins on a connection of the pool.</summary>
    public void Borrow(ConnectionRecord entry)
    {
        var now = _loop.Now;
        entry.Timings.BeginAttempt(now);
        entry.Timings.Connected = now;
        (entry.IsBorrowed, entry.IsUnderWay) = (true, true);
        _sockets++;
        Start(entry, now);
        _endpoints[entry.Endpoint].Borrow();
    }

    /// <summary>Notes that a borrowed connection is stale: an attempt follows.</summary>
    public void Replace(ConnectionRecord entry, PeerEnd end)
    {
        _endpoints[entry.Endpoint].Return();
        entry.Tally.RecordReplaced();
        entry.Tally.RecordSocket(wasEstablished: false, isAborted: IsTcp(entry), end == PeerEnd.Finished, end == PeerEnd.Reset);
        entry.Share.Reused--;
        (entry.IsBorrowed, entry.IsReplacing, entry.IsUnderWay) = (false, true, false);
        _sockets--;
    }

    /// <summary>Notes an established connection. <paramref name="link"/> holds the time stamps of its SYN and its completion.</summary>
    public void Establish(ConnectionRecord entry, Link link) => _endpoints[entry.Endpoint].Establish(entry, link);

    /// <summary>Notes a TLS handshake. <paramref name="link"/> holds the time stamps of its ClientHello and of the last answer.</summary>
    public static void Secure(ConnectionRecord entry, Link link, bool isResumed) => LaneEndpoint.Secure(entry, link, isResumed);

    /// <summary>Notes the whole reply to the setup. <paramref name="link"/> holds the time stamps of both.</summary>
    public static void SetUp(ConnectionRecord entry, Link link) => LaneEndpoint.SetUp(entry, link);

    /// <summary>Notes the whole reply to a command. <paramref name="link"/> holds the time stamps of both.</summary>
    public static void Answer(ConnectionRecord entry, Link link) => LaneEndpoint.Answer(entry, link);

    /// <summary>Notes the end of the script. A hold may follow.</summary>
    public void Serve(ConnectionRecord entry) => _endpoints[entry.Endpoint].Serve(entry);

    /// <summary>Notes the end of a close that waited for the server.</summary>
    public static void Part(ConnectionRecord entry, CloseEnd end, long since, long at)
    {
        entry.CloseEnd = end;
        entry.PeerEnd = end == CloseEnd.PeerReset ? PeerEnd.Reset : entry.PeerEnd;
        entry.Tally.RecordClose(end, since, at);
    }

    /// <summary>Takes the counts since the last report, with absences that still last.</summary>
    public IReadOnlyList<PhaseTally> Take()
    {
        foreach (var (index, endpoint) in _endpoints.Index())
        {
            endpoint.TellAbsence(_phases.Latest[index]);
        }

        return _phases.Take();
    }

    /// <summary>Notes the end of a connection: it finished, was cancelled, or stops retrying. Its socket may stay open in the
    /// pool.</summary>
    public void End(ConnectionRecord entry, Outcome outcome, bool isKept = false)
    {
        var (now, wasEstablished) = (_loop.Now, entry.Timings.Connected != 0);
        _endpoints[entry.Endpoint].End(entry, outcome, now);
        NeverReached &= !wasEstablished;
        EndAttempt(
            entry,
            isAborted: !isKept && (IsAbortive(entry) || (entry.CloseEnd == CloseEnd.TimedOut && IsTcp(entry))) && wasEstablished);
        StopWaiting(entry);
        Close(entry, outcome, now);
    }

    /// <summary>Counts a failed attempt and decides what follows.</summary>
    public FailureDecision Fail(ConnectionFailedException failure)
    {
        var (entry, now, wasEstablished) = (failure.Entry, _loop.Now, failure.Entry.Timings.Connected != 0);
        entry.FailedAttempts++;
        var (givenUp, stopped) = _supervision.Judge(failure, now, IsAborting);
        entry.PeerEnd = failure.Outcome == Outcome.Reset ? PeerEnd.Reset : entry.PeerEnd;
        EndAttempt(entry, isAborted: IsAbortive(entry) && LaneSupervision.LeavesOurs(failure.Outcome, wasEstablished));
        NeverReached &= !wasEstablished && failure.Outcome is not (Outcome.LocalExhausted or Outcome.Crashed);
        IsAborting |= failure.IsLoopLost; // no more attempts until Abort comes
        var decision = failure is ConnectionCrashedException ? FailureDecision.GiveUp : _supervision.Decide(failure, now, IsAborting);
        if (decision.Directive != FailureDirective.Restart)
        {
            Close(entry, failure.Outcome, now);
        }
        else
        {
            entry.Timings.Connected = 0; // already counted: a run that ends before the next attempt has no socket to close here
            (entry.IsWaiting, entry.LastFailure) = (true, failure.Outcome);
            entry.Tally.RecordWaiting(begins: true);
        }

        return decision with { GivenUp = givenUp, Stopped = stopped };
    }

    private void Close(ConnectionRecord entry, Outcome outcome, long now)
    {
        entry.IsEnded = true;
        entry.Timings.Ended = now;
        OpenNow--;
        entry.Tally.RecordEnded(outcome, entry.Timings);
        entry.Share.RecordEnd(outcome);
    }

    private double OfRun(long at) => Math.Round(_settings.Clock.At(at).TotalSeconds, 3);

    private void EndAttempt(ConnectionRecord entry, bool isAborted)
    {
        entry.Tally.RecordSocket(
            entry.Timings.Connected != 0, isAborted, entry.PeerEnd == PeerEnd.Finished, entry.PeerEnd == PeerEnd.Reset);
        _sockets -= entry.IsUnderWay ? 1 : 0;
        entry.IsUnderWay = false;
    }

    private static void Start(ConnectionRecord entry, long now)
    {
        entry.Share.RecordStart(now);
        entry.Tally.RecordStep(Step.StartLag, entry.Timings);
    }

    private static void StopWaiting(ConnectionRecord entry)
    {
        if (entry.IsWaiting)
        {
            entry.IsWaiting = false;
            entry.Tally.RecordWaiting(begins: false);
        }
    }
}
