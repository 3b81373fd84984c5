using System.Collections.Immutable;
using System.Net;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Runs;

/// <summary>Who is to watch a run, by its settings.</summary>
internal static class ObserverPlans
{
    /// <summary>The observers of a run; none if all are off.</summary>
    public static IReadOnlyList<ObserverPlan> For(RunSettings settings, ImmutableArray<IPEndPoint> targets)
    {
        var observers = settings.Observers;
        ImmutableArray<IPEndPoint> addresses = [.. targets.Distinct()];
        var plans = new List<ObserverPlan>();
        if (observers.Kernel)
        {
            plans.Add(new ObserverPlan("kernel", KernelObserver.Props(
                () => new KernelSources(KernelPaths.Linux, addresses, TimeProvider.System), observers.Baseline, observers.Interval, TimeProvider.System)));
        }

        if (observers.Bystander is { } bystander)
        {
            plans.Add(new ObserverPlan(BystanderObserver.Name, BystanderObserver.Props(bystander, addresses, TimeProvider.System)));
        }

        return plans;
    }
}
