using System.Collections.Immutable;
using System.Text.Json;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Transport;

namespace ActorLoad.Runs;

/// <summary>Puts together what a diagnosis may look at. Pure.</summary>
internal static class RunEvidence
{
    /// <summary>The evidence of a run that has ended.</summary>
    public static Evidence Of(
        RunOrder order, MetricsProtocol.Completed completed, ObserverProtocol.RunObserved observed, RunCourse course, LoopUsage? usage,
        TimeSpan duration, int loops, IReadOnlyDictionary<string, ImmutableArray<string>> said)
    {
        var (totals, sockets) = (completed.Totals, completed.Sockets);
        var verbs = ScriptVerbs.Of(order.Settings.Configuration);
        var client = new ClientLedger(
            totals.Attempts, totals.Connections.Succeeded, sockets.Established, sockets.AbortiveCloses, totals.AttemptFailures, totals.Rejections)
        {
            ClosedFirst = verbs.Contains("QUIT") ? totals.Connections.Succeeded : 0,
        };
        var load = Load(order, totals, sockets, course) with
        {
            Said = said, Waits = [.. verbs.Where(ScriptVerbs.Waits)], ReplyTimeout = order.Settings.Connection.ReplyTimeout.TotalSeconds,
        };
        return new Evidence(Ledgers(client, sockets, observed), load, Generator(totals, course, usage, duration, loops));
    }

    private static Ledgers Ledgers(ClientLedger client, SocketFacts sockets, ObserverProtocol.RunObserved observed) => new(
        client, observed.Servers, observed.Kernel, observed.Bystander,
        Reconciliation.Of(client, observed.Servers, observed.Kernel, sockets.ConnectModes, sockets.LongConnects, observed.OwnConnections),
        TimeWaitJudge.Judge(
            client, observed.Kernel, observed.OwnConnections, observed.Servers.Where(server => server.Proxy is not null).Sum(server => server.ConnectionsReceived ?? 0)), observed.Unseen);

    private static LoadEvidence Load(RunOrder order, RunSnapshot totals, SocketFacts sockets, RunCourse course)
    {
        var (connection, username) = (order.Settings.Connection, order.Settings.Target.Username);
        var needs = RunDemand.Of(order.Settings, order.Target.Addresses);
        return new LoadEvidence(
            course.Largest, totals.Generator.PeakOpen, connection.MaxOpen, Word(connection.Socket.Close), Word(connection.Socket.Ports),
            order.Target.Addresses.Distinct().Count(), sockets.ConnectModes, sockets.Connected, sockets.LongConnects, totals.Latency.GetValueOrDefault(Step.FirstReply.Name()),
            totals.Latency.GetValueOrDefault(Step.Total.Name()))
        {
            Observers = needs.Observers * needs.Targets, IsLoopback = needs.IsLoopback, LargestPhase = needs.LargestPhase,
            Absences = sockets.Absences,
            Endpoints = [.. order.Target.Addresses.Distinct().Select(address => $"{address}")], User = string.IsNullOrEmpty(username) ? "default" : username,
            ByEndpoint = order.Target.Counts(totals), Unused = order.Target.Unused,
        };
    }

    private static GeneratorEvidence Generator(RunSnapshot totals, RunCourse course, LoopUsage? usage, TimeSpan duration, int loops) => new(
        totals.Latency.GetValueOrDefault(Step.StartLag.Name()), duration.TotalSeconds, course.Busy.TotalSeconds,
        totals.Generator.CpuMicrosPerConnection * totals.Connections.Opened / 1e6, usage?.BusiestCpu.TotalSeconds, usage?.Wait.TotalSeconds,
        totals.Generator.GcPauseMillis, loops, Environment.ProcessorCount)
    {
        LoopLag = totals.Latency.GetValueOrDefault(Step.LoopLag.Name()),
    };

    // As in the run file.
    private static string Word<T>(T choice)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(choice.ToString());
}
