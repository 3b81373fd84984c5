namespace ActorLoad.Configuration.Thresholds;

/// <summary>The names of the rules whose findings a threshold can count. A spec compares them with the rules themselves, which this floor
/// does not know.</summary>
internal static class FindingNames
{
    /// <summary>All names, in alphabetical order.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "accept-queue-overflow", "access-denied", "client-descriptors", "connection-resets", "conntrack-full", "error-replies",
        "generator-limited", "half-range-cliff", "line-loss", "long-round-trip", "maxclients", "memory-overcommit", "no-reply",
        "observer-lost", "one-endpoint", "port-exhaustion", "proxy-queue", "refused-on-the-way", "server-cpu", "server-descriptors",
        "server-restarted", "server-stalled", "server-unreachable", "syn-queue-overflow", "syn-retransmits", "time-wait", "tls-failed",
        "unexplained-failures", "wrong-protocol",
    ];
}
