using System.Collections.Immutable;
using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>The reaction of supervision to a failed attempt.</summary>
public enum FailureDirective
{
    /// <summary>A new attempt by the same connection after its backoff, while it has retries left; then stop.</summary>
    Restart,

    /// <summary>The connection ends with the failure as its outcome.</summary>
    Stop,

    /// <summary>The failure aborts the whole run.</summary>
    Escalate,
}

/// <summary>Delays between attempts: <c>min * factor^retry</c>, at most <c>max</c>, spread by +/- <c>jitter</c>.</summary>
/// <param name="Min">Delay before the first retry, 0 or more.</param>
/// <param name="Max">Longest delay, at least <paramref name="Min"/>.</param>
/// <param name="Factor">Growth from one retry to the next, 1 or more.</param>
/// <param name="Jitter">Random share of the delay, 0 to 1.</param>
public sealed record BackoffSettings(TimeSpan Min, TimeSpan Max, double Factor, double Jitter)
{
    /// <summary>The delay before retry number <paramref name="retry"/> (from 0); <paramref name="random"/> is 0 to 1.</summary>
    public TimeSpan Delay(int retry, double random)
    {
        var plain = Math.Min(Min.Ticks * Math.Pow(Factor, retry), Max.Ticks);
        var spread = plain * (1 + (Jitter * ((2 * random) - 1)));
        return TimeSpan.FromTicks((long)Math.Min(spread, Max.Ticks));
    }
}

/// <summary>The rule for one cause of failure (<c>supervision.&lt;cause&gt;</c>).</summary>
/// <param name="Directive">The reaction.</param>
/// <param name="MaxRetries">Retries of one connection in its whole life, 0 or more.</param>
/// <param name="Within">An attempt that stays established this long has recovered: after its failure, the backoff begins again. Used
/// retries stay used. 0: the backoff never begins again.</param>
/// <param name="Backoff">Delay before each retry.</param>
public sealed record FailureRule(FailureDirective Directive, int MaxRetries, TimeSpan Within, BackoffSettings Backoff)
{
    /// <summary>Longest sum of the delays between a connection's attempts.</summary>
    public TimeSpan Patience
    {
        get
        {
            var sum = TimeSpan.Zero;
            for (var retry = 0; Directive == FailureDirective.Restart && retry < MaxRetries; retry++)
            {
                var delay = Backoff.Delay(retry, random: 1);
                if (retry > 0 && delay == Backoff.Delay(retry - 1, random: 1))
                {
                    return sum + ((MaxRetries - retry) * delay); // the delay has stopped growing
                }

                sum += delay;
            }

            return sum;
        }
    }
}

/// <summary>Limits for giving up a failing endpoint (<c>supervision.breaker</c>). A run without another endpoint is aborted.</summary>
/// <param name="Enabled">Off lets a run storm endpoints that are down.</param>
/// <param name="FailureRatio">Share of failed attempts in the window that trips it, above 0 to 1.</param>
/// <param name="Window">Age up to which attempts count.</param>
/// <param name="MinAttempts">Attempts that the window must hold before it may trip.</param>
public sealed record BreakerSettings(bool Enabled, double FailureRatio, TimeSpan Window, int MinAttempts);

/// <summary>The supervision of a run's connections (<c>actorload.supervision</c>).</summary>
/// <param name="Rules">One rule for each failure that a connection can throw.</param>
/// <param name="Breaker">Limits for giving an endpoint up.</param>
public sealed record SupervisionPolicy(ImmutableDictionary<Outcome, FailureRule> Rules, BreakerSettings Breaker)
{
    /// <summary>The longest patience of any rule. An endpoint that was well has this time to come back.</summary>
    public TimeSpan Patience => Rules.Values.Select(rule => rule.Patience).DefaultIfEmpty().Max();

    /// <summary>The outcomes with a rule of their own: every failure but a crash. A crash always stops its connection.</summary>
    public static IReadOnlyList<Outcome> Causes { get; } =
        [.. Outcomes.All.Where(outcome => outcome.IsFailure() && outcome != Outcome.Crashed)];
}

/// <summary>The decision after a failed attempt.</summary>
/// <param name="Directive">Restart means another attempt.</param>
/// <param name="NotBefore">Earliest start of that attempt, as a time stamp of the loop's clock; 0 means at once.</param>
internal readonly record struct FailureDecision(FailureDirective Directive, long NotBefore)
{
    /// <summary>The failure becomes the connection's outcome.</summary>
    public static FailureDecision GiveUp { get; } = new(FailureDirective.Stop, 0);

    /// <summary>The endpoint that was given up because of this failure, or null.</summary>
    public ConnectionProtocol.GaveUp? GivenUp { get; init; }

    /// <summary>The reason to open no more connections from now on, or null.</summary>
    public string? Stopped { get; init; }
}
