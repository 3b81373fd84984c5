namespace ActorLoad.Metrics;

/// <summary>How a connection (or one attempt of it) ended: a closed set, in the words of the socket API.</summary>
public enum Outcome
{
    /// <summary>The whole script was answered and the hold time passed.</summary>
    Succeeded,

    /// <summary>A RST answered the SYN: no server listens (ECONNREFUSED).</summary>
    Refused,

    /// <summary>A RST while connecting or in use (ECONNRESET, EPIPE).</summary>
    Reset,

    /// <summary>No answer to the SYN within <c>connection.connect-timeout</c>, or the kernel gave up (ETIMEDOUT).</summary>
    ConnectTimeout,

    /// <summary>No complete reply to a command within <c>connection.reply-timeout</c>.</summary>
    ReplyTimeout,

    /// <summary>The peer sent FIN before we were done.</summary>
    PeerClosed,

    /// <summary>The server answered with an error reply; its prefix is counted in the rejections.</summary>
    Rejected,

    /// <summary>The answer is not RESP.</summary>
    ProtocolError,

    /// <summary>The TLS handshake failed, or an alert ended the connection; its reason is counted.</summary>
    TlsFailed,

    /// <summary>No route to the host or its network, or ICMP that forbids it (EHOSTUNREACH, ENETUNREACH, EACCES, ENOPROTOOPT).</summary>
    Unreachable,

    /// <summary>Our own limit: descriptors, ports or buffers (EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS).</summary>
    LocalExhausted,

    /// <summary>The run was stopped first; not in the success ratio.</summary>
    Cancelled,

    /// <summary>A bug in ActorLoad: an exception of no known type.</summary>
    Crashed,
}

/// <summary>Names and groups of <see cref="Outcome"/>.</summary>
public static class Outcomes
{
    private static readonly Outcome[] Every = Enum.GetValues<Outcome>();

    private static readonly string[] KebabNames = [.. Every.Select(outcome => outcome.Word())];

    /// <summary>Every outcome, in declaration order.</summary>
    public static IReadOnlyList<Outcome> All => Every;

    /// <summary>The kebab-case name that reports and keys use, such as <c>connect-timeout</c>.</summary>
    public static string Name(this Outcome outcome) => KebabNames[(int)outcome];

    /// <summary>True for outcomes that count as <c>failed</c>: all but success and cancellation.</summary>
    public static bool IsFailure(this Outcome outcome) => outcome is not (Outcome.Succeeded or Outcome.Cancelled);

    /// <summary>Finds the outcome with a kebab-case name; false for an unknown name.</summary>
    public static bool TryParse(string name, out Outcome outcome)
    {
        var index = Array.IndexOf(KebabNames, name);
        outcome = (Outcome)Math.Max(index, 0);
        return index >= 0;
    }
}
