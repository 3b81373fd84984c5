using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Transport;

/// <summary>
/// The local ports of one loop in one run: those of the ephemeral range, so that no search for a free one is needed. The kernel's own search
/// scans half the range for each connect once half of it is open. Each target may have all of them: connections are told apart by both ends.
/// </summary>
/// <remarks>Confined to the loop. A run begins with new ones: what was set aside is forgotten, and the machine's range is read again.</remarks>
/// <param name="usable">The ports.</param>
/// <param name="targets">How many targets the run has.</param>
internal sealed class SlotPorts(IReadOnlyList<int> usable, int targets = 1)
{
    private const int Bits = 64;

    private readonly Dictionary<IPEndPoint, TargetPorts> _targets = [];
    private readonly long[] _used = new long[(IPEndPoint.MaxPort + 1) / Bits];
    private volatile bool _areOthersUsed;
    private long _retiredTaken;

    /// <summary>Connects from ports that the server may still have held, because none other was left. Readable from any thread.</summary>
    public long RetiredTaken => Volatile.Read(ref _retiredTaken);

    /// <summary>One more of them.</summary>
    public void TookRetired() => Volatile.Write(ref _retiredTaken, _retiredTaken + 1);

    /// <summary>True if a connection of the run may have had this port so far. Safe from any thread.</summary>
    public bool MayHaveUsed(int port) => _areOthersUsed || (Volatile.Read(ref _used[port / Bits]) & (1L << (port % Bits))) != 0;

    /// <summary>Every <paramref name="loops"/>-th port that this machine lets us use, from the <paramref name="loop"/>-th on: loops never
    /// share one.</summary>
    public static SlotPorts Read(int loop, int loops, int targets) =>
        new([.. EphemeralPorts.Read().Where((_, index) => index % loops == loop)], targets);

    /// <summary>True if a port may be bound for several targets at once.</summary>
    public bool AreShared => targets > 1;

    /// <summary>The ports for connections to <paramref name="target"/>.</summary>
    public TargetPorts For(IPEndPoint target)
    {
        if (!_targets.TryGetValue(target, out var ports))
        {
            var source = FindSource(target);
            _targets.Add(target, ports = new TargetPorts(this, source, target.Address.Equals(source) ? Without(target.Port) : usable));
        }

        return ports;
    }

    /// <summary>A connection is about to have a port for the first time. On the loop only.</summary>
    internal void Use(int port) => Volatile.Write(ref _used[port / Bits], _used[port / Bits] | (1L << (port % Bits)));

    /// <summary>A connection is left to the kernel's choice: nobody knows its port.</summary>
    internal void UseUnknown() => _areOthersUsed = true;

    // From the target's own address and port a connect finds itself, and succeeds where nobody listens.
    private IReadOnlyList<int> Without(int port) => usable.Contains(port) ? [.. usable.Where(each => each != port)] : usable;

    /// <summary>The local address from which the routes lead to <paramref name="target"/>; null if none do.</summary>
    public static IPAddress? FindSource(IPEndPoint target)
    {
        try
        {
            using var probe = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(target);
            return ((IPEndPoint)probe.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            // No route: the connect itself will say so.
            return null;
        }
    }
}
