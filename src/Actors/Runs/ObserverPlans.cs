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

/// <summary>Chooses the observers of a run by its settings.</summary>
internal static class ObserverPlans
{
    /// <summary>The observers of a run; empty if all are off.</summary>
    /// <param name="settings">Settings of the run.</param>
    /// <param name="to">The run's target.</param>
    /// <param name="time">Their clock.</param>
    /// <param name="isOurs">Tells whether a connection of the run may have had a local address and port; null if unknown.</param>
    /// <param name="fleets">Tells the sockets of fleets apart; null for one fleet.</param>
    public static IReadOnlyList<ObserverPlan> For(
        RunSettings settings, ResolvedTarget to, TimeProvider time, IsOwnEnd? isOurs = null, OwnFleets? fleets = null)
    {
        var (observers, words) = (settings.Observers, settings.Words);
        ImmutableArray<Endpoint> endpoints = [.. to.Endpoints.Distinct()];
        var plans = new List<ObserverPlan>();
        if (observers.Kernel)
        {
            plans.Add(new ObserverPlan("kernel", KernelObserver.Props(
                () => new KernelSources(
                    KernelPaths.Linux, [.. endpoints.Select(endpoint => endpoint.Address).OfType<IPEndPoint>()], time, isOurs: isOurs,
                    fleets: fleets),
                observers.Baseline, observers.Interval, time)));
        }

        if (observers.Server)
        {
            plans.AddRange(endpoints.Select((endpoint, index) => new ObserverPlan(
                $"server {endpoint}", Server(settings, words, time, to, endpoints.Length, endpoint, index))));
        }

        if (observers.Bystander is { } bystander)
        {
            plans.Add(new ObserverPlan(BystanderObserver.Name, BystanderObserver.Props(
                bystander with { Words = words, CredentialsOf = endpoint => settings.CredentialsOf(endpoint, to.Endpoints) },
                endpoints, time)));
        }

        return plans;
    }

    private static Props Server(
        RunSettings settings, ServerWords words, TimeProvider time, ResolvedTarget to, int endpoints, Endpoint endpoint, int index)
    {
        var bystanders = settings.Observers.Bystander?.Connections ?? 0;
        var here = (bystanders / endpoints) + (index < bystanders % endpoints ? 1 : 0); // bystanders take the endpoints in turn
        return ServerObserver.Props(
            index, endpoint, settings.CredentialsOf(endpoint, to.Endpoints),
            new ServerObserverSettings(
                settings.Observers.Interval, ServerObserverSettings.UsualAnswerLimit, here,
                settings.Target.IsEmbedded ? new OwnServer(to.ProcessId, ServerDefaults.GarnetBacklog) : null)
            { Words = words }, time);
    }
}
