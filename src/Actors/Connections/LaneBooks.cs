using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>What a lane, its squads and their connections know of the connections: counts, breaker, retries. Confined to the lane's loop.</summary>
internal sealed class LaneBooks
{
    private readonly LaneSettings _settings;
    private readonly TransportLoop _loop;
    private readonly Breaker _breaker;
    private readonly Random _random;
    private readonly AbsenceWatch[] _absences;
    private long _sockets;

    public LaneBooks(LaneSettings settings, TransportLoop loop)
    {
        (_settings, _loop) = (settings, loop);
        Tally = new Tally(loop.Time.TimestampFrequency);
        var breaker = settings.Supervision.Breaker;
        _breaker = new Breaker(breaker, loop.ToTicks(breaker.Window));
        _random = new Random(settings.Seed + settings.Lane);
        _absences = [.. settings.Targets.Select(target => new AbsenceWatch($"{target}"))];
    }

    /// <summary>Everything since the last report.</summary>
    public Tally Tally { get; }

    /// <summary>Connections without an outcome.</summary>
    public long OpenNow { get; private set; }

    /// <summary>Most attempts under way at once: a client that waits for its next attempt has no socket.</summary>
    public long PeakOpen { get; private set; }

    /// <summary>True while no attempt was ever established, and none failed for want of our own resources.</summary>
    public bool NeverReached { get; private set; } = true;

    /// <summary>True when nothing more may be opened.</summary>
    public bool IsAborting { get; set; }

    /// <summary>True once a crash has been logged: one of a run is enough.</summary>
    public bool HasLoggedCrash { get; set; }

    private bool IsAbortive => _settings.Connection.Socket.Close == CloseMode.Abort;

    /// <summary><paramref name="count"/> connections are due: tells how many of them are to be opened now. The rest are dropped.</summary>
    public int Open(BurstShare share, int count)
    {
        var opened = IsAborting ? 0 : (int)Math.Min(count, _settings.MaxOpen - OpenNow);
        Tally.RecordPlanned(count);
        Tally.RecordDropped(count - opened);
        Tally.RecordOpened(opened);
        Tally.RecordAttempt(isRetry: false, opened);
        share.Opened += opened;
        OpenNow += opened;
        return opened;
    }

    /// <summary>An attempt begins. The first one is counted with its connection.</summary>
    public void Begin(Ticket ticket)
    {
        var now = _loop.Now;
        ticket.Timings.BeginAttempt(now);
        if (++ticket.Attempts == 1)
        {
            ticket.Share.RecordStart(now);
            Tally.RecordStep(Step.StartLag, ticket.Timings);
        }
        else
        {
            StopWaiting(ticket);
            Tally.RecordAttempt(isRetry: true);
        }

        ticket.IsUnderWay = true;
        PeakOpen = Math.Max(PeakOpen, ++_sockets);
    }

    /// <summary>The attempt's connection is established: its SYN and its completion are stamped on <paramref name="link"/>.</summary>
    public void Establish(Ticket ticket, Link link)
    {
        ref var timings = ref ticket.Timings;
        (timings.SynSent, timings.Connected) = (link.SentAt, link.CompletedAt);
        if (_absences[ticket.Target] is var absence && absence.TryEnd(out var first, out var last))
        {
            Tally.RecordAbsence(absence.Tell(first, last, OfRun));
        }

        Tally.RecordEstablished();
        Tally.RecordStep(Step.LoopLag, timings.AttemptStarted, timings.SynSent);
        Tally.RecordStep(Step.Connect, timings);
    }

    /// <summary>A command has its whole reply: both are stamped on <paramref name="link"/>.</summary>
    public void Answer(Ticket ticket, Link link)
    {
        ref var timings = ref ticket.Timings;
        Tally.RecordStep(Step.LoopLag, timings.LastReply != 0 ? timings.LastReply : timings.Ready, link.SentAt);
        timings.LastReply = link.CompletedAt;
        if (timings.FirstReply == 0)
        {
            (timings.FirstSent, timings.FirstReply) = (link.SentAt, link.CompletedAt);
            Tally.RecordAnswered();
            Tally.RecordStep(Step.FirstReply, timings);
            Recover(ticket, timings.FirstReply);
        }
    }

    /// <summary>The script is done. What follows is the hold, if there is one.</summary>
    public void Serve(Ticket ticket)
    {
        ref var timings = ref ticket.Timings;
        timings.HoldStarted = timings.LastReply != 0 ? timings.LastReply : timings.Ready;
        Tally.RecordStep(Step.Script, timings);
        if (!ticket.IsServed)
        {
            ticket.IsServed = true;
            Tally.RecordStep(Step.Total, timings);
        }

        Recover(ticket, timings.HoldStarted); // where the script is empty
    }

    /// <summary>Everything since the last report, to be sent; with the endpoints that are absent now.</summary>
    public TallyData Take()
    {
        foreach (var absence in _absences)
        {
            if (absence.IsAbsent(out var first, out var last))
            {
                Tally.RecordAbsence(absence.Tell(first, last, OfRun));
            }
        }

        return Tally.Take();
    }

