using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>What a lane and its squads know of their connections: counts, breaker, retries. Confined to the lane's loop.</summary>
internal sealed class LaneBooks
{
    private readonly LaneSettings _settings;
    private readonly TransportLoop _loop;
    private readonly Breaker _breaker;
    private readonly Random _random;

    public LaneBooks(LaneSettings settings, TransportLoop loop)
    {
        (_settings, _loop) = (settings, loop);
        Tally = new Tally(loop.Time.TimestampFrequency);
        var breaker = settings.Supervision.Breaker;
        _breaker = new Breaker(breaker, loop.ToTicks(breaker.Window));
        _random = new Random(settings.Seed + settings.Lane);
    }

    /// <summary>Everything since the last report.</summary>
    public Tally Tally { get; }

    /// <summary>Connections without an outcome.</summary>
    public long OpenNow { get; private set; }

    /// <summary>Most of them at once.</summary>
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
        PeakOpen = Math.Max(PeakOpen, OpenNow);
        return opened;
    }

    /// <summary>A connection did all it had to, or was cancelled.</summary>
    public void End(Ticket ticket, Outcome outcome)
    {
        var now = _loop.Now;
        _breaker.Record(outcome, now);
        NeverReached &= ticket.Timings.Connected == 0;
        Tally.RecordSocket(ticket.Timings.Connected != 0, IsAbortive && ticket.Timings.Connected != 0);
        Close(ticket, outcome, now);
    }

    /// <summary>An attempt failed: counts it and says what follows. <paramref name="stopped"/>: why nothing more may be opened from now on;
    /// null if that is as it was.</summary>
    public FailureDecision Fail(ConnectionFailedException failure, out string? stopped)
    {
        var (ticket, now) = (failure.Ticket, _loop.Now);
        CountRetries(ticket);
        Tally.RecordAttemptFailure(failure.Outcome);
        Tally.RecordSocket(ticket.Timings.Connected != 0, IsAbortive && LeavesOurs(failure.Outcome, ticket.Timings.Connected != 0));
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

        if (IsAborting || !failure.Ticket.TryRetry(failure.Outcome, rule, HasRecovered(failure.Ticket, rule, now), out var inRow))
        {
            return FailureDecision.GiveUp;
        }

        var delay = rule.Backoff.Delay(inRow, _random.NextDouble());
        return new FailureDecision(FailureDirective.Restart, delay > TimeSpan.Zero ? now + _loop.ToTicks(delay) : 0);
    }

    private bool HasRecovered(Ticket ticket, FailureRule rule, long now) =>
        ticket.Timings.Connected != 0 && rule.Within > TimeSpan.Zero && now - ticket.Timings.Connected >= _loop.ToTicks(rule.Within);

    private void Close(Ticket ticket, Outcome outcome, long now)
    {
        CountRetries(ticket);
        ticket.IsEnded = true;
        ticket.Timings.Ended = now;
        OpenNow--;
        Tally.RecordEnded(outcome, ticket.Timings);
        ticket.Share.RecordEnd(outcome);
    }

    // An attempt is counted when it has begun: one that was cancelled while it waited for its backoff never was one.
    private void CountRetries(Ticket ticket)
    {
        Tally.RecordAttempt(isRetry: true, ticket.Attempts - ticket.Counted);
        ticket.Counted = ticket.Attempts;
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
