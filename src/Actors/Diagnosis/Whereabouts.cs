using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis;

/// <summary>Names the endpoints that the evidence of a finding points to.</summary>
internal static class Whereabouts
{
    private const long FirstRetransmit = 1_000_000;

    /// <summary>Most endpoints that a sentence names.</summary>
    public const int MostNamed = 5;

    /// <summary>Endpoints with this outcome, most failures first; all endpoints if not counted apart.</summary>
    public static IReadOnlyList<string> FailedAt(this Evidence evidence, Outcome outcome) =>
        evidence.Where(counts => counts.Failed(outcome));

    /// <summary>Endpoints that rejected attempts with these prefixes, most rejections first.</summary>
    public static IReadOnlyList<string> RejectedAt(this Evidence evidence, params string[] prefixes) => evidence.Where(counts =>
        counts.Rejections.Where(rejection => prefixes.Any(prefix => rejection.Key.StartsWith(prefix, StringComparison.Ordinal)))
            .Sum(rejection => rejection.Value));

    /// <summary>Endpoints with connect-timeouts, or with a connect long enough for a second SYN.</summary>
    public static IReadOnlyList<string> SlowAt(this Evidence evidence) => evidence.Where(counts =>
        counts.Failed(Outcome.ConnectTimeout) + (counts.Latency.GetValueOrDefault(Step.Connect.Name())?.Max >= FirstRetransmit ? 1 : 0));

    /// <summary>Failures with this outcome and attempts of each endpoint: <c>" (127.0.0.1:7399 300 of 310)"</c>; empty if the run had one
    /// endpoint.</summary>
    public static string SharesOf(this Evidence evidence, Outcome outcome, IReadOnlyList<string> where)
    {
        var failed = evidence.Load.ByEndpoint.Where(counts => counts.Failed(outcome) > 0 && where.Contains(counts.Address))
            .OrderByDescending(counts => counts.Failed(outcome)).ToArray();
        return evidence.Load.Endpoints.Count < 2 || failed.Length == 0 ? "" : $" ({Listed(
            [.. failed.Select(counts => $"{counts.Address} {counts.Failed(outcome).Text()} of {counts.Attempts.Text()}")], ", ")})";
    }

    /// <summary><c>" at 127.0.0.1:7301 and 127.0.0.1:7302"</c>; empty if the run had one endpoint.</summary>
    public static string At(this Evidence evidence, IReadOnlyList<string> endpoints) =>
        evidence.Load.Endpoints.Count < 2 || endpoints.Count == 0 ? "" : $" at {Listed(endpoints, " and ")}";

    /// <summary>Further addresses of these endpoints' names, in sentences after another one.</summary>
    public static string OtherAddresses(this Evidence evidence, IReadOnlyList<string> endpoints) => string.Concat(evidence.Unused(endpoints)
        .Select(name => $". {name.Endpoint} is {name.Used} here, and also {Listed(name.Others, " and ")}, which the run did not try"));

    /// <summary>Names of these endpoints that have further addresses.</summary>
    public static IEnumerable<UnusedAddresses> Unused(this Evidence evidence, IReadOnlyList<string> endpoints) =>
        evidence.Load.Unused.Where(name => endpoints.Contains(name.Used));

    private static string[] Where(this Evidence evidence, Func<EndpointCounts, long> count) => evidence.Load.ByEndpoint.Count == 0
        ? [.. evidence.Load.Endpoints]
        : [.. evidence.Load.ByEndpoint.Where(counts => count(counts) > 0).OrderByDescending(count).Select(counts => counts.Address)];

    private static long Failed(this EndpointCounts counts, Outcome outcome) => counts.AttemptFailures.GetValueOrDefault(outcome.Name());

    private static string Listed(IReadOnlyList<string> items, string separator) => items.Count <= MostNamed
        ? string.Join(separator, items)
        : $"{string.Join(", ", items.Take(MostNamed))} and {items.Count - MostNamed} more";
}
