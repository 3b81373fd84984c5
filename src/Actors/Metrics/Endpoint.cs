using System.Net;

namespace ActorLoad.Metrics;

/// <summary>The address and port that connections go to. Two endpoints with one address are equal, whatever their names.</summary>
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

    /// <summary>Makes an endpoint that is named by its address.</summary>
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

/// <summary>The names of an endpoint.</summary>
/// <param name="Name">As written in the run file, HOST:PORT.</param>
/// <param name="Address">Its address, ADDRESS:PORT.</param>
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
