using System.Collections.Immutable;
using ActorLoad.Configuration;
using ActorLoad.Diagnosis;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Transport;

namespace ActorLoad.Runs;

/// <summary>ActorLoad's own use of the machine, and the pauses of its loops.</summary>
/// <param name="Busy">Use under load.</param>
/// <param name="Pauses">When its loops stood still.</param>
/// <param name="RetiredPorts">Connects from ports that the server may still have held.</param>
internal sealed record OwnUse(BusyMeter Busy, IReadOnlyList<LoopPause> Pauses, long RetiredPorts);

/// <summary>What the loops of a run report at its end.</summary>
/// <param name="Pauses">When the loops stood still.</param>
/// <param name="RetiredPorts">Connects from ports that the server may still have held.</param>
/// <param name="Queues">How often their queues were full; null for loops without queues.</param>
internal sealed record LoopFacts(IReadOnlyList<LoopPause> Pauses, long RetiredPorts, QueueCounts? Queues)
{
    /// <summary>Before the end.</summary>
    public static LoopFacts None { get; } = new([], 0, null);

    /// <summary>The present figures.</summary>
    public static LoopFacts Read(ILoopMeter meter) => new(meter.ReadPauses(), meter.ReadRetiredPorts(), meter.ReadQueues());
}

/// <summary>Collects the evidence for a diagnosis. Pure.</summary>
internal static class RunEvidence
{
    /// <summary>The evidence of an ended run.</summary>
    public static Evidence Of(
        RunOrder order, MetricsProtocol.Completed completed, ObserverProtocol.RunObserved observed, PlanCursor course, OwnUse own,
        TimeSpan duration, int loops, IReadOnlyDictionary<string, ImmutableArray<string>> said)
    {
        var (totals, sockets) = (completed.Totals, completed.Sockets);
        string[] verbs = [.. order.Settings.Fleets.SelectMany(fleet => ScriptVerbs.Of(fleet.Connection.Script))];
        var client = new ClientLedger(
            totals.Attempts, Math.Max(0, totals.Connections.Succeeded - (totals.Connections.Reused ?? 0)), sockets.Established,
            sockets.AbortiveCloses, totals.AttemptFailures, totals.Rejections)
        {
            PeerFinishes = sockets.PeerFinishes,
            TlsFailures = totals.Tls?.Failures ?? ImmutableDictionary<string, long>.Empty,
            PeerResets = sockets.PeerResets,
            RetiredPorts = own.RetiredPorts,
            ClosedFirst = ClosedFirst(order.Settings.Fleets, totals),
        };
        var load = Load(order, totals, sockets, course) with { Said = said, Waits = [.. verbs.Where(ScriptVerbs.Waits)] };
        return new Evidence(Ledgers(client, sockets, observed, order.Target), load, Generator(order, totals, course, own, duration, loops));
    }

    // If fleets differ, a timeout is of none in particular.
    private static double? ReplyTimeout(ImmutableArray<FleetSettings> fleets) =>
        fleets.Select(fleet => fleet.Connection.ReplyTimeout).Distinct().Count() == 1
            ? fleets[0].Connection.ReplyTimeout.TotalSeconds : null;

    // A server closes a connection that ends its script with QUIT.
    private static long ClosedFirst(ImmutableArray<FleetSettings> fleets, RunSnapshot totals) => fleets
        .Select((fleet, index) => ScriptVerbs.Of(fleet.Connection.Script).Contains("QUIT")
            ? (totals.Fleets.ElementAtOrDefault(index)?.Connections ?? totals.Connections).Succeeded : 0).Sum();

    private static Ledgers Ledgers(
        ClientLedger client, SocketFacts sockets, ObserverProtocol.RunObserved observed, ResolvedTarget target)
    {
        var (servers, kernel) = (observed.Servers, observed.Kernel);
        var proxys = servers.Where(server => server.Proxy is not null).Sum(server => server.ConnectionsReceived ?? 0);
        return target.Endpoints.Count(endpoint => endpoint.Address is null) is var unix && unix == 0
            ? new Ledgers(
                client, servers, kernel, observed.Bystander, Reconcile(kernel),
                TimeWaitJudge.Judge(client, kernel, observed.OwnConnections, proxys), observed.Unseen)
            : unix < target.Endpoints.Length
            ? new Ledgers(
                client, servers, kernel, observed.Bystander, Reconcile(null),
                TimeWaitJudge.Judge(client, kernel, observed.OwnConnections, proxys),
                [.. observed.Unseen, "Some connections went over Unix sockets, which the kernel's counters of TCP do not hold: "
                    + "so they are not compared."])
            : new Ledgers(
                client, servers, WithoutTcp(kernel), observed.Bystander, Reconcile(null), TimeWaitJudge.OfUnixSockets,
                [.. observed.Unseen, "The kernel's counters are those of TCP: those over Unix sockets have no SYN, no RST, no port."]);

        IReadOnlyList<ReconciledQuantity> Reconcile(KernelLedger? kernel) => Reconciliation.Of(
            client, servers, kernel, sockets.ConnectModes, sockets.LongConnects, observed.OwnConnections);
    }

    // Its settings hold for Unix sockets too. Its counters are of other programs.
    private static KernelLedger? WithoutTcp(KernelLedger? kernel) => kernel is null ? null : kernel with
    {
        Counters = new Dictionary<string, KernelCount>(),
        Target = null,
        SeesServer = true,
    };

