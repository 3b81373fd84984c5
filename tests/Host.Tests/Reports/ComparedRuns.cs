using System.Text.Json.Nodes;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Tests.Reports;

/// <summary>Results of runs that were never carried out: 20 bursts of 100 connections, an interval each.</summary>
internal static class ComparedRuns
{
    public const int Bursts = 20;

    /// <summary>A run whose connects have these p99s, in microseconds, and whose bursts have these failures.</summary>
    public static RunResult Run(IReadOnlyList<long> p99s, IReadOnlyList<long>? failures = null, string configuration = Configuration)
    {
        failures ??= [.. p99s.Select(_ => 0L)];
        var (planned, failed) = (p99s.Count * 100L, failures.Sum());
        var connects = p99s.Select(Latency).ToList();
        return Results.Of(Verdict.Valid) with
        {
            Run = new RunInfo(Results.Id, DateTimeOffset.UnixEpoch, p99s.Count, JsonNode.Parse(configuration)!.AsObject()),
            Connections = new ConnectionCounts(planned, planned, planned - failed, failed, 0, 0),
            Outcomes = Outcomes.All.ToDictionary(outcome => outcome.Name(), outcome => outcome switch
            {
                Outcome.Succeeded => planned - failed,
                Outcome.Reset => failed,
                _ => 0,
            }),
            Retries = 0,
            Latency = new Dictionary<string, LatencySummary>
            {
                ["connect"] = Latency((long)p99s.Average()),
                ["script"] = Latency(500),
            },
            Samples =
            [
                .. connects.Select((connect, index) => Results.Snapshot(index + 1).Sample with
                {
                    Connect = connect,
                    Retries = 0,
                    Outcomes = new Dictionary<string, long> { ["reset"] = failures[index] },
                }),
            ],
            Bursts = [.. failures.Select((failed, index) => new BurstResult(index, "storm", index, 100, 100, 0, 100 - failed, failed, 0, 5, 5, 0.25))],
        };
    }

    public const string Configuration = """
        { "seed": 1, "load": [ { "name": "storm", "connections": 100, "count": 20 } ], "connection": { "script": ["PING"] },
          "metrics": { "interval": "1s" }, "thresholds": [], "transport": { "kind": "auto" } }
        """;

    /// <summary>Values around a middle, the same for the same seed.</summary>
    public static long[] Around(double middle, int seed, int count = Bursts)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (long)(middle * Math.Exp((random.NextDouble() - 0.5) * 0.6)))];
    }

    public static StoredResult Stored(RunResult result, string source = "run") => StoredResult.Of(source, result);

    public static Comparison Compare(RunResult @base, RunResult other) => Comparison.Of(Stored(@base, "base"), Stored(other, "other"));

    private static LatencySummary Latency(long p99) => new(100, 10, 50, p99 / 4, p99 / 2, p99, p99, p99);
}
