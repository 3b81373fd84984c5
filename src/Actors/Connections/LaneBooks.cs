using System.Net;
using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>What a lane, its squads and their connections know of the connections: counts, breaker, retries. Confined to the lane's loop.</summary>
internal sealed class LaneBooks
{
    private readonly LaneSettings _settings;
    private readonly TransportLoop _loop;
    private readonly Breaker[] _breakers;
    private readonly AttemptSteps _steps;
    private readonly Random _random;

    public LaneBooks(LaneSettings settings, TransportLoop loop)
    {
        (_settings, _loop) = (settings, loop);
        var (endpoints, supervision, frequency) = (settings.Health.Endpoints, settings.Supervision, loop.Time.TimestampFrequency);
        Tallies = new EndpointTallies(frequency, endpoints.Length);
        _breakers = [.. endpoints.Select(endpoint => new Breaker(supervision.Breaker, supervision.Patience, endpoint, frequency))];
        _steps = new AttemptSteps(
            Tallies, endpoints.Select(endpoint => endpoint.Name), at => Math.Round(loop.Time.GetElapsedTime(settings.RunStart, at).TotalSeconds, 3));
        _random = new Random(settings.Seed + settings.Lane);
    }

    /// <summary>Everything since the last report, for each endpoint.</summary>
    public EndpointTallies Tallies { get; }

    /// <summary>Connections without an outcome.</summary>
    public long OpenNow { get; private set; }

    /// <summary>Most of them that had a socket at once.</summary>
    public long PeakOpen => _steps.PeakUnderWay;

    /// <summary>True while no attempt was ever established, and none failed for want of our own resources.</summary>
    public bool NeverReached { get; private set; } = true;

    /// <summary>True when nothing more may be opened.</summary>
    public bool IsAborting { get; set; }

    /// <summary>True once a crash has been logged: one of a run is enough.</summary>
    public bool HasLoggedCrash { get; set; }

    private TargetHealth Health => _settings.Health;

    private bool IsAbortive => _settings.Connection.Socket.Close == CloseMode.Abort;

    /// <summary><paramref name="count"/> connections from <paramref name="first"/> on are due: tells which of them are to be opened now, a bit for each,
    /// the lowest for the first. The rest are dropped: max-open was reached, or their endpoint was given up.</summary>
    public ulong Open(BurstShare share, int first, int count)
    {
        var (which, opened, room) = (0UL, 0, IsAborting ? 0 : Math.Min(count, _settings.MaxOpen - OpenNow));
        for (var index = 0; index < count; index++)
        {
            var endpoint = Health.EndpointOf(Health.TargetOf(share.Turn + first + index));
            var (tally, isGivenUp) = (Tallies[endpoint], Health.Endpoints[endpoint].IsGivenUp);
            tally.RecordPlanned(1);
            if (opened >= room || isGivenUp)
            {
                tally.RecordDropped(1, isGivenUp);
                continue;
            }

            tally.RecordOpened();
            tally.RecordAttempt(isRetry: false);
            which |= 1UL << index;
            opened++;
        }

        share.Opened += opened;
        OpenNow += opened;
        return which;
    }

    /// <summary>The ticket of a connection that is to be opened.</summary>
    public Ticket Ticket(BurstShare share, int client, long due)
    {
        var target = Health.TargetOf(share.Turn + client);
        return new Ticket(share, client, due, target, Health.EndpointOf(target));
    }

    /// <summary>Where a connection goes.</summary>
    public IPEndPoint AddressOf(Ticket ticket) => Health.AddressOf(ticket.Target);

    /// <summary>True if a connection that waits for its next attempt need not make it.</summary>
    public bool IsGivenUp(Ticket ticket) => Health.Endpoints[ticket.Endpoint].IsGivenUp;

    /// <summary>Everything since the last report, for each endpoint, to be sent.</summary>
    public IReadOnlyList<TallyData> Take() => _steps.Take();

    /// <summary>An attempt begins.</summary>
    public void Begin(Ticket ticket) => _steps.Begin(ticket, _loop.Now);

    /// <summary>An attempt is established.</summary>
    public void Establish(Ticket ticket, Link link)
    {
        _steps.Establish(ticket, link);
        _breakers[ticket.Endpoint].Establish();
    }

    /// <summary>A command has its whole reply.</summary>
    public void Answer(Ticket ticket, Link link) => _steps.Answer(ticket, link);

