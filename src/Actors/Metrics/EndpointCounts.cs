using System.Text.Json.Serialization;

namespace ActorLoad.Metrics;

/// <summary>The counts of one endpoint since the start of the run: an element of <c>endpoints</c>.</summary>
/// <param name="Endpoint">As written in the run file, HOST:PORT.</param>
/// <param name="Address">Its address, ADDRESS:PORT.</param>
/// <param name="Connections">Connections that went to it, or were due to.</param>
/// <param name="Attempts">Tries to open, retries included.</param>
/// <param name="Retries">Tries after the first of a connection.</param>
/// <param name="Established">Attempts whose connection was established.</param>
/// <param name="Outcomes">How connections ended, by name; all outcomes, zeros too.</param>
/// <param name="AttemptFailures">How attempts failed, by name, including retried ones.</param>
/// <param name="Rejections">Error prefixes of rejected attempts.</param>
/// <param name="Latency">Completed steps, by name; empty for each of more than 16 endpoints.</param>
/// <param name="FailedLatency">Failed connections, by step name; likewise.</param>
public sealed record EndpointCounts(
    string Endpoint, string Address, ConnectionCounts Connections, long Attempts, long Retries, long Established,
    IReadOnlyDictionary<string, long> Outcomes, IReadOnlyDictionary<string, long> AttemptFailures,
    IReadOnlyDictionary<string, long> Rejections,
    IReadOnlyDictionary<string, LatencySummary> Latency, IReadOnlyDictionary<string, LatencySummary> FailedLatency) : ICounts
{
    /// <summary>Dropped connections that were not started because the endpoint had been given up.</summary>
    public long Avoided { get; init; }

    /// <inheritdoc />
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PoolCounts? Pool { get; init; }

    /// <inheritdoc />
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Closes { get; init; }

    /// <summary>TLS handshakes; absent without TLS.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TlsCounts? Tls { get; init; }

    /// <summary>Why the breaker gave the endpoint up, in a sentence; else absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GivenUp { get; init; }

    /// <summary>The counts of a tally, with its times if they are its own.</summary>
    internal static EndpointCounts Of(EndpointName name, Tally tally, bool isTimed) => new(
        name.Name, name.Address, tally.Connections, tally.Attempts, tally.Retries, tally.Established, Every(tally.OutcomesByName()),
        tally.AttemptFailuresByName(), tally.Rejections(),
        isTimed ? tally.Latency(succeeded: true) : new Dictionary<string, LatencySummary>(),
        isTimed ? tally.Latency(succeeded: false) : new Dictionary<string, LatencySummary>())
    {
        Avoided = tally.Avoided,
        Closes = tally.Closes,
        Tls = tally.Tls,
        Pool = tally.Pool,
    };

    /// <summary>The counts of a run with one endpoint, from its totals.</summary>
    public static EndpointCounts Of(EndpointName name, RunSnapshot totals) => new(
        name.Name, name.Address, totals.Connections, totals.Attempts, totals.Retries, totals.Established, Every(totals.Outcomes),
        totals.AttemptFailures,
        totals.Rejections, totals.Latency, totals.FailedLatency)
    {
        Closes = totals.Closes,
        Tls = totals.Tls,
        Pool = totals.Pool,
    };

    /// <summary>The same, with open connections counted as cancelled.</summary>
    public EndpointCounts Cancelled() => this with
    {
        Connections = Connections.Ended(),
        Outcomes = Cancelled(Outcomes, Connections.Open),
    };

    /// <summary>Outcomes with so many more cancelled.</summary>
    internal static Dictionary<string, long> Cancelled(IReadOnlyDictionary<string, long> outcomes, long open)
    {
        var cancelled = Metrics.Outcome.Cancelled.Name();
        return new Dictionary<string, long>(outcomes) { [cancelled] = outcomes.GetValueOrDefault(cancelled) + open };
    }

    /// <summary>With all outcomes, zeros too.</summary>
    internal static Dictionary<string, long> Every(IReadOnlyDictionary<string, long> outcomes) =>
        Metrics.Outcomes.All.ToDictionary(outcome => outcome.Name(), outcome => outcomes.GetValueOrDefault(outcome.Name()));
}
