using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>Looks at a socket of this process from outside, by its descriptor, whoever made it.</summary>
internal static class OwnSocket
{
    // Somebody else's descriptors: kept, so that no finalizer ever closes one from here.
    private static readonly ConcurrentBag<Socket> _kept = [];

    /// <summary>The one socket whose peer is <paramref name="port"/>; only for reading options.</summary>
    public static Socket ConnectedTo(int port) => All().Single(socket => PeerPort(socket) == port)!;

    /// <summary>The one socket that is connected to a Unix socket; only for reading options.</summary>
    public static Socket ConnectedTo(string path) => All().Single(socket => PeerPath(socket) == path)!;

    private static IEnumerable<Socket?> All() => Directory.EnumerateFiles("/proc/self/fd")
        .Where(path => new FileInfo(path).LinkTarget is { } target && target.StartsWith("socket:", StringComparison.Ordinal))
        .Select(path => TryLook(int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)));

    private static Socket? TryLook(int descriptor)
    {
        try
        {
            var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: false));
            _kept.Add(socket);
            return socket;
        }
        catch (SocketException)
        {
            return null; // closed since it was listed
        }
    }

    private static string? PeerPath(Socket? socket)
    {
        try
        {
            return (socket?.RemoteEndPoint as UnixDomainSocketEndPoint)?.ToString();
        }
        catch (SocketException)
        {
            return null; // not connected
        }
    }

    private static int? PeerPort(Socket? socket)
    {
        try
        {
            return (socket?.RemoteEndPoint as IPEndPoint)?.Port;
        }
        catch (SocketException)
        {
            return null; // not connected
        }
    }
}
