namespace ActorLoad.Observers.Server;

/// <summary>A server cannot be asked; the message is the end of a sentence that begins with its address.</summary>
/// <param name="reason">What it did: "refused the connection ...".</param>
/// <param name="cause">The exception behind it; null if the server said the reason.</param>
public sealed class ServerUnavailableException(string reason, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>True if asking again would end in the same way: a password, a permission, another protocol.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The error that the server answered with, prefix first; null if it gave none.</summary>
    public string? Error { get; init; }

    /// <summary>True if it answers PING, and INFO with something else.</summary>
    public bool IsInfoOfAnother { get; init; }

    /// <summary>True if it had answered PING and closed the connection when it was asked for INFO, as some proxies do.</summary>
    public bool HasClosedOnInfo { get; init; }

    /// <summary>True if a connection was made, which the server counts.</summary>
    public bool WasConnected { get; init; }

    /// <summary>What the observer misses.</summary>
    internal LossKind Kind { get; init; } = LossKind.Silence;

    /// <summary>How often the kernel sent the question again, because it was never acknowledged.</summary>
    internal long Resent { get; init; }

    /// <summary>True if the server counts that connection as rejected.</summary>
    public bool WasRejected { get; init; }
}

/// <summary>A server answered a question with an error; the message is that error, without secrets.</summary>
public sealed class ServerRefusedException(string error) : Exception(error);

/// <summary>What an observer missed in a time of loss.</summary>
internal enum LossKind
{
    /// <summary>An answer: the question was asked over a connection, and nothing came back in time.</summary>
    Silence,

    /// <summary>Its connection: a reset or a close ended it.</summary>
    End,

    /// <summary>A connection: the connect was refused, or had no answer.</summary>
    NoConnection,

    /// <summary>INFO: the server answered with an error.</summary>
    Refusal,
}
