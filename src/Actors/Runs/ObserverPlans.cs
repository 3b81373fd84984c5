using System.Collections.Immutable;
using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Akka.Actor;

namespace ActorLoad.Runs;

/// <summary>Who is to watch a run, by its settings.</summary>
internal static class ObserverPlans
{
    /// <summary>The observers of a run; none if all are off.</summary>
    /// <param name="settings">Of the run.</param>
    /// <param name="to">Where its connections go.</param>
    /// <param name="time">Their clock.</param>
    /// <param name="isOurs">Tells whether a connection of the run may have had a local port; null if nobody knows.</param>
    public static IReadOnlyList<ObserverPlan> For(RunSettings settings, ResolvedTarget to, TimeProvider time, Func<int, bool>? isOurs = null)
    {
        var (observers, words) = (settings.Observers, settings.Words);
        ImmutableArray<IPEndPoint> addresses = [.. to.Addresses.Distinct()];
        var plans = new List<ObserverPlan>();
        if (observers.Kernel)
        {
            plans.Add(new ObserverPlan("kernel", KernelObserver.Props(
                () => new KernelSources(KernelPaths.Linux, addresses, time, isOurs: isOurs), observers.Baseline, observers.Interval, time)));
        }

        if (observers.Server)
        {
            plans.AddRange(addresses.Select((address, index) => new ObserverPlan($"server {address}", Server(settings, words, time, to.ProcessId, addresses.Length, address, index))));
        }

        if (observers.Bystander is { } bystander)
        {
            plans.Add(new ObserverPlan(BystanderObserver.Name, BystanderObserver.Props(bystander with { Words = words }, addresses, time)));
        }

        return plans;
    }

    private static Props Server(RunSettings settings, ServerWords words, TimeProvider time, int? process, int addresses, IPEndPoint address, int index)
    {
        var (target, bystanders) = (settings.Target, settings.Observers.Bystander?.Connections ?? 0);
        var here = (bystanders / addresses) + (index < bystanders % addresses ? 1 : 0); // they take the addresses in turn
        return ServerObserver.Props(
            index, address, Given(target.Username), Given(target.Password),
            new ServerObserverSettings(
                settings.Observers.Interval, ServerObserverSettings.UsualAnswerLimit, here,
                target.IsEmbedded ? new OwnServer(process, ServerDefaults.GarnetBacklog) : null)
            { Words = words }, time);
    }

    private static string? Given(string text) => text.Length > 0 ? text : null;
}
