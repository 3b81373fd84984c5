using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Transport;

/// <summary>How many loops over io_uring <c>transport.loops = auto</c> means.</summary>
internal static class LoopCount
{
    // Four loops make about 50,000 connections a second: more than one server accepts.
    private const int Most = 4;

    /// <summary>One for each core, less one for the server if it is on this machine; 1 to 4.</summary>
    public static int For(IEnumerable<IPAddress> targets, int cores) => Math.Clamp(targets.Any(IsHere) ? cores - 1 : cores, 1, Most);

    /// <summary>True if <paramref name="address"/> belongs to this machine: only then can something be bound to it.</summary>
    public static bool IsHere(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false; // a kernel without that family has no such address
        }
    }
}
