namespace ActorLoad.Metrics;

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
