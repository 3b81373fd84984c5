using System.Net.Sockets;
using ActorLoad.Metrics;

namespace ActorLoad.Observers.Server;

/// <summary>What stands between us and a server.</summary>
public enum ServerObstacle
{
    /// <summary>The server names an obstacle that is not known here.</summary>
    Other,

    /// <summary>Nothing listens at the port.</summary>
    NobodyListens,

    /// <summary>The host cannot be reached.</summary>
    NoRoute,

    /// <summary>Nothing came back in time.</summary>
    Silence,

    /// <summary>What came back is not RESP.</summary>
    OtherProtocol,

    /// <summary>NOAUTH, or WRONGPASS.</summary>
    Password,

    /// <summary>NOPERM: its ACL forbids the observer's commands to this user.</summary>
    Permission,

    /// <summary>DENIED: protected mode.</summary>
    ProtectedMode,

    /// <summary>LOADING: it loads its data.</summary>
    Loading,

    /// <summary>BUSY: it has been running one script, function or module command for too long.</summary>
    Busy,

    /// <summary>As many clients as it takes.</summary>
    Full,

    /// <summary>It answers, but does not know INFO.</summary>
    NoInfo,

    /// <summary>It answers PING, and closes the connection on INFO, as a proxy does that does not pass INFO on.</summary>
    ClosesOnInfo,

    /// <summary>It wants TLS.</summary>
    Tls,
}

/// <summary>Tells obstacles apart.</summary>
internal static class ServerObstacles
{
    /// <summary>The obstacle that an exception tells of.</summary>
    public static ServerObstacle Of(ServerUnavailableException cause) => cause switch
    {
        { Error: { } error } => Of(error),
        { HasClosedOnInfo: true } => ServerObstacle.ClosesOnInfo,
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => ServerObstacle.NobodyListens,
        { InnerException: SocketException { SocketErrorCode: SocketError.AddressNotAvailable } } => ServerObstacle.NobodyListens,
        { InnerException: SocketException { SocketErrorCode: SocketError.WouldBlock } } => ServerObstacle.Silence,
        { InnerException: SocketException } => ServerObstacle.NoRoute,
        { IsFinal: true, IsInfoOfAnother: true } => ServerObstacle.NoInfo,
        { IsFinal: true } => ServerObstacle.OtherProtocol,
        _ => ServerObstacle.Silence,
    };

    /// <summary>The obstacle that an error reply tells of.</summary>
    public static ServerObstacle Of(string error) => error.Split(' ')[0] switch
    {
        "NOAUTH" or "WRONGPASS" => ServerObstacle.Password,
        "NOPERM" => ServerObstacle.Permission,
        Rejection.Denied => ServerObstacle.ProtectedMode,
        "LOADING" => ServerObstacle.Loading,
        "BUSY" => ServerObstacle.Busy,
        _ when error.StartsWith(Rejection.MaxClients, StringComparison.Ordinal) => ServerObstacle.Full,
        _ when error.StartsWith("ERR AUTH", StringComparison.OrdinalIgnoreCase) => ServerObstacle.Password,
        _ when error.StartsWith("ERR", StringComparison.Ordinal) => ServerObstacle.NoInfo,
        _ => ServerObstacle.Other,
    };
}
