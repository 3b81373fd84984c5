using System.Text.Json.Nodes;
using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Tests.Journal;

/// <summary>Runs that were never carried out.</summary>
internal static class Results
{
    public const string Id = "20261122-225935-4f2a9c";

    public static RunHeader Header { get; } = new(
        1, Id, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(1), new JsonObject { ["seed"] = 1 },
        new TargetInfo(["127.0.0.1:6379"], ["127.0.0.1:6379"]), new TransportInfo("sockets", 1, "as configured"), null);

    /// <summary>A run of 100 connections: 60 succeeded, 10 failed, 30 are open.</summary>
    public static RunSnapshot Snapshot(double at) => new(
        Id, at, new RunProgress("storm", 1, 2, 0.5), new ConnectionCounts(100, 100, 60, 10, 0, 0), 30, 105, 5,
        new Dictionary<string, long> { ["succeeded"] = 60, ["reset"] = 10 }, new Dictionary<string, long> { ["reset"] = 15 },
        new Dictionary<string, long>(), new Dictionary<string, LatencySummary> { ["total"] = new(60, 1, 2, 2, 3, 4, 5, 6) },
        new Dictionary<string, LatencySummary>(), new GeneratorUsage(70, 1, 1, 0, 100),
        new Sample(at, 30, 100, 100, 60, 10, 0, 0, 105, 5, new Dictionary<string, long> { ["succeeded"] = 60, ["reset"] = 10 }, 70, null, null));

    public static RunResult Of(Verdict verdict) => InterruptedRun.Assemble(Header, Snapshot(1), [Snapshot(1).Sample]) with { Verdict = verdict };
}
