using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;

namespace ActorLoad.Transport;

/// <summary>Which fleet of a run had a local port last, for each of its targets. The loops write it, any thread reads it.</summary>
public sealed class FleetPorts
{
    private readonly ConcurrentDictionary<IPEndPoint, byte[]> _targets = [];
    private readonly ConcurrentDictionary<(UInt128 Address, int Port), byte[]> _read = []; // the same, as the kernel writes addresses

    /// <summary>The number of the fleet whose connection to a target had this local port last; null if none had.</summary>
    /// <param name="address">The target's address as 16 bytes, an IPv4 address in its mapped form.</param>
    /// <param name="target">The target's port.</param>
    /// <param name="port">The local port.</param>
    public int? Of(UInt128 address, int target, int port) =>
        (_read.TryGetValue((address, target), out var owners) || _read.TryGetValue((UInt128.Zero, target), out owners))
        && Volatile.Read(ref owners[port]) is var owner and > 0 ? owner - 1 : null;

    /// <summary>Writes down the ports of one fleet.</summary>
    public PortOwner Owner(int fleet) => new(this, (byte)(fleet + 1));

    private byte[] Add(IPEndPoint target) => _read.GetOrAdd(
        (IsAny(target.Address) ? 0 : BinaryPrimitives.ReadUInt128BigEndian(target.Address.MapToIPv6().GetAddressBytes()), target.Port),
        _ => new byte[IPEndPoint.MaxPort + 1]);

    // Whoever connects to it reaches this machine at another address.
    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>The ports of one fleet.</summary>
    public sealed class PortOwner
    {
        private readonly FleetPorts _all;
        private readonly byte _mark;

        internal PortOwner(FleetPorts all, byte mark) => (_all, _mark) = (all, mark);

        /// <summary>A connection to a target has this local port now; 0 is a port that the kernel chose.</summary>
        internal void Took(IPEndPoint target, int port)
        {
            if (port != TargetPorts.KernelsChoice)
            {
                Volatile.Write(ref _all._targets.GetOrAdd(target, _all.Add)[port], _mark);
            }
        }
    }
}
