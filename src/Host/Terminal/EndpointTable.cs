using ActorLoad.Metrics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The endpoints of a run with several: all if there are few, else those with the most failures.</summary>
internal static class EndpointTable
{
    private const int All = 10;

    public static IRenderable Of(IReadOnlyList<EndpointCounts> endpoints)
    {
        var shown = endpoints.Count <= All ? endpoints
            : [.. endpoints.OrderByDescending(endpoint => endpoint.Connections.Failed + endpoint.Connections.Dropped).Take(All)];
        var table = Look.Table("Endpoint", "planned", "succeeded", "failed", "dropped", "retries", "total p50 ms", "p99 ms", "");
        table.Columns[^1].LeftAligned().NoWrap = false;
        foreach (var endpoint in shown)
        {
            var (counts, total) = (endpoint.Connections, endpoint.Latency.GetValueOrDefault("total"));
            table.Add(
                counts.Failed + counts.Dropped > 0 ? Look.Warn : Look.Plain, Name(endpoint), Figures.Count(counts.Planned),
                Figures.Count(counts.Succeeded), Figures.Count(counts.Failed), Figures.Count(counts.Dropped),
                Figures.Count(endpoint.Retries), total is null ? "-" : Figures.Millis(total.P50),
                total is null ? "-" : Figures.Millis(total.P99), TroubleRemedies(endpoint));
        }

        return shown.Count == endpoints.Count
            ? table
            : new Rows(table, new Text(
                $"{endpoints.Count} endpoints in all: shown are the {All} where most connections failed or were dropped.", Look.Dim));
    }

    private static string Name(EndpointCounts endpoint) =>
        endpoint.Endpoint == endpoint.Address ? endpoint.Address : $"{endpoint.Address} ({endpoint.Endpoint})";

    private static string TroubleRemedies(EndpointCounts endpoint) => string.Join(", ",
    [
        .. endpoint.AttemptFailures.OrderByDescending(failure => failure.Value)
            .Select(failure => $"{failure.Key} {Figures.Count(failure.Value)}"),
        .. endpoint.GivenUp is null ? Array.Empty<string>() : ["given up"],
    ]);
}
