using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Observers.Kernel.SockDiag;

/// <summary>The endpoints whose sockets are counted, in a form that can be compared with thousands of sockets without allocating.</summary>
internal sealed class WatchedEndpoints
{
    // An IPv4 address is compared in its mapped form, ::ffff:a.b.c.d.
    private const ulong Mapped = 0xffff_0000_0000;

    private readonly Watched[] _watched;

    /// <summary>An address of <see cref="IPAddress.Any"/> means all addresses of that port.</summary>
    public WatchedEndpoints(IReadOnlyCollection<IPEndPoint> endpoints)
    {
        _watched = [.. endpoints.Select(Watched.From).Distinct()];
        Ports = [.. _watched.Select(watched => watched.Port).Distinct()];
        IsExact = Array.TrueForAll(_watched, watched => !watched.IsAny);
        Local = [.. endpoints.Where(endpoint => IsServer(endpoint.Port, Address(endpoint.Address.GetAddressBytes()))).Distinct()];
    }

    /// <summary>Each port once.</summary>
    public IReadOnlyList<int> Ports { get; }

    /// <summary>True if each is one address.</summary>
    public bool IsExact { get; }

    /// <summary>Those whose address belongs to this machine.</summary>
    public IReadOnlyList<IPEndPoint> Local { get; }

    /// <summary>Is this the remote end of a client's socket?</summary>
    public bool IsTarget(int port, UInt128 address)
    {
        foreach (ref readonly var watched in _watched.AsSpan())
        {
            if (watched.Port == port && (watched.IsAny || watched.Address == address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Is this the local end of a server's socket?</summary>
    public bool IsServer(int port, UInt128 address)
    {
        foreach (ref readonly var watched in _watched.AsSpan())
        {
            if (watched.Port == port && (watched.IsAny || (watched.IsLocal && watched.Address == address)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Does a listener of this address listen for a watched endpoint? A listener on all addresses does so only for those of this
    /// machine.</summary>
    public bool IsListener(int port, UInt128 address)
    {
        var isWildcard = address == UInt128.Zero || address == Mapped;
        foreach (ref readonly var watched in _watched.AsSpan())
        {
            if (watched.Port == port && (watched.IsAny || watched.Address == address || (isWildcard && watched.IsLocal)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An address as the kernel writes it: 4 bytes or 16.</summary>
    public static UInt128 Address(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 4 ? Mapped | BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);

    private readonly record struct Watched(int Port, UInt128 Address, bool IsAny, bool IsLocal)
    {
        public static Watched From(IPEndPoint endpoint)
        {
            var isAny = endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);
            var address = WatchedEndpoints.Address(endpoint.Address.GetAddressBytes());
            return new(endpoint.Port, address, isAny, isAny || CanBind(endpoint.Address));
        }

        // Only an address of this machine (of this namespace) can be bound.
        private static bool CanBind(IPAddress address)
        {
            try
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(address, 0));
                return true;
            }
            catch (SocketException)
            {
                return IPAddress.IsLoopback(address);
            }
        }
    }
}
