using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Transport;

/// <summary>
/// The local ports of one loop in one run, from the ephemeral range, without a search for a free port: once half the range is in use, the
/// kernel's search scans that half for each connect. Each target may have all of them: both ends tell connections apart.
/// </summary>
/// <remarks>Only the loop uses it. Each run makes a new one: it forgets ports that were set aside, and reads the range again.</remarks>
/// <param name="usable">The ports.</param>
/// <param name="targets">How many targets the run has.</param>
internal sealed class SlotPorts(IReadOnlyList<int> usable, int targets = 1)
{
    private const int Bits = 64;

    private readonly Dictionary<IPEndPoint, TargetPorts> _targets = [];
    private readonly long[] _used = new long[(IPEndPoint.MaxPort + 1) / Bits];
    private volatile bool _areOthersUsed;
    private long _retiredTaken;

    /// <summary>Connects from ports that the server may still have held, because no other was left. Readable from any thread.</summary>
    public long RetiredTaken => Volatile.Read(ref _retiredTaken);

    /// <summary>Counts one more of them.</summary>
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

    /// <summary>The kernel chooses the port of a connection: we do not know it.</summary>
    internal void UseUnknown() => _areOthersUsed = true;

    // From the target's own address and port a connect finds itself, and succeeds although nothing listens.
    private IReadOnlyList<int> Without(int port) => usable.Contains(port) ? [.. usable.Where(each => each != port)] : usable;

    /// <summary>The local address from which a route leads to <paramref name="target"/>; null without a route.</summary>
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
