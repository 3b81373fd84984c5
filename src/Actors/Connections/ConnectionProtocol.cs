using ActorLoad.Metrics;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Connections;

/// <summary>Messages between a <see cref="Lane"/> and its connections. They never leave their loop.</summary>
internal static class ConnectionProtocol
{
    /// <summary>Begin an attempt at <paramref name="NotBefore"/>, a time stamp of the loop's clock; 0 is at once.</summary>
    public sealed record Open(Ticket Ticket, long NotBefore) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>Close now, whatever is under way; answered with ConnectionEnded(Cancelled) unless it has ended already.</summary>
    public sealed record Cancel : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static Cancel Instance { get; } = new();
    }

    /// <summary>The connection has done all it had to, or was cancelled. Failures are thrown instead.</summary>
    public sealed record ConnectionEnded(Ticket Ticket, Outcome Outcome) : IDeadLetterSuppression, INoSerializationVerificationNeeded;
}