    /// <summary>An attempt has all its replies.</summary>
    public void Serve(Ticket ticket)
    {
        if (ticket.IsServed)
        {
            return;
        }

        _steps.Serve(ticket);
        ticket.IsServed = true;
        _breakers[ticket.Endpoint].Serve(ticket.Timings.HoldStarted);
    }

    /// <summary>A connection did all it had to, was cancelled, or will not try again what failed.</summary>
    public void End(Ticket ticket, Outcome outcome)
    {
        var (now, wasEstablished) = (_loop.Now, ticket.Timings.Connected != 0);
        if (outcome == Outcome.Succeeded)
        {
            _breakers[ticket.Endpoint].Succeed(now);
        }
        else if (wasEstablished)
        {
            _breakers[ticket.Endpoint].Leave(ticket.IsServed);
        }

        NeverReached &= !wasEstablished;
        _steps.End(ticket, IsAbortive && wasEstablished);
        Close(ticket, outcome, now);
    }

    /// <summary>An attempt failed: counts it and says what follows.</summary>
    public FailureDecision Fail(ConnectionFailedException failure)
    {
        var (ticket, now, wasEstablished) = (failure.Ticket, _loop.Now, failure.Ticket.Timings.Connected != 0);
        var tally = Tallies[ticket.Endpoint];
        tally.RecordAttemptFailure(failure.Outcome);
        _steps.Fail(ticket, failure.Outcome, failure.At != 0 ? failure.At : now);
        _steps.End(ticket, IsAbortive && LeavesOurs(failure.Outcome, wasEstablished));
        NeverReached &= !wasEstablished && failure.Outcome is not (Outcome.LocalExhausted or Outcome.Crashed);
        if (failure is RejectedException rejected)
        {
            tally.RecordRejection(rejected.Prefix);
        }

        ConnectionProtocol.GaveUp? givenUp = null;
        var stopped = failure is ConnectionCrashedException { InnerException: LoopFailedException broken } && !IsAborting ? broken.Message : null;
        var breaker = _breakers[ticket.Endpoint];
        if (breaker.Fail(failure.Outcome, wasEstablished, ticket.IsServed, now))
        {
            givenUp = new ConnectionProtocol.GaveUp(Health.Endpoints[ticket.Endpoint].Name, breaker.Reason);
            stopped = !Health.IsEveryEndpointGivenUp ? stopped
                : Health.Endpoints.Length == 1 ? breaker.Reason
                : $"breaker: each of the {Health.Endpoints.Length} endpoints was given up";
        }

        IsAborting |= stopped is not null; // the supervisor's Abort is on its way; not one more attempt until then
        var decision = failure is ConnectionCrashedException ? FailureDecision.GiveUp : Decide(failure, now);
        if (decision.Directive != FailureDirective.Restart)
        {
            Close(ticket, failure.Outcome, now);
        }
        else
        {
            // Counted: if the run ends before the next attempt, there is no socket to end.
            (ticket.Timings.Connected, ticket.IsServed, ticket.LastFailure) = (0, false, failure.Outcome);
            _steps.Wait(ticket);
        }

        return decision with { GivenUp = givenUp, Stopped = stopped };
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

        if (IsAborting || IsGivenUp(failure.Ticket) || !failure.Ticket.TryRetry(failure.Outcome, rule, HasRecovered(failure.Ticket, rule, now), out var inRow))
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
        ticket.IsEnded = true;
        ticket.Timings.Ended = now;
        OpenNow--;
        Tallies[ticket.Endpoint].RecordEnded(outcome, ticket.Timings);
        ticket.Share.RecordEnd(outcome);
    }
}

/// <summary>What follows a failed attempt.</summary>
/// <param name="Directive">Restart: another attempt.</param>
/// <param name="NotBefore">When that may begin, as a time stamp of the loop's clock; 0 is at once.</param>
internal readonly record struct FailureDecision(FailureDirective Directive, long NotBefore)
{
    /// <summary>The failure is the connection's outcome.</summary>
    public static FailureDecision GiveUp { get; } = new(FailureDirective.Stop, 0);

    /// <summary>The endpoint that was given up for it; null if none was.</summary>
    public ConnectionProtocol.GaveUp? GivenUp { get; init; }

    /// <summary>Why nothing more may be opened from now on; null if that is as it was.</summary>
    public string? Stopped { get; init; }
}
