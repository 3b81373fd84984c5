using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorLoad.Transport.Uring;

/// <summary>Writes <c>struct sockaddr_in</c>, <c>struct sockaddr_in6</c> and <c>struct sockaddr_un</c>.</summary>
internal static class SocketAddressWriter
{
    // netinet/in.h: offsets of the members, after the family of two bytes, and sizes of the structures.
    private const int Port = 2;
    private const int V4Address = 4;
    private const int V4Size = 16;
    private const int V6Address = 8;
    private const int V6Scope = 24;
    private const int V6Size = 28;

    /// <summary>Writes the path of a Unix socket, of at most 107 bytes, and returns the size of the structure.</summary>
    public static int Write(string path, Span<byte> destination)
    {
        BitConverter.TryWriteBytes(destination, (ushort)Kernel.AF_UNIX);
        var end = Port + Encoding.UTF8.GetBytes(path, destination[Port..]);
        destination[end] = 0;
        return end + 1;
    }

    /// <summary>Writes an address with its port and returns the size of the structure.</summary>
    public static int Write(IPAddress address, int port, Span<byte> destination)
    {
        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var size = isV6 ? V6Size : V4Size;
        destination[..size].Clear();
        BitConverter.TryWriteBytes(destination, (ushort)(isV6 ? Kernel.AF_INET6 : Kernel.AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(destination[Port..], (ushort)port);
        address.TryWriteBytes(destination[(isV6 ? V6Address : V4Address)..], out _);
        if (isV6 && address.ScopeId != 0)
        {
            BitConverter.TryWriteBytes(destination[V6Scope..], (uint)address.ScopeId);
        }

        return size;
    }
}
