using System.Collections.Immutable;
using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Doctor;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Runs;

/// <summary>The least that a run certainly needs from the machines, by its settings. Pure.</summary>
public static class RunDemand
{
    private static readonly TimeSpan TimeWait = TimeSpan.FromSeconds(60);

    // How long nf_conntrack remembers a closed connection.
    private static readonly TimeSpan RememberedAfterReset = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RememberedAfterFin = TimeSpan.FromSeconds(120);

    // Faster than any run so far.
    private const long MostPerSecond = 50_000;

    /// <summary>The needs of a run: of its fleets together, because they storm side by side.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="targets">The addresses, in turn; empty for the embedded server.</param>
    public static RunNeeds Of(RunSettings settings, ImmutableArray<Endpoint> targets)
    {
        var (connection, observers) = (settings.Connection, settings.Observers);
        FleetNeeds[] fleets = [.. settings.Fleets.Select(fleet => Of(fleet, settings.Deadline, targets))];
        var shares = Together(fleets.SelectMany(fleet => fleet.Shares));
        return new RunNeeds
        {
            Due = fleets.Sum(fleet => fleet.Due),
            MaxOpen = connection.MaxOpen,
            Open = fleets.Sum(fleet => fleet.Open),
            Shares = shares,
            BurstForEach = fleets.SelectMany(fleet => fleet.Bursts).GroupBy(share => share.Target)
                .Max(same => same.Sum(share => share.Open)),
            Targets = shares.DistinctBy(share => share.Target).Count(),
            StartedInMinute = fleets.Aggregate((long?)0, (sum, fleet) => sum + fleet.StartedInMinute),
            Tracked = fleets.Aggregate((long?)0, (sum, fleet) => sum + fleet.Tracked),
            Observers = (observers.Server ? 1 : 0) + (observers.Bystander?.Connections ?? 0),
            Close = connection.Socket.Close.Word(),
            IsGraceful = connection.Socket.Close is CloseMode.Graceful or CloseMode.HalfClose,
            KernelPorts = connection.Socket.Ports == PortChoice.Kernel,
            IsLoopback = targets.All(target => target.IsLoopback),
            IsEmbedded = settings.Target.IsEmbedded,
            SpeaksTls = settings.Fleets.Any(fleet => fleet.Target.Credentials.Tls is not null),
            LargestBursts = fleets.MaxBy(fleet => fleet.Bursts.Max(share => share.Open))!.LargestBursts,
        };
    }

    private static FleetNeeds Of(FleetSettings fleet, TimeSpan deadline, ImmutableArray<Endpoint> all)
    {
        var (connection, targets) = (fleet.Connection, fleet.Among(all));
        var plan = RunPlan.Create(fleet.Load).Until(deadline);
        var due = plan.Phases.Max(phase => Due(phase, connection.Hold));
        var open = Math.Min(due, connection.MaxOpen);
        var burst = Math.Min(plan.Phases.Max(Together), connection.MaxOpen);
        var remembered = connection.Socket.IsAbortive ? RememberedAfterReset : RememberedAfterFin;
        var largest = plan.Phases.IndexOf(plan.Phases.MaxBy(Together)!);
        return new FleetNeeds(
            due, open, Shares(open, targets, fleet), Shares(burst, targets, fleet),
            StartedWithin(plan, TimeWait, connection.MaxOpen, connection.Pool), Tracked(plan, open, remembered, connection),
            fleet.Load[largest] is { Shape: LoadShape.Bursts or LoadShape.Population, Path: var path } ? path : null);
    }

    // Fleets may storm the same address, from the same addresses.
    private static IReadOnlyList<TargetShare> Together(IEnumerable<TargetShare> shares) =>
        [.. shares.GroupBy(share => share with { Open = 0 }).Select(same => same.Key with { Open = same.Sum(share => share.Open) })];

    private sealed record FleetNeeds(
        long Due, long Open, IReadOnlyList<TargetShare> Shares, IReadOnlyList<TargetShare> Bursts, long? StartedInMinute, long? Tracked,
        string? LargestBursts);

