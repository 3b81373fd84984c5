using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Metrics;

/// <summary>Where connections go: a TCP address and port, or the path of a Unix socket. Two endpoints with one address are equal, whatever
/// their names.</summary>
public sealed class Endpoint : IEquatable<Endpoint>
{
    /// <summary>Begins the text of every Unix socket.</summary>
    public const string UnixScheme = "unix:";

    private readonly string _text;

    /// <summary>A TCP endpoint.</summary>
    /// <param name="address">The address and port.</param>
    /// <param name="name">HOST:PORT as the run file has it; null for the address itself.</param>
    public Endpoint(IPEndPoint address, string? name = null)
        : this(address, address, $"{address}", name)
    {
    }

    private Endpoint(EndPoint place, IPEndPoint? address, string text, string? name) =>
        (Place, Address, _text, Name) = (place, address, text, name ?? text);

    /// <summary>The address and port; null for a Unix socket.</summary>
    public IPEndPoint? Address { get; }

    /// <summary>What a socket connects to.</summary>
    public EndPoint Place { get; }

    /// <summary>HOST:PORT or unix:PATH as the run file has it.</summary>
    public string Name { get; }

    /// <summary>The path of a Unix socket; null for TCP.</summary>
    public string? Path => Address is null ? _text[UnixScheme.Length..] : null;

    /// <summary>What it is in a cluster that was asked for its nodes; null otherwise.</summary>
    public ClusterNode? Node { get; init; }

    /// <summary>The family of its sockets.</summary>
    public AddressFamily Family => Place.AddressFamily;

    /// <summary>The address of its machine: a Unix socket is on this one.</summary>
    public IPAddress Machine => Address?.Address ?? IPAddress.Loopback;

    /// <summary>True if it can be on this machine only.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Machine);

    /// <summary>A Unix socket.</summary>
    /// <param name="path">Absolute, at most 107 bytes of UTF-8.</param>
    /// <param name="name">As the run file has it; null for unix:PATH.</param>
    public static Endpoint OfUnix(string path, string? name = null) =>
        new(new UnixDomainSocketEndPoint(path), null, UnixScheme + path, name);

    /// <summary>True if the text of an endpoint names a Unix socket.</summary>
    public static bool IsUnix(string text) => text.StartsWith(UnixScheme, StringComparison.Ordinal);

    /// <summary>Makes an endpoint that is named by its address.</summary>
    public static implicit operator Endpoint(IPEndPoint address) => new(address);

    /// <inheritdoc />
    public bool Equals(Endpoint? other) => other is not null && (Address is { } own ? own.Equals(other.Address) : _text == other._text);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Endpoint);

    /// <inheritdoc />
    public override int GetHashCode() => Address?.GetHashCode() ?? _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>ADDRESS:PORT, or unix:PATH.</summary>
    public override string ToString() => _text;
}

/// <summary>The names of an endpoint.</summary>
/// <param name="Name">As written in the run file, HOST:PORT or unix:PATH.</param>
/// <param name="Address">Its address, ADDRESS:PORT or unix:PATH.</param>
public sealed record EndpointName(string Name, string Address);

/// <summary>A name with addresses beside the stormed one: an element of <c>target.unused</c>.</summary>
/// <param name="Endpoint">As written in the run file, HOST:PORT.</param>
/// <param name="Used">The stormed address, ADDRESS:PORT.</param>
/// <param name="Others">The other addresses.</param>
public sealed record UnusedAddresses(string Endpoint, string Used, IReadOnlyList<string> Others)
{
    /// <summary>The names in a sentence.</summary>
    public override string ToString() =>
        $"{Endpoint} is {Used} here; its other address{(Others.Count == 1 ? " is" : "es are")} not stormed: {string.Join(", ", Others)}";
}
