using ActorLoad.Observers.Bystanders;

namespace ActorLoad.Observers;

/// <summary>Who watches a run (<c>actorload.observers</c>).</summary>
/// <param name="Interval">Time between readings of servers and kernel.</param>
/// <param name="ReadyTimeout">How long the first burst waits for observers, beyond the times that their baselines take.</param>
/// <param name="Server">Ask the servers.</param>
/// <param name="Kernel">Read what this machine's kernel counts.</param>
/// <param name="Baseline">How long the idle machine is watched before the first burst.</param>
/// <param name="Bystander">The steady connections; null for none.</param>
public sealed record ObserverSettings(
    TimeSpan Interval, TimeSpan ReadyTimeout, bool Server, bool Kernel, TimeSpan Baseline, BystanderSettings? Bystander)
{
    // For the last reading of an observer. A server that is still busy after the storm answers late.
    private static readonly TimeSpan LastReading = TimeSpan.FromSeconds(5);

    /// <summary>Longest time from the start of the observers to the storm.</summary>
    public TimeSpan Start => ReadyTimeout + Later(Kernel ? Baseline : TimeSpan.Zero, Bystander?.Before ?? TimeSpan.Zero);

    /// <summary>Longest time from the end of the storm to the ledgers.</summary>
    public TimeSpan End => LastReading + (Bystander?.After ?? TimeSpan.Zero);

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
