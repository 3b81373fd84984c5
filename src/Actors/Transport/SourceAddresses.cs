using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Transport;

/// <summary>Local addresses that connections come from, evenly (<c>connection.source-addresses</c>).</summary>
/// <param name="all">At least one, each once.</param>
/// <param name="text">As written in the run file.</param>
public sealed class SourceAddresses(ImmutableArray<IPAddress> all, string text)
{
    /// <summary>Most that a run file may name.</summary>
    public const int Most = 256;

    private readonly ImmutableArray<IPAddress> _v4 = [.. all.Where(address => address.AddressFamily == AddressFamily.InterNetwork)];
    private readonly ImmutableArray<IPAddress> _v6 = [.. all.Where(address => address.AddressFamily == AddressFamily.InterNetworkV6)];

    /// <summary>All of them.</summary>
    public ImmutableArray<IPAddress> All => all;

    /// <summary>Those from which a target of this family can be reached.</summary>
    public ImmutableArray<IPAddress> Of(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? _v6 : _v4;

    /// <summary>As written in the run file.</summary>
    public override string ToString() => text;
}
