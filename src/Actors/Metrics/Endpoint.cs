using System.Net;

namespace ActorLoad.Metrics;

/// <summary>Where connections go. Two endpoints with one address are equal, whatever their names.</summary>
/// <param name="address">The address and port.</param>
/// <param name="name">HOST:PORT as the run file has it; null for the address itself.</param>
public sealed class Endpoint(IPEndPoint address, string? name = null) : IEquatable<Endpoint>
{
    /// <summary>The address and port.</summary>
    public IPEndPoint Address => address;

    /// <summary>HOST:PORT as the run file has it.</summary>
    public string Name { get; } = name ?? $"{address}";

    /// <summary>True if it is on this machine's loopback.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(address.Address);

    /// <summary>An address that has no name but its own.</summary>
    public static implicit operator Endpoint(IPEndPoint address) => new(address);

    /// <inheritdoc />
    public bool Equals(Endpoint? other) => address.Equals(other?.Address);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Endpoint);

    /// <inheritdoc />
    public override int GetHashCode() => address.GetHashCode();

    /// <summary>ADDRESS:PORT.</summary>
    public override string ToString() => $"{address}";
}

/// <summary>An endpoint of a run, by its names.</summary>
/// <param name="Name">As the run file has it, HOST:PORT.</param>
/// <param name="Address">What that resolved to, ADDRESS:PORT.</param>
public sealed record EndpointName(string Name, string Address);

/// <summary>A name that has more addresses than the one that is stormed: an element of <c>target.unused</c>.</summary>
/// <param name="Endpoint">As the run file has it, HOST:PORT.</param>
/// <param name="Used">The address that connections go to, ADDRESS:PORT.</param>
/// <param name="Others">The addresses that they do not go to.</param>
public sealed record UnusedAddresses(string Endpoint, string Used, IReadOnlyList<string> Others)
{
    /// <summary>In a sentence.</summary>
    public override string ToString() => $"{Endpoint} is {Used} here; its other address{(Others.Count == 1 ? " is" : "es are")} not stormed: {string.Join(", ", Others)}";
}
