using System.Net.Sockets;

namespace ActorLoad.Transport.Sockets;

/// <summary>Translates errors of the socket API to faults of a link.</summary>
internal static class SocketFaults
{
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