    /// <summary>Most connections begun within a time window from the start of a phase; null if bursts follow each other without a
    /// gap.</summary>
    internal static long? StartedWithin(RunPlan plan, TimeSpan window, int maxOpen, PoolSettings? pool = null)
    {
        if (plan.Phases.Any(phase => phase is BurstPhase { Count: null }))
        {
            return null;
        }

        var most = 0L;
        for (var first = 0; first < plan.Phases.Length; first++)
        {
            var (left, started) = (window, 0L);
            for (var index = first; index < plan.Phases.Length && left >= TimeSpan.Zero; index++)
            {
                var phase = plan.Phases[index];
                started += Within(phase, left, index == first, maxOpen, pool);
                left -= TimeSpan.FromSeconds(Math.Min(phase.Repeat * phase.ShortestSeconds(0), window.TotalSeconds + 1));
            }

            most = Math.Max(most, started);
        }

        return most;
    }

    // From the begin of a phase; in the first one of the window, from where most begin.
    private static long Within(PhasePlan phase, TimeSpan window, bool isFirst, int maxOpen, PoolSettings? pool)
    {
        if (phase is PacedPhase paced)
        {
            var once = isFirst ? paced.MostWithin(window) : (long)paced.Arrivals.CountAt(window);
            return once * Math.Max(1, Math.Min(phase.Repeat, (long)Math.Ceiling(window / paced.Duration)));
        }

        var bursts = (BurstPhase)phase;
        var count = (long)bursts.Count!.Value * bursts.Repeat;
        var fitting = bursts.Gap > TimeSpan.Zero ? Math.Min(count, 1 + (window.Ticks / bursts.Gap.Ticks)) : count;
        var each = Math.Min(bursts.Connections, maxOpen);
        return each + ((fitting - 1) * Math.Max(0, each - KeptFor(bursts.Gap, pool)));
    }

    // Idle connections that a burst takes over, so long after the one before.
    private static int KeptFor(TimeSpan gap, PoolSettings? pool) =>
        pool is null || (pool.IdleTimeout > TimeSpan.Zero && pool.IdleTimeout < gap) ? 0 : pool.MaxIdle;

    private static long? Tracked(RunPlan plan, long open, TimeSpan remembered, ConnectionSettings connection) =>
        StartedWithin(plan, remembered, connection.MaxOpen, connection.Pool) is { } started
            ? Math.Min(started, open + (MostPerSecond * (long)remembered.TotalSeconds)) : null;

    /// <summary>Connections that are certainly open at once, because they are held.</summary>
    private static long Due(PhasePlan phase, TimeSpan hold) => phase switch
    {
        PacedPhase { Population: { } population } => population.Connections,
        PacedPhase paced => Math.Max(paced.MostTogether, paced.MostWithin(hold)),
        BurstPhase { Pacing: Pacing.Fixed, Gap.Ticks: > 0 } bursts =>
            bursts.Connections * Math.Min(bursts.Count ?? long.MaxValue, 1 + (hold.Ticks / bursts.Gap.Ticks)),
        _ => Together(phase),
    };

    /// <summary>Connections that are due together.</summary>
    private static long Together(PhasePlan phase) => phase is BurstPhase { Pacing: Pacing.Fixed, Gap.Ticks: <= 0 } bursts
        ? (long)bursts.Connections * (bursts.Count ?? 1) : phase.MostTogether;

    /// <summary>The share of each address, rounded up. An address that is named twice gets two shares.</summary>
    private static IReadOnlyList<TargetShare> Shares(long connections, ImmutableArray<Endpoint> targets, FleetSettings fleet)
    {
        var sources = fleet.Connection.Socket.Sources;
        if (targets.IsEmpty)
        {
            return [new TargetShare(TargetShare.Embedded, connections) { From = sources?.ToString(), Sources = sources?.All.Length ?? 1 }];
        }

        var weights = fleet.Weights(targets);
        var all = weights.Sum();
        return
        [
            .. targets.Zip(weights).GroupBy(target => target.First).Select(named => new TargetShare(
                $"{named.Key}", (long)Math.Ceiling(Math.Round(connections * (named.Sum(target => target.Second) / all), 6)))
            {
                From = sources?.ToString(),
                Sources = sources?.Of(named.Key.Family).Length ?? 1,
            }),
        ];
    }
}