    /// <summary>A connection did all it had to, or was cancelled.</summary>
    public void End(Ticket ticket, Outcome outcome)
    {
        var now = _loop.Now;
        _breaker.Record(outcome, now);
        NeverReached &= ticket.Timings.Connected == 0;
        EndAttempt(ticket, isAborted: IsAbortive && ticket.Timings.Connected != 0);
        StopWaiting(ticket);
        Close(ticket, outcome, now);
    }

    /// <summary>An attempt failed: counts it and says what follows. <paramref name="stopped"/>: why nothing more may be opened from now on;
    /// null if that is as it was.</summary>
    public FailureDecision Fail(ConnectionFailedException failure, out string? stopped)
    {
        var (ticket, now) = (failure.Ticket, _loop.Now);
        Tally.RecordAttemptFailure(failure.Outcome);
        var at = failure.At != 0 ? failure.At : now;
        Cut(ticket, at);
        if (failure.Outcome is not (Outcome.LocalExhausted or Outcome.Crashed))
        {
            _absences[ticket.Target].Fail(at, isConnect: ticket.Timings.Connected == 0);
        }

        EndAttempt(ticket, isAborted: IsAbortive && LeavesOurs(failure.Outcome, ticket.Timings.Connected != 0));
        NeverReached &= ticket.Timings.Connected == 0 && failure.Outcome is not (Outcome.LocalExhausted or Outcome.Crashed);
        if (failure is RejectedException rejected)
        {
            Tally.RecordRejection(rejected.Prefix);
        }

        stopped = failure is ConnectionCrashedException { InnerException: LoopFailedException broken } && !IsAborting ? broken.Message : null;
        if (_breaker.Record(failure.Outcome, now))
        {
            stopped = _breaker.Reason;
        }

        IsAborting |= stopped is not null; // the supervisor's Abort is on its way; not one more attempt until then
        var decision = failure is ConnectionCrashedException ? FailureDecision.GiveUp : Decide(failure, now);
        if (decision.Directive != FailureDirective.Restart)
        {
            Close(ticket, failure.Outcome, now);
        }
        else
        {
            ticket.Timings.Connected = 0; // counted: if the run ends before the next attempt, there is no socket to end
            ticket.IsWaiting = true;
            Tally.RecordWaiting(begins: true);
        }

        return decision;
    }

    // Whether there was still a socket to be closed; with linger zero the kernel counts that of an unanswered SYN too.
    private static bool LeavesOurs(Outcome outcome, bool wasEstablished) => outcome switch
    {
        Outcome.Refused or Outcome.Reset or Outcome.Unreachable or Outcome.LocalExhausted => false,
        Outcome.ConnectTimeout => true,
        _ => wasEstablished,
    };

    private FailureDecision Decide(ConnectionFailedException failure, long now)
    {
        var rule = _settings.Supervision.Rules[failure.Outcome];
        if (rule.Directive != FailureDirective.Restart)
        {
            return new FailureDecision(rule.Directive, 0);
        }

        if (IsAborting || !failure.Ticket.TryRetry(failure.Outcome, rule, now, _loop.ToTicks(rule.Within), out var used))
        {
            return FailureDecision.GiveUp;
        }

        var delay = rule.Backoff.Delay(used, _random.NextDouble());
        return new FailureDecision(FailureDirective.Restart, delay > TimeSpan.Zero ? now + _loop.ToTicks(delay) : 0);
    }

    private void Close(Ticket ticket, Outcome outcome, long now)
    {
        ticket.IsEnded = true;
        ticket.Timings.Ended = now;
        OpenNow--;
        Tally.RecordEnded(outcome, ticket.Timings);
        ticket.Share.RecordEnd(outcome);
    }

    private double OfRun(long at) => Math.Round(_loop.Time.GetElapsedTime(_settings.RunStart, at).TotalSeconds, 3);

    // Whoever was served and is cut has something to recover; what fails on the way back to that was cut before.
    private void Cut(Ticket ticket, long at)
    {
        ref var timings = ref ticket.Timings;
        timings.EndHold(at, out var wasHolding);
        if (timings.FirstReply != 0 || wasHolding)
        {
            Tally.RecordCut();
            timings.CutAt = at;
        }
    }

    private void Recover(Ticket ticket, long at)
    {
        if (ticket.Timings.CutAt != 0)
        {
            Tally.RecordStep(Step.Recovery, ticket.Timings.CutAt, at);
            ticket.Timings.CutAt = 0;
        }
    }

    private void EndAttempt(Ticket ticket, bool isAborted)
    {
        Tally.RecordSocket(ticket.Timings.Connected != 0, isAborted);
        _sockets -= ticket.IsUnderWay ? 1 : 0;
        ticket.IsUnderWay = false;
    }

    private void StopWaiting(Ticket ticket)
    {
        if (ticket.IsWaiting)
        {
            ticket.IsWaiting = false;
            Tally.RecordWaiting(begins: false);
        }
    }
}

/// <summary>What follows a failed attempt.</summary>
/// <param name="Directive">Restart: another attempt.</param>
/// <param name="NotBefore">When that may begin, as a time stamp of the loop's clock; 0 is at once.</param>
internal readonly record struct FailureDecision(FailureDirective Directive, long NotBefore)
{
    /// <summary>The failure is the connection's outcome.</summary>
    public static FailureDecision GiveUp { get; } = new(FailureDirective.Stop, 0);
}
