using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>An attempt failed in a way that supervision has a rule for. It is thrown by a connection and decided on by its lane.</summary>
public abstract class ConnectionFailedException : Exception
{
    private protected ConnectionFailedException(Ticket ticket, Outcome outcome, Exception? inner = null)
        : base(outcome.Name(), inner) => (Ticket, Outcome) = (ticket, outcome);

    /// <summary>The cause, and the outcome if the connection is given up.</summary>
    public Outcome Outcome { get; }

    internal Ticket Ticket { get; }

    /// <summary>When the loop learned of it, as a time stamp of its clock; 0 if that is not known.</summary>
    internal long At { get; set; }

    /// <summary>The exception type for <paramref name="outcome"/>.</summary>
    internal static ConnectionFailedException For(Ticket ticket, Outcome outcome) => outcome switch
    {
        Outcome.Refused => new ConnectionRefusedException(ticket),
        Outcome.Reset => new ConnectionResetException(ticket),
        Outcome.ConnectTimeout => new ConnectTimeoutException(ticket),
        Outcome.ReplyTimeout => new ReplyTimeoutException(ticket),
        Outcome.PeerClosed => new PeerClosedException(ticket),
        Outcome.Unreachable => new TargetUnreachableException(ticket),
        Outcome.LocalExhausted => new LocalExhaustedException(ticket),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "has no exception of its own"),
    };
}

/// <summary>Nobody listens.</summary>
public sealed class ConnectionRefusedException : ConnectionFailedException
{
    internal ConnectionRefusedException(Ticket ticket)
        : base(ticket, Outcome.Refused)
    {
    }
}

/// <summary>A RST came.</summary>
public sealed class ConnectionResetException : ConnectionFailedException
{
    internal ConnectionResetException(Ticket ticket)
        : base(ticket, Outcome.Reset)
    {
    }
}

/// <summary>The connect took longer than it may.</summary>
public sealed class ConnectTimeoutException : ConnectionFailedException
{
    internal ConnectTimeoutException(Ticket ticket)
        : base(ticket, Outcome.ConnectTimeout)
    {
    }
}

/// <summary>A reply took longer than it may.</summary>
public sealed class ReplyTimeoutException : ConnectionFailedException
{
    internal ReplyTimeoutException(Ticket ticket)
        : base(ticket, Outcome.ReplyTimeout)
    {
    }
}

/// <summary>The peer closed before we were done.</summary>
public sealed class PeerClosedException : ConnectionFailedException
{
    internal PeerClosedException(Ticket ticket)
        : base(ticket, Outcome.PeerClosed)
    {
    }
}

/// <summary>The server answered with an error.</summary>
public sealed class RejectedException : ConnectionFailedException
{
    internal RejectedException(Ticket ticket, string prefix)
        : base(ticket, Outcome.Rejected) => Prefix = prefix;

    /// <summary>The error's prefix, such as <c>NOAUTH</c>.</summary>
    public string Prefix { get; }
}

/// <summary>What came is not RESP, or not an answer.</summary>
public sealed class ProtocolErrorException : ConnectionFailedException
{
    internal ProtocolErrorException(Ticket ticket, StrangeReply reply)
        : base(ticket, Outcome.ProtocolError) => Reply = reply;

    /// <summary>What came.</summary>
    public StrangeReply Reply { get; }
}

/// <summary>No route to the target.</summary>
public sealed class TargetUnreachableException : ConnectionFailedException
{
    internal TargetUnreachableException(Ticket ticket)
        : base(ticket, Outcome.Unreachable)
    {
    }
}

/// <summary>This machine has no more descriptors, ports or buffers for us.</summary>
public sealed class LocalExhaustedException : ConnectionFailedException
{
    internal LocalExhaustedException(Ticket ticket)
        : base(ticket, Outcome.LocalExhausted)
    {
    }
}

/// <summary>An exception of no known type: a bug in ActorLoad, which is the inner exception.</summary>
public sealed class ConnectionCrashedException : ConnectionFailedException
{
    internal ConnectionCrashedException(Ticket ticket, Exception bug)
        : base(ticket, Outcome.Crashed, bug)
    {
    }
}
