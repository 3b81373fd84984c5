using ActorLoad.Metrics;

namespace ActorLoad.Actors.Tests.Metrics;

/// <summary>Snapshots with every field set, for specs that read or write them.</summary>
internal static class Snapshots
{
    public static LatencySummary Latency { get; } = new(7_990, 40, 512.3, 300, 1_200, 250_000, 900_001, 1_000_447);

    public static Sample Sample { get; } = new(
        3.001, 12, 8_000, 7_995, 7_970, 10, 5, 3, 8_010, 15, new Dictionary<string, long> { ["succeeded"] = 7_970, ["reset"] = 10 },
        7_983.4, Latency, null);

    public static RunSnapshot Totals { get; } = new(
        "20260101T000000Z-abcdef", 3.001, new RunProgress("storm", 1, 4, 0.25), new ConnectionCounts(8_000, 7_995, 7_970, 10, 5, 3), 12,
        8_010, 15, new Dictionary<string, long> { ["succeeded"] = 7_970, ["refused"] = 10, ["cancelled"] = 3 },
        new Dictionary<string, long> { ["refused"] = 25 }, new Dictionary<string, long> { ["NOAUTH"] = 2, ["a \"b\" <c> é"] = 1 },
        new Dictionary<string, LatencySummary> { ["connect"] = Latency, ["first-reply"] = Latency, ["total"] = Latency },
        new Dictionary<string, LatencySummary> { ["total"] = Latency }, new GeneratorUsage(51.3, 170_000_000, 5_120, 3.25, 7_995), Sample);
}
