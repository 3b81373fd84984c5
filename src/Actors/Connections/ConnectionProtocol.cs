using ActorLoad.Metrics;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Connections;

/// <summary>Messages between a <see cref="Lane"/>, its cohorts and their connections. They never leave their loop.</summary>
internal static class ConnectionProtocol
{
    /// <summary>For a cohort: open those of the connections from <paramref name="First"/> on whose bit is set in <paramref name="Which"/>, the lowest bit
    /// for the first; they were due at the time stamp <paramref name="Due"/>.</summary>
    public sealed record OpenConnections(BurstShare Share, int First, ulong Which, long Due) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>From a cohort: the last connection of the lane's share has its outcome.</summary>
    public sealed record ShareDone(BurstShare Share) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>From a cohort: with one of its failures an endpoint was given up.</summary>
    public sealed record GaveUp(string Endpoint, string Reason) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>From a cohort: with one of its failures the lane has stopped opening connections.</summary>
    public sealed record StoppedOpening(string Reason) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>For a connection: begin an attempt at <paramref name="NotBefore"/>, a time stamp of the loop's clock; 0 is at once.</summary>
    public sealed record Open(ConnectionRecord Entry, long NotBefore) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>For cohorts and connections: close now, whatever is under way; answered with ConnectionEnded(Cancelled) unless it has ended already.</summary>
    public sealed record Cancel : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static Cancel Instance { get; } = new();
    }

    /// <summary>The connection has done all it had to, or was cancelled. Failures are thrown instead.</summary>
    public sealed record ConnectionEnded(ConnectionRecord Entry, Outcome Outcome) : IDeadLetterSuppression, INoSerializationVerificationNeeded;
}
