using System.Net.Sockets;

namespace ActorLoad.Transport.Sockets;

/// <summary>Translates errors of the socket API to faults of a link.</summary>
internal static class SocketFaults
{
    /// <summary>The fault behind an error of a connect to a Unix socket. It is refused if nothing listens, if there is no socket (ENOENT),
    /// or if the accept queue is full (EAGAIN): the kernel does not wait for room, as it does with a SYN.</summary>
    public static LinkFault FromUnixConnect(SocketError error) => error switch
    {
        SocketError.AddressNotAvailable or SocketError.WouldBlock => LinkFault.Refused,
        SocketError.SocketError or SocketError.ProtocolType or SocketError.NotSocket => LinkFault.Unreachable, // ENOTDIR, EPROTOTYPE
        _ => From(error),
    };

    /// <summary>The fault behind <paramref name="error"/>.</summary>
    public static LinkFault From(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => LinkFault.Refused,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.Disconnecting
            or SocketError.NotConnected => LinkFault.Reset,
        SocketError.TimedOut => LinkFault.Unanswered,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.AccessDenied or SocketError.AddressFamilyNotSupported
            or SocketError.ProtocolOption or SocketError.OperationNotSupported or SocketError.InvalidArgument => LinkFault.Unreachable,
        SocketError.TooManyOpenSockets or SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse
            or SocketError.NoBufferSpaceAvailable or SocketError.WouldBlock => LinkFault.LocalExhausted,
        _ => LinkFault.Unknown,
    };
}
