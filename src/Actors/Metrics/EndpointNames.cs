namespace ActorLoad.Metrics;

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
