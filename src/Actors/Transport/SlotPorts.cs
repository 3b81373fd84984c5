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
/// <param name="loop">Number of the loop: loops begin with different source addresses.</param>
internal sealed class SlotPorts(IReadOnlyList<int> usable, int targets = 1, int loop = 0)
{
    private readonly Dictionary<IPEndPoint, TargetPorts> _routed = [];
    private readonly Dictionary<(IPEndPoint Target, SourceAddresses Sources), TargetSources> _spread = [];
    private readonly Dictionary<(IPEndPoint Target, IPAddress Source), TargetPorts> _pairs = [];
    private volatile UsedPorts[] _used = [];
    private long _retiredTaken;

    /// <summary>Connects from ports that the server may still have held, because no other was left. Readable from any thread.</summary>
    public long RetiredTaken => Volatile.Read(ref _retiredTaken);

    /// <summary>Counts one more of them.</summary>
    public void TookRetired() => Volatile.Write(ref _retiredTaken, _retiredTaken + 1);

    /// <summary>True if a connection of the run may have had this port of this address so far. Safe from any thread.</summary>
    public bool MayHaveUsed(ReadOnlySpan<byte> address, int port)
    {
        foreach (var used in _used)
        {
            if (used.Contains(address, port))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Every <paramref name="loops"/>-th port that this machine lets us use, from the <paramref name="loop"/>-th on: loops never
    /// share one.</summary>
    public static SlotPorts Read(int loop, int loops, int targets) =>
        new([.. EphemeralPorts.Read().Where((_, index) => index % loops == loop)], targets, loop);

    /// <summary>True if a port may be bound for several targets at once.</summary>
    public bool AreShared => targets > 1;

    /// <summary>The ports for the next connection to <paramref name="target"/>: those of the address that the route has, or of the next of
    /// some source addresses.</summary>
    public TargetPorts For(IPEndPoint target, SourceAddresses? sources = null)
    {
        if (sources is not null)
        {
            return SpreadOver(target, sources).Next();
        }

        if (!_routed.TryGetValue(target, out var ports))
        {
            _routed.Add(target, ports = FindSource(target) is { } source ? Between(target, source) : new TargetPorts(this, null, usable));
        }

        return ports;
    }

    /// <summary>The ports of an address that connections may have had. On the loop only.</summary>
    internal UsedPorts UsedAt(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (Array.Find(_used, known => known.IsOf(bytes)) is not { } used)
        {
            _used = [.. _used, used = new UsedPorts(bytes)];
        }

        return used;
    }

    private TargetSources SpreadOver(IPEndPoint target, SourceAddresses sources)
    {
        if (!_spread.TryGetValue((target, sources), out var spread))
        {
            var each = sources.Of(target.AddressFamily).Select(source => Between(target, source)).ToArray();
            _spread.Add((target, sources), spread = new TargetSources(each, loop));
        }

        return spread;
    }

    // Fleets with the same source address share its ports.
    private TargetPorts Between(IPEndPoint target, IPAddress source)
    {
        if (!_pairs.TryGetValue((target, source), out var ports))
        {
            ports = new TargetPorts(this, source, target.Address.Equals(source) ? Without(target.Port) : usable);
            _pairs.Add((target, source), ports);
        }

        return ports;
    }

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
