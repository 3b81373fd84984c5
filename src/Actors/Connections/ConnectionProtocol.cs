using ActorLoad.Metrics;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Connections;

/// <summary>Messages between a <see cref="Lane"/>, its cohorts and their connections. They never leave their loop.</summary>
internal static class ConnectionProtocol
{
    /// <summary>
    /// For a cohort: open the connections whose bit is set in <paramref name="Which"/>. The lowest bit is connection
    /// <paramref name="First"/>. They were due at the time stamp <paramref name="Due"/>.
    /// </summary>
    public sealed record OpenConnections(BurstShare Share, int First, ulong Which, long Due)
        : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        /// <summary>From the connection of one bit to that of the next.</summary>
        public int Step { get; init; } = 1;

        /// <summary>The due time of each bit's connection, if they differ.</summary>
        public long[]? Dues { get; init; }

        /// <summary>Targets that they pass: see <see cref="TargetHealth.Passed"/>.</summary>
        public int Passed { get; init; }

        /// <summary>False if the cohort will get more connections.</summary>
        public bool IsLast { get; init; } = true;
    }

    /// <summary>From a cohort: every connection of the lane's share has its outcome.</summary>
    public sealed record ShareDone(BurstShare Share) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>From a cohort: a failure made the breaker give up an endpoint.</summary>
    public sealed record GaveUp(string Endpoint, string Reason) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>From a cohort: a failure made the lane stop opening connections.</summary>
    public sealed record StoppedOpening(string Reason, bool IsLoopLost) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>For a connection: begin an attempt at the time stamp <paramref name="NotBefore"/>; 0 means at once.</summary>
    public sealed record Open(ConnectionRecord Entry, long NotBefore) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>For an idle connection: a use of a later burst takes it over. It was idle for so long that it has to answer PING first, if
    /// <paramref name="IsTested"/>.</summary>
    public sealed record Borrow(ConnectionRecord Entry, bool IsTested) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>For an idle connection: it was closed. From there to its cohort: it has ended.</summary>
    public sealed record IdleOver : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static IdleOver Instance { get; } = new();
    }

    /// <summary>From a cohort: a connection of a population has closed, and its place is free.</summary>
    public sealed record PlaceFree(BurstShare Share) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>For a cohort: retire this part of its connections, 0 to 1.</summary>
    public sealed record RetirePart(BurstShare Share, double Part) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>For a kept connection: close when the script is done. It ends as succeeded.</summary>
    public sealed record Retire : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static Retire Instance { get; } = new();
    }

    /// <summary>For cohorts and connections: close now. A connection that has not ended answers ConnectionEnded(Cancelled).</summary>
    public sealed record Cancel : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static Cancel Instance { get; } = new();
    }

    /// <summary>From a connection: it has finished or was cancelled. Failures are thrown instead.</summary>
    public sealed record ConnectionEnded(ConnectionRecord Entry, Outcome Outcome)
        : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        /// <summary>True if only its use has ended, and was counted: it stays open in the pool.</summary>
        public bool IsKept { get; init; }
    }
}
