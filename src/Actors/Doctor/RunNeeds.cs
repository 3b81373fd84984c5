namespace ActorLoad.Doctor;

/// <summary>The needs of a run, as far as its settings tell in advance.</summary>
/// <param name="Due">Connections due at once.</param>
/// <param name="MaxOpen">connection.max-open, the limit of open ones.</param>
/// <param name="Open">Connections open at once.</param>
/// <param name="Shares">The same for each address and port of the target.</param>
/// <param name="BurstForEach">Connections of the largest burst to one address and port.</param>
/// <param name="Targets">Different addresses and ports.</param>
/// <param name="StartedInMinute">The most connections begun within 60 s, the length of TIME_WAIT; null if bursts follow each other at once,
/// which has no known number.</param>
/// <param name="Tracked">The most connections in a firewall at once, open or recently closed; null as above.</param>
/// <param name="Observers">Observers' connections to each server.</param>
/// <param name="IsGraceful">connection.close = graceful.</param>
/// <param name="KernelPorts">connection.ports = kernel.</param>
/// <param name="IsLoopback">Each target is reached over loopback.</param>
/// <param name="IsEmbedded">The run brings its own server.</param>
/// <param name="LargestPhase">Index of the phase with the largest bursts.</param>
public sealed record RunNeeds(
    long Due, long MaxOpen, long Open, IReadOnlyList<TargetShare> Shares, long BurstForEach, int Targets, long? StartedInMinute,
    long? Tracked, int Observers, bool IsGraceful, bool KernelPorts, bool IsLoopback, bool IsEmbedded, int LargestPhase = 0)
{
    /// <summary>The largest share.</summary>
    public long OpenForEach => Shares.Max(share => share.Open);
}
