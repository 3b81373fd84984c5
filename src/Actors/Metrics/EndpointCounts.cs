using System.Text.Json.Serialization;

namespace ActorLoad.Metrics;

/// <summary>What was counted of one endpoint since the start of the run: an element of <c>endpoints</c>.</summary>
/// <param name="Endpoint">As the run file has it, HOST:PORT.</param>
/// <param name="Address">What that resolved to, ADDRESS:PORT.</param>
/// <param name="Connections">Connections that went there, or were due to.</param>
/// <param name="Attempts">Tries to open, retries included.</param>
/// <param name="Retries">Tries after the first of a connection.</param>
/// <param name="Established">Attempts whose connection was established.</param>
/// <param name="Outcomes">How connections ended, by name; all outcomes, zeros too.</param>
/// <param name="AttemptFailures">How attempts failed, by name, those that were retried included.</param>
/// <param name="Rejections">Error prefixes of rejected attempts.</param>
/// <param name="Latency">Steps that were completed, by name; empty for each of more than 16 endpoints.</param>
/// <param name="FailedLatency">Connections that failed, by step name; likewise.</param>
public sealed record EndpointCounts(
    string Endpoint, string Address, ConnectionCounts Connections, long Attempts, long Retries, long Established,
    IReadOnlyDictionary<string, long> Outcomes, IReadOnlyDictionary<string, long> AttemptFailures, IReadOnlyDictionary<string, long> Rejections,
    IReadOnlyDictionary<string, LatencySummary> Latency, IReadOnlyDictionary<string, LatencySummary> FailedLatency)
{
    /// <summary>Those of the dropped connections that were not started because the endpoint had been given up.</summary>
    public long Avoided { get; init; }

    /// <summary>Why the breaker gave it up, in a sentence; absent if it did not.</summary>
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
    };

    /// <summary>The counts of a run with one endpoint, of which its totals tell.</summary>
    public static EndpointCounts Of(EndpointName name, RunSnapshot totals) => new(
        name.Name, name.Address, totals.Connections, totals.Attempts, totals.Retries, totals.Established, Every(totals.Outcomes), totals.AttemptFailures,
        totals.Rejections, totals.Latency, totals.FailedLatency);

    /// <summary>The same when what is open counts as cancelled.</summary>
    public EndpointCounts Cancelled()
    {
        var cancelled = Metrics.Outcome.Cancelled.Name();
        return this with
        {
            Connections = Connections with { Cancelled = Connections.Cancelled + Connections.Open },
            Outcomes = new Dictionary<string, long>(Outcomes) { [cancelled] = Outcomes.GetValueOrDefault(cancelled) + Connections.Open },
        };
    }

    private static Dictionary<string, long> Every(IReadOnlyDictionary<string, long> outcomes) =>
        Metrics.Outcomes.All.ToDictionary(outcome => outcome.Name(), outcome => outcomes.GetValueOrDefault(outcome.Name()));
}
