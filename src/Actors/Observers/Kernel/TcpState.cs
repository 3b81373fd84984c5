namespace ActorLoad.Observers.Kernel;

/// <summary>States of a TCP socket, with the kernel's numbers.</summary>
public enum TcpState
{
    /// <summary>Open.</summary>
    Established = 1,

    /// <summary>Connecting.</summary>
    SynSent,

    /// <summary>A peer is connecting; not yet in the accept queue.</summary>
    SynReceived,

    /// <summary>Closed here, and the peer has not acknowledged it.</summary>
    FinWait1,

    /// <summary>Closed here, and not yet by the peer.</summary>
    FinWait2,

    /// <summary>Closed by both; the pair of addresses is kept back for a minute.</summary>
    TimeWait,

    /// <summary>Not connected.</summary>
    Closed,

    /// <summary>Closed by the peer, and not yet here.</summary>
    CloseWait,

    /// <summary>Closed by the peer, then here.</summary>
    LastAck,

    /// <summary>Waits for connections.</summary>
    Listening,

    /// <summary>Closed by both at once.</summary>
    Closing,
}

/// <summary>Names of states.</summary>
public static class TcpStates
{
    private static readonly string[] _names =
    [
        "", "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT", "LAST-ACK", "LISTEN",
        "CLOSING",
    ];

    /// <summary>States in which a connection can be: all but <see cref="TcpState.Closed"/> and <see cref="TcpState.Listening"/>.</summary>
    public static IReadOnlyList<TcpState> OfConnections { get; } =
        [.. Enum.GetValues<TcpState>().Where(state => state is not (TcpState.Closed or TcpState.Listening))];

    /// <summary>As <c>ss</c> writes it.</summary>
    public static string Name(this TcpState state) => _names[(int)state];
}
