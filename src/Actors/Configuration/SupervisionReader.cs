using System.Collections.Immutable;
using ActorLoad.Connections;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>supervision</c>: a rule for each cause, and the breaker.</summary>
internal static class SupervisionReader
{
    /// <summary>The policy; never null, but worthless if a problem was noted.</summary>
    public static SupervisionPolicy Read(SettingsReader supervision)
    {
        var rules = SupervisionPolicy.Causes.ToImmutableDictionary(cause => cause, cause => ReadRule(supervision.Section(cause.Name())));
        var breaker = supervision.Section("breaker");
        return new SupervisionPolicy(rules, new BreakerSettings(
            breaker.Flag("enabled") ?? default,
            breaker.Number("failure-ratio", 0, 1, minIncluded: false) ?? default,
            breaker.Duration("window", "100ms", "1h") ?? default,
            breaker.Integer("min-attempts", 1, 1_000_000) ?? default));
    }

    private static FailureRule ReadRule(SettingsReader rule)
    {
        var directive = rule.Choice<FailureDirective>("directive");
        var maxRetries = rule.Integer("max-retries", 0, 1000);
        var within = rule.Duration("within", "0s", "1d");
        if (directive == FailureDirective.Restart && maxRetries == 0)
            rule.Contradiction("directive", "max-retries", "directive = restart with max-retries = 0 never restarts",
                "directive = stop, or at least 1 retry");
        return new FailureRule(directive ?? default, maxRetries ?? default, within ?? default, ReadBackoff(rule.Section("backoff")));
    }

    private static BackoffSettings ReadBackoff(SettingsReader backoff)
    {
        var min = backoff.Duration("min", "0s", "1h");
        var max = backoff.Duration("max", "0s", "1h");
        var factor = backoff.Number("factor", 1, 100);
        var jitter = backoff.Number("jitter", 0, 1);
        if (max < min)
            backoff.Contradiction("min", "max", "min is longer than max", "max of at least min");
        return new BackoffSettings(min ?? default, max ?? default, factor ?? default, jitter ?? default);
    }
}
