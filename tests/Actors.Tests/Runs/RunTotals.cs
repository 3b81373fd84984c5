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
        var sample = new Sample(
            1, connections.Open, connections.Planned, connections.Opened, connections.Succeeded, connections.Failed, connections.Dropped,
            connections.Cancelled, connections.Opened, 0, outcomes, 0, null, null);
        return new RunSnapshot(
            SupervisedRun.Id, 1, new RunProgress("storm", 1, 1, 1), connections, connections.Open, connections.Opened, 0, outcomes,
            attemptFailures ?? NoCounts, NoCounts, NoTimes, NoTimes, new GeneratorUsage(40, 1, 1, 0, 1), sample);
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
    };

    /// <summary>All of them succeeded.</summary>
    public static RunSnapshot Succeeded(long connections) => Of(new ConnectionCounts(connections, connections, connections, 0, 0, 0));
}