    private static LoadEvidence Load(RunOrder order, RunSnapshot totals, SocketFacts sockets, PlanCursor course)
    {
        var (connection, setup) = (order.Settings.Connection, totals.Latency.GetValueOrDefault(Step.Setup.Name()));
        var needs = RunDemand.Of(order.Settings, order.Target.Endpoints);
        // Bursts of several fleets may meet.
        var largest = Math.Max(course.Largest, order.Settings.Fleets.Length > 1 ? needs.BurstForEach * needs.Targets : 0);
        return new LoadEvidence(
            largest, totals.Generator.PeakOpen, connection.MaxOpen, connection.Socket.Close.Word(), connection.Socket.Ports.Word(),
            order.Target.Endpoints.Distinct().Count(), sockets.ConnectModes, sockets.Connected, sockets.LongConnects,
            setup ?? totals.Latency.GetValueOrDefault(Step.FirstReply.Name()),
            totals.Latency.GetValueOrDefault(Step.Total.Name()))
        {
            Observers = needs.Observers * needs.Targets,
            IsLoopback = needs.IsLoopback,
            IsCluster = order.Settings.Target.IsCluster,
            From = string.Join(", ", needs.Shares.Select(share => share.From).OfType<string>().Distinct()) is { Length: > 0 } from
                ? from : null,
            Sources = Sources(order.Settings.Fleets),
            LargestBursts = needs.LargestBursts,
            Absences = sockets.Absences,
            StrangeReplies = sockets.StrangeReplies,
            DistantConnects = sockets.DistantConnects,
            Connect = totals.Latency.GetValueOrDefault(Step.Connect.Name()),
            Script = totals.Latency.GetValueOrDefault(Step.Script.Name()),
            HasSetup = setup is not null,
            ReplyTimeout = ReplyTimeout(order.Settings.Fleets),
            AskedEvery = order.Settings.Observers.Interval.TotalSeconds,
            Endpoints = [.. order.Target.Endpoints.Distinct().Select(address => $"{address}")],
            User = order.Settings.Target.Credentials.User,
            ByEndpoint = order.Target.Counts(totals),
            FairShares = FairShares(order, totals),
            Orders = [.. order.Settings.Fleets.Where(fleet => fleet.Among(order.Target.Endpoints).Distinct().Skip(1).Any())
                .Select(fleet => fleet.Target.Order.Word()).Distinct()],
            Unused = order.Target.Unused,
        };
    }

    // A fleet without source addresses has that of the route.
    private static int Sources(ImmutableArray<FleetSettings> fleets) => fleets
        .SelectMany(fleet => fleet.Connection.Socket.Sources?.All ?? [System.Net.IPAddress.Any]).Distinct().Count();

    private static Dictionary<string, double> FairShares(RunOrder order, RunSnapshot totals)
    {
        var shares = new Dictionary<string, double>();
        foreach (var (index, fleet) in order.Settings.Fleets.Index())
        {
            var planned = (totals.Fleets.ElementAtOrDefault(index)?.Connections ?? totals.Connections).Planned;
            var targets = fleet.Among(order.Target.Endpoints);
            foreach (var target in targets)
            {
                shares[$"{target}"] = shares.GetValueOrDefault($"{target}") + ((double)planned / targets.Length);
            }
        }

        return shares;
    }

    private static GeneratorEvidence Generator(
        RunOrder order, RunSnapshot totals, PlanCursor course, OwnUse own, TimeSpan duration, int loops)
    {
        var (used, busy) = (own.Busy.Used, course.Busy.TotalSeconds);
        return new GeneratorEvidence(
            totals.Latency.GetValueOrDefault(Step.StartLag.Name()), duration.TotalSeconds, busy, InBursts(used.Cpu) ?? 0,
            InBursts(used.LoopCpu), InBursts(used.LoopsWait), InBursts(used.GcPause) * 1000 ?? 0, loops, Environment.ProcessorCount)
        {
            LoopLag = totals.Latency.GetValueOrDefault(Step.LoopLag.Name()),
            LoopsCpuSeconds = InBursts(used.LoopsCpu),
            StarvedShare = own.Busy.StarvedShare,
            Pauses = own.Pauses,
            Bursts = course.Ended.Count + course.Omitted,
            LateBursts = course.LateBursts,
            WorstBurstLag = course.WorstBurstLag,
            PacedPhases = [.. Paced(order, totals)],
        };

        double? InBursts(TimeSpan? part) => own.Busy.ShareOf(part) * busy;
    }

    private static IEnumerable<(string Phase, LatencySummary StartLag, LatencySummary? LoopLag)> Paced(RunOrder order, RunSnapshot totals)
    {
        foreach (var phase in PhaseCounts.Of(order.Settings.PhaseNames, totals))
        {
            if (phase.Shape != LoadShape.Bursts.Word() && phase.Latency.TryGetValue(Step.StartLag.Name(), out var lag))
            {
                var loop = phase.Latency.GetValueOrDefault(Step.LoopLag.Name());
                yield return (phase.Fleet is null ? phase.Name : $"{phase.Fleet}: {phase.Name}", lag, loop);
            }
        }
    }
}
