using ActorLoad.Metrics;

namespace ActorLoad.Transport;

/// <summary>Outcomes of the faults of links.</summary>
public static class LinkFaults
{
    /// <summary>The outcome of a connection that ends by <paramref name="fault"/>; null if the fault is not the connection's own.</summary>
    /// <param name="fault">What happened.</param>
    /// <param name="isConnecting">True before the connection was established.</param>
    public static Outcome? ToOutcome(this LinkFault fault, bool isConnecting) => fault switch
    {
        LinkFault.Refused => Outcome.Refused,
        LinkFault.Reset => Outcome.Reset,
        LinkFault.TimedOut or LinkFault.Unanswered => isConnecting ? Outcome.ConnectTimeout : Outcome.ReplyTimeout,
        LinkFault.PeerClosed => Outcome.PeerClosed,
        LinkFault.TlsFailed => Outcome.TlsFailed,
        LinkFault.Unreachable => Outcome.Unreachable,
        LinkFault.LocalExhausted => Outcome.LocalExhausted,
        _ => null,
    };
}
