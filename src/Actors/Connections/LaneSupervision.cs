using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>Decides what a failed attempt means, by the policy of the run file and the breakers. Confined to the lane's loop.</summary>
/// <param name="settings">The lane's.</param>
/// <param name="loop">Its loop.</param>
/// <param name="endpoints">Its endpoints, which count failures and give up.</param>
/// <param name="random">Its random numbers.</param>
internal sealed class LaneSupervision(LaneSettings settings, TransportLoop loop, LaneEndpoint[] endpoints, Random random)
{
    /// <summary>Counts a failure with its endpoint: the reason if that is given up, and the one for which the lane stops opening.</summary>
    public (ConnectionProtocol.GaveUp? GivenUp, string? Stopped) Judge(ConnectionFailedException failure, long now, bool isAborting)
    {
        var stopped = failure.IsLoopLost && !isAborting ? failure.InnerException!.Message : null;
        if (endpoints[failure.Entry.Endpoint].Fail(failure, now) is not { } reason)
        {
            return (null, stopped);
        }

        var all = settings.Health.Endpoints;
        return (new ConnectionProtocol.GaveUp(all[failure.Entry.Endpoint].Name, reason),
            !settings.Health.IsEveryEndpointGivenUp ? stopped
            : all.Length == 1 ? reason
            : $"breaker: each of the {all.Length} endpoints was given up");
    }

    /// <summary>True if we still had a socket to close. With linger zero, the kernel counts the socket of an unanswered SYN too.</summary>
    public static bool LeavesOurs(Outcome outcome, bool wasEstablished) => outcome switch
    {
        Outcome.Refused or Outcome.Reset or Outcome.Unreachable or Outcome.LocalExhausted => false,
        Outcome.ConnectTimeout => true,
        _ => wasEstablished,
    };

    /// <summary>What follows a failed attempt, by the rule of its cause.</summary>
    public FailureDecision Decide(ConnectionFailedException failure, long now, bool isAborting)
    {
        var rule = settings.Supervision.Rules[failure.Outcome];
        if (rule.Directive != FailureDirective.Restart)
        {
            return new FailureDecision(rule.Directive, 0);
        }

        var isPhaseOver = failure.Entry is { IsRetired: true, Share.IsOpening: false };
        if (isAborting || isPhaseOver || settings.Health.Endpoints[failure.Entry.Endpoint].IsGivenUp
            || !failure.Entry.TryRetry(failure.Outcome, rule, HasRecovered(failure.Entry, rule, now), out var inRow))
        {
            return FailureDecision.GiveUp;
        }

        var delay = rule.Backoff.Delay(inRow, random.NextDouble());
        return new FailureDecision(FailureDirective.Restart, delay > TimeSpan.Zero ? now + loop.ToTicks(delay) : 0);
    }

    private bool HasRecovered(ConnectionRecord entry, FailureRule rule, long now) =>
        entry.Timings.Connected != 0 && rule.Within > TimeSpan.Zero && now - entry.Timings.Connected >= loop.ToTicks(rule.Within);
}
