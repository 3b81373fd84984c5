using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>A failed attempt. The connection throws it, and its cohort decides what follows.</summary>
public abstract class ConnectionFailedException : Exception
{
    private protected ConnectionFailedException(ConnectionRecord entry, Outcome outcome, Exception? inner = null)
        : base(outcome.Name(), inner) => (Entry, Outcome) = (entry, outcome);

    /// <summary>The cause, and the outcome if the connection is given up.</summary>
    public Outcome Outcome { get; }

    internal ConnectionRecord Entry { get; }

    /// <summary>True if the loop itself has failed.</summary>
    internal bool IsLoopLost => InnerException is LoopFailedException;

    /// <summary>When the loop saw the failure, as a time stamp of its clock; 0 if unknown.</summary>
    internal long At { get; set; }

    /// <summary>What a connection throws when its link fails.</summary>
    internal static Exception For(ConnectionRecord entry, LinkFailed failed, bool isOpening) => failed.Fault switch
    {
        LinkFault.LoopFailed => new LoopFailedException(failed.Detail),
        LinkFault.TlsFailed => new TlsFailedException(entry, failed.Detail),
        var fault when fault.ToOutcome(isOpening) is { } outcome => For(entry, outcome),
        _ => new InvalidOperationException($"the transport failed with {failed.Detail}, which has no known meaning"),
    };

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

/// <summary>The port has no listener.</summary>
public sealed class ConnectionRefusedException : ConnectionFailedException
{
    internal ConnectionRefusedException(ConnectionRecord entry)
        : base(entry, Outcome.Refused)
    {
    }
}

/// <summary>The peer sent a RST.</summary>
public sealed class ConnectionResetException : ConnectionFailedException
{
    internal ConnectionResetException(ConnectionRecord entry)
        : base(entry, Outcome.Reset)
    {
    }
}

/// <summary>The connect exceeded its time limit.</summary>
public sealed class ConnectTimeoutException : ConnectionFailedException
{
    internal ConnectTimeoutException(ConnectionRecord entry)
        : base(entry, Outcome.ConnectTimeout)
    {
    }
}

/// <summary>A reply exceeded its time limit.</summary>
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

/// <summary>The peer sent bytes that are not RESP, or that are not a reply.</summary>
public sealed class ProtocolErrorException : ConnectionFailedException
{
    internal ProtocolErrorException(ConnectionRecord entry, StrangeReply reply)
        : base(entry, Outcome.ProtocolError) => Reply = reply;

    /// <summary>The strange reply.</summary>
    public StrangeReply Reply { get; }
}

/// <summary>The TLS handshake failed, or an alert ended the connection.</summary>
public sealed class TlsFailedException : ConnectionFailedException
{
    internal TlsFailedException(ConnectionRecord entry, string reason)
        : base(entry, Outcome.TlsFailed) => Reason = reason;

    /// <summary>Why, in words.</summary>
    public string Reason { get; }
}

/// <summary>No route to the target.</summary>
public sealed class TargetUnreachableException : ConnectionFailedException
{
    internal TargetUnreachableException(ConnectionRecord entry)
        : base(entry, Outcome.Unreachable)
    {
    }
}

/// <summary>This machine has no descriptor, port or buffer left for us.</summary>
public sealed class LocalExhaustedException : ConnectionFailedException
{
    internal LocalExhaustedException(ConnectionRecord entry)
        : base(entry, Outcome.LocalExhausted)
    {
    }
}

/// <summary>An exception of unknown type, kept as the inner exception: a bug in ActorLoad.</summary>
public sealed class ConnectionCrashedException : ConnectionFailedException
{
    internal ConnectionCrashedException(ConnectionRecord entry, Exception bug)
        : base(entry, Outcome.Crashed, bug)
    {
    }
}
