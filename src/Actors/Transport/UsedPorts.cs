using System.Net;

namespace ActorLoad.Transport;

/// <summary>The ports of one local address that connections of a run may have had. One loop writes it, any thread reads it.</summary>
/// <param name="address">The bytes of the address.</param>
internal sealed class UsedPorts(byte[] address)
{
    private const int Bits = 64;

    private readonly long[] _used = new long[(IPEndPoint.MaxPort + 1) / Bits];
    private volatile bool _areAll;

    /// <summary>True if it is this address.</summary>
    public bool IsOf(ReadOnlySpan<byte> local) => local.SequenceEqual(address);

    /// <summary>True if a connection of the run may have had this port of this address so far.</summary>
    public bool Contains(ReadOnlySpan<byte> local, int port) => IsOf(local)
        && (_areAll || (Volatile.Read(ref _used[port / Bits]) & (1L << (port % Bits))) != 0);

    /// <summary>A connection is about to have a port for the first time.</summary>
    public void Add(int port) => Volatile.Write(ref _used[port / Bits], _used[port / Bits] | (1L << (port % Bits)));

    /// <summary>The kernel chooses the port of a connection: we do not know it.</summary>
    public void AddAny() => _areAll = true;
}
