using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>An attempt failed in a way that supervision has a rule for. It is thrown by a connection and decided on by its lane.</summary>
public abstract class ConnectionFailedException : Exception
{
    private protected ConnectionFailedException(ConnectionRecord entry, Outcome outcome, Exception? inner = null)
        : base(outcome.Name(), inner) => (Entry, Outcome) = (entry, outcome);

    /// <summary>The cause, and the outcome if the connection is given up.</summary>
    public Outcome Outcome { get; }

    internal ConnectionRecord Entry { get; }

    /// <summary>When the loop learned of it, as a time stamp of its clock; 0 if that is not known.</summary>
    internal long At { get; set; }

    /// <summary>The exception type for <paramref name="outcome"/>.</summary>
    internal static ConnectionFailedException For(ConnectionRecord entry, Outcome outcome) => outcome switch
    {
        Outcome.Refused => new ConnectionRefusedException(entry),
        Outcome.Reset => new ConnectionResetException(entry),
        Outcome.ConnectTimeout => new ConnectTimeoutException(entry),
        Outcome.ReplyTimeout => new ReplyTimeoutException(entry),
        Outcome.PeerClosed => new PeerClosedException(entry),
        Outcome.Unreachable => new TargetUnreachableException(entry),
        Outcome.LocalExhausted => new LocalExhaustedException(entry),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "has no exception of its own"),
    };
}

/// <summary>Nobody listens.</summary>
public sealed class ConnectionRefusedException : ConnectionFailedException
{
    internal ConnectionRefusedException(ConnectionRecord entry)
        : base(entry, Outcome.Refused)
    {
    }
}

/// <summary>A RST came.</summary>
public sealed class ConnectionResetException : ConnectionFailedException
{
    internal ConnectionResetException(ConnectionRecord entry)
        : base(entry, Outcome.Reset)
    {
    }
}

/// <summary>The connect took longer than it may.</summary>
public sealed class ConnectTimeoutException : ConnectionFailedException
{
    internal ConnectTimeoutException(ConnectionRecord entry)
        : base(entry, Outcome.ConnectTimeout)
    {
    }
}

/// <summary>A reply took longer than it may.</summary>
public sealed class ReplyTimeoutException : ConnectionFailedException
{
    internal ReplyTimeoutException(ConnectionRecord entry)
        : base(entry, Outcome.ReplyTimeout)
    {
    }
}

/// <summary>The peer closed before we were done.</summary>
public sealed class PeerClosedException : ConnectionFailedException
{
    internal PeerClosedException(ConnectionRecord entry)
        : base(entry, Outcome.PeerClosed)
    {
    }
}

/// <summary>The server answered with an error.</summary>
public sealed class RejectedException : ConnectionFailedException
{
    internal RejectedException(ConnectionRecord entry, string prefix)
        : base(entry, Outcome.Rejected) => Prefix = prefix;

    /// <summary>The error's prefix, such as <c>NOAUTH</c>.</summary>
    public string Prefix { get; }
}

/// <summary>What came is not RESP, or not an answer.</summary>
public sealed class ProtocolErrorException : ConnectionFailedException
{
    internal ProtocolErrorException(ConnectionRecord entry, StrangeReply reply)
        : base(entry, Outcome.ProtocolError) => Reply = reply;

    /// <summary>What came.</summary>
    public StrangeReply Reply { get; }
}

/// <summary>No route to the target.</summary>
public sealed class TargetUnreachableException : ConnectionFailedException
{
    internal TargetUnreachableException(ConnectionRecord entry)
        : base(entry, Outcome.Unreachable)
    {
    }
}

/// <summary>This machine has no more descriptors, ports or buffers for us.</summary>
public sealed class LocalExhaustedException : ConnectionFailedException
{
    internal LocalExhaustedException(ConnectionRecord entry)
        : base(entry, Outcome.LocalExhausted)
    {
    }
}

/// <summary>An exception of no known type: a bug in ActorLoad, which is the inner exception.</summary>
public sealed class ConnectionCrashedException : ConnectionFailedException
{
    internal ConnectionCrashedException(ConnectionRecord entry, Exception bug)
        : base(entry, Outcome.Crashed, bug)
    {
    }
}
