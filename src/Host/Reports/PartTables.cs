using ActorLoad.Hosting.Terminal;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>A table that shows at most some rows, and says which.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Left">What was left out, in a sentence; null if nothing was.</param>
internal sealed record ShownTable(string Title, IReadOnlyList<TableColumn> Columns, IReadOnlyList<TableRow> Rows, string? Left);

/// <summary>The tables of a run's parts. Large runs have more parts than a page should hold.</summary>
internal static class PartTables
{
    private const int MostBursts = 150;
    private const int MostParts = 80;
    private const string Others = "result.json has the others.";

    private static readonly TableColumn[] OfParts =
    [
        new("connections", true), new("succeeded", true), new("failed", true), new("not started", true), new("retries", true),
        new("connect p99 ms", true), new("total p50 ms", true), new("total p99 ms", true),
    ];

    private static readonly TableColumn[] OfPhases =
        [new("Phase"), new("shape"), new("began", true), new("ended", true), .. OfParts];

    private static readonly TableColumn[] OfBursts =
    [
        new("Burst", true), new("phase"), new("due", true), new("connections", true), new("succeeded", true), new("failed", true),
        new("not started", true), new("lag ms", true), new("spread ms", true), new("took ms", true),
    ];

    /// <summary>The tables that have rows.</summary>
    public static IEnumerable<ShownTable> Of(RunView run)
    {
        var result = run.Result;
        if (result.Bursts.Count > 0)
        {
            yield return Bursts(result.Bursts);
        }

        if (result.Phases.Count > 0)
        {
            yield return Parts("Phases", OfPhases, result.Phases, Phase);
        }

        if (result.Fleets.Count > 0)
        {
            yield return Parts("Fleets", [new("Fleet"), .. OfParts], result.Fleets, fleet => Fleet(fleet, result.Phases));
        }

        if (result.Endpoints.Count > 0)
        {
            yield return Parts("Endpoints", [new("Endpoint"), .. OfParts, new("given up")], result.Endpoints, Endpoint);
        }
    }

    private static TableRow Phase(PhaseCounts phase) => new(
        [
            TableCell.Of(Name(phase.Fleet, phase.Name)), TableCell.Of(phase.Shape), TableCell.Seconds(phase.BeganAt),
            TableCell.Seconds(phase.EndedAt), .. Counts(phase),
        ],
        phase.BeganAt, phase.EndedAt);

    private static TableRow Fleet(FleetCounts fleet, IEnumerable<PhaseCounts> all)
    {
        var phases = all.Where(phase => phase.Fleet == fleet.Name).ToList();
        return new TableRow(
            [TableCell.Of(fleet.Name), .. Counts(fleet)], phases.Min(phase => phase.BeganAt), phases.Max(phase => phase.EndedAt));
    }

    private static TableRow Endpoint(EndpointCounts endpoint) => new(
    [
        TableCell.Of(endpoint.Endpoint == endpoint.Address ? endpoint.Endpoint : $"{endpoint.Endpoint} ({endpoint.Address})"),
        .. Counts(endpoint), TableCell.Of(endpoint.GivenUp),
    ]);

    private static string Name(string? fleet, string phase) => fleet is null ? phase : $"{fleet} / {phase}";

    // Trouble first, then the slowest: what was left out was better.
    private static ShownTable Bursts(IReadOnlyList<BurstResult> bursts)
    {
        var shown = bursts.Count <= MostBursts ? bursts
            : [.. bursts.OrderByDescending(burst => burst.Failed + burst.Dropped).ThenByDescending(burst => burst.DurationSeconds)
                .Take(MostBursts).OrderBy(burst => burst.Index)];
        return new ShownTable(
            "Bursts", OfBursts, [.. shown.Select(Row)],
            shown.Count == bursts.Count ? null
                : $"Of {Figures.Count(bursts.Count)} bursts, these {MostBursts} have the most failures, or else are the slowest. {Others}");

        static TableRow Row(BurstResult burst) => new(
            [
                TableCell.Of(burst.Index), TableCell.Of(Name(burst.Fleet, burst.Phase)), TableCell.Seconds(burst.DueAt),
                TableCell.Of(burst.Planned), TableCell.Of(burst.Succeeded), TableCell.Of(burst.Failed, isTrouble: true),
                TableCell.Of(burst.Dropped, isTrouble: true), TableCell.Millis(burst.StartLagMicros),
                TableCell.Millis(burst.StartSkewMicros), TableCell.Millis(burst.DurationSeconds * 1e6),
            ],
            Math.Max(0, burst.DueAt - (burst.DurationSeconds / 4)), burst.DueAt + (burst.DurationSeconds * 1.25));
    }

    private static ShownTable Parts<T>(string title, IReadOnlyList<TableColumn> columns, IReadOnlyList<T> parts, Func<T, TableRow> row)
        where T : ICounts
    {
        var shown = parts.Count <= MostParts ? parts
            : parts.Index().OrderByDescending(part => part.Item.Connections.Failed + part.Item.Connections.Dropped)
                .ThenByDescending(part => part.Item.Connections.Planned).Take(MostParts).OrderBy(part => part.Index)
                .Select(part => part.Item);
        return new ShownTable(
            title, columns, [.. shown.Select(row)],
            parts.Count <= MostParts ? null
                : $"Of {Figures.Count(parts.Count)}, these {MostParts} have the most failures, or else the most connections. {Others}");
    }

    private static IEnumerable<TableCell> Counts(ICounts counts)
    {
        return
        [
            TableCell.Of(counts.Connections.Planned), TableCell.Of(counts.Connections.Succeeded),
            TableCell.Of(counts.Connections.Failed, isTrouble: true), TableCell.Of(counts.Connections.Dropped, isTrouble: true),
            TableCell.Of(counts.Retries), TableCell.Millis(Latency("connect")?.P99), TableCell.Millis(Latency("total")?.P50),
            TableCell.Millis(Latency("total")?.P99),
        ];

        LatencySummary? Latency(string step) => counts.Latency.GetValueOrDefault(step);
    }
}
