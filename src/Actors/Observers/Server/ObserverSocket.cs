using System.Net.Sockets;
using ActorLoad.Metrics;

namespace ActorLoad.Observers.Server;

/// <summary>Makes the sockets of observers.</summary>
internal static class ObserverSocket
{
    /// <summary>A socket that is not connected, and closes with a RST so that nothing of it stays in TIME_WAIT.</summary>
    public static Socket For(Endpoint endpoint) => endpoint.Address is null
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(endpoint.Family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };

    /// <summary>Why a Unix socket took no connection, as the end of a sentence.</summary>
    public static string Words(SocketError error) => error switch
    {
        SocketError.AddressNotAvailable => "does not exist: nothing listens there",
        SocketError.AccessDenied => "may not be used by this user: a client needs the right to write to it (unixsocketperm)",
        SocketError.WouldBlock => "took no connection: its accept queue is full",
        _ => $"could not be reached ({error})",
    };
}
