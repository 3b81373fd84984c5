using System.Collections.Concurrent;
using System.Net;

namespace ActorLoad.Transport;

/// <summary>Which fleet of a run had a local port last, for each port of its targets. The loops write it, any thread reads it.</summary>
public sealed class FleetPorts
{
    private readonly ConcurrentDictionary<int, byte[]> _targets = [];

    /// <summary>The number of the fleet whose connection to a target's port had this local port last; null if none had.</summary>
    public int? Of(int target, int port) =>
        _targets.TryGetValue(target, out var owners) && Volatile.Read(ref owners[port]) is var owner and > 0 ? owner - 1 : null;

    /// <summary>Writes down the ports of one fleet.</summary>
    public PortOwner Owner(int fleet) => new(this, (byte)(fleet + 1));

    /// <summary>The ports of one fleet.</summary>
    public sealed class PortOwner
    {
        private readonly FleetPorts _all;
        private readonly byte _mark;

        internal PortOwner(FleetPorts all, byte mark) => (_all, _mark) = (all, mark);

        /// <summary>A connection to a target's port has this local port now; 0 is a port that the kernel chose.</summary>
        internal void Took(int target, int port)
        {
            if (port != TargetPorts.KernelsChoice)
            {
                Volatile.Write(ref _all._targets.GetOrAdd(target, _ => new byte[IPEndPoint.MaxPort + 1])[port], _mark);
            }
        }
    }
}
