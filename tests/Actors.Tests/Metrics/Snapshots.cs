using ActorLoad.Metrics;

namespace ActorLoad.Actors.Tests.Metrics;

/// <summary>Snapshots with every field set, for specs that read or write them.</summary>
internal static class Snapshots
{
    public static LatencySummary Latency { get; } = new(7_990, 40, 512.3, 300, 1_200, 250_000, 900_001, 1_000_447);

    public static Sample Sample { get; } = new Sample
    {
        At = 3.001,
        Open = 12,
        Planned = 8_000,
        Opened = 7_995,
        Succeeded = 7_970,
        Failed = 10,
        Dropped = 5,
        Cancelled = 3,
        Attempts = 8_010,
        Retries = 15,
        Outcomes = new Dictionary<string, long> { ["succeeded"] = 7_970, ["reset"] = 10 },
        RatePerSecond = 7_983.4,
        Connect = Latency,
        Total = null,
    };

    public static RunSnapshot Totals { get; } = new RunSnapshot
    {
        RunId = "20260101T000000Z-abcdef",
        ElapsedSeconds = 3.001,
        Progress = new RunProgress("storm", 1, 4, 0.25),
        Connections = new ConnectionCounts(8_000, 7_995, 7_970, 10, 5, 3),
        Open = 12,
        Attempts = 8_010,
        Retries = 15,
        Outcomes = new Dictionary<string, long> { ["succeeded"] = 7_970, ["refused"] = 10, ["cancelled"] = 3 },
        AttemptFailures = new Dictionary<string, long> { ["refused"] = 25 },
        Rejections = new Dictionary<string, long> { ["NOAUTH"] = 2, ["a \"b\" <c> é"] = 1 },
        Latency = new Dictionary<string, LatencySummary> { ["connect"] = Latency, ["first-reply"] = Latency, ["total"] = Latency },
        FailedLatency = new Dictionary<string, LatencySummary> { ["total"] = Latency },
        Generator = new GeneratorUsage(51.3, 170_000_000, 5_120, 3.25, 7_995),
        Sample = Sample,
    };
}
