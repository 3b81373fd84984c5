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
    public static RunSnapshot Snapshot(double at) => new RunSnapshot
    {
        RunId = Id,
        ElapsedSeconds = at,
        Progress = new RunProgress("storm", 1, 2, 0.5),
        Connections = new ConnectionCounts(100, 100, 60, 10, 0, 0),
        Open = 30,
        Attempts = 105,
        Retries = 5,
        Outcomes = new Dictionary<string, long> { ["succeeded"] = 60, ["reset"] = 10 },
        AttemptFailures = new Dictionary<string, long> { ["reset"] = 15 },
        Rejections = new Dictionary<string, long>(),
        Latency = new Dictionary<string, LatencySummary> { ["total"] = new(60, 1, 2, 2, 3, 4, 5, 6) },
        FailedLatency = new Dictionary<string, LatencySummary>(),
        Generator = new GeneratorUsage(70, 1, 1, 0, 100),
        Sample = new Sample
        {
            At = at,
            Open = 30,
            Planned = 100,
            Opened = 100,
            Succeeded = 60,
            Failed = 10,
            Dropped = 0,
            Cancelled = 0,
            Attempts = 105,
            Retries = 5,
            Outcomes = new Dictionary<string, long> { ["succeeded"] = 60, ["reset"] = 10 },
            RatePerSecond = 70,
            Connect = null,
            Total = null,
        },
    };

    /// <summary>The same, with histograms of its interval: connects of <paramref name="micros"/>, and the total of a failed
    /// connection.</summary>
    public static RunSnapshot Timed(double at, params long[] micros)
    {
        var tally = new LatencyHistogram();
        foreach (var each in micros)
        {
            tally.Record(each);
        }

        var (summary, encoded) = (tally.Summarize()!, HistogramCodec.Encode(tally));
        return Snapshot(at) with
        {
            Times = new IntervalTimes(at - 1, at, [new(Step.Connect, false, summary, encoded), new(Step.Total, true, summary, encoded)]),
        };
    }

    public static RunResult Of(Verdict verdict) => InterruptedRun.Assemble(Header, Snapshot(1), [Snapshot(1).Sample]) with { Verdict = verdict };
}
