using ActorLoad.Metrics;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>Totals as the metrics actor sends them at the end of a run.</summary>
internal static class RunTotals
{
    private static readonly Dictionary<string, long> NoCounts = [];
    private static readonly Dictionary<string, LatencySummary> NoTimes = [];

    public static RunSnapshot Of(ConnectionCounts connections, IReadOnlyDictionary<string, long>? attemptFailures = null)
    {
        var outcomes = new Dictionary<string, long> { ["succeeded"] = connections.Succeeded };
        var sample = new Sample
        {
            At = 1,
            Open = connections.Open,
            Planned = connections.Planned,
            Opened = connections.Opened,
            Succeeded = connections.Succeeded,
            Failed = connections.Failed,
            Dropped = connections.Dropped,
            Cancelled = connections.Cancelled,
            Attempts = connections.Opened,
            Retries = 0,
            Outcomes = outcomes,
            RatePerSecond = 0,
            Connect = null,
            Total = null,
        };
        return new RunSnapshot
        {
            RunId = SupervisedRun.Id,
            ElapsedSeconds = 1,
            Progress = new RunProgress("storm", 1, 1, 1),
            Connections = connections,
            Open = connections.Open,
            Attempts = connections.Opened,
            Retries = 0,
            Outcomes = outcomes,
            AttemptFailures = attemptFailures ?? NoCounts,
            Rejections = NoCounts,
            Latency = NoTimes,
            FailedLatency = NoTimes,
            Generator = new GeneratorUsage(40, 1, 1, 0, 1),
            Sample = sample,
        };
    }

    /// <summary>The same of two endpoints: all of it of the first, <c>db:6379</c>, and nothing of <c>db:6380</c>.</summary>
    public static RunSnapshot OfTwo(this RunSnapshot totals) => totals with
    {
        Established = totals.Connections.Opened,
        Endpoints = new[]
        {
            EndpointCounts.Of(new EndpointName("db:6379", "127.0.0.1:6379"), totals),
            EndpointCounts.Of(new EndpointName("db:6380", "127.0.0.1:6380"), Of(new ConnectionCounts(0, 0, 0, 0, 0, 0))),
        },
        Fleets = new[] { new FleetCounts(new FleetName("web", 0), totals), new FleetCounts(new FleetName("jobs", 1), Of(new ConnectionCounts(0, 0, 0, 0, 0, 0))) },
        Phases = new[]
        {
            new PhaseCounts(new PhaseName("storm", "bursts"), 0, totals),
            new PhaseCounts(new PhaseName("spike", "spike"), 1, Of(new ConnectionCounts(0, 0, 0, 0, 0, 0))) with { BeganAt = 7, EndedAt = 9 },
        },
    };

    /// <summary>All of them succeeded.</summary>
    public static RunSnapshot Succeeded(long connections) => Of(new ConnectionCounts(connections, connections, connections, 0, 0, 0));
}
