namespace ActorLoad.Doctor;

/// <summary>What a run asks of the machines and the server, as far as its settings tell beforehand.</summary>
/// <param name="Due">Connections that want to be open at once.</param>
/// <param name="MaxOpen">connection.max-open: as many of them may.</param>
/// <param name="Open">Connections that will be open at once.</param>
/// <param name="Shares">The same for each address and port of the target.</param>
/// <param name="BurstForEach">Connections of the largest burst to one address and port.</param>
/// <param name="Targets">Different addresses and ports.</param>
/// <param name="StartedInMinute">Most connections that begin within 60 s, for how long TIME_WAIT lasts; null if bursts follow each other at
/// once, and nobody can say how many.</param>
/// <param name="Tracked">Most connections that a firewall remembers at once: those open, and for a while those closed; null as above.</param>
/// <param name="Observers">Connections that the run has to each server beside the storm's.</param>
/// <param name="IsGraceful">connection.close = graceful.</param>
/// <param name="KernelPorts">connection.ports = kernel.</param>
/// <param name="IsLoopback">Each target is reached over loopback.</param>
/// <param name="IsEmbedded">The run brings its own server.</param>
/// <param name="LargestPhase">Index of the phase with the largest bursts.</param>
public sealed record RunNeeds(
    long Due, long MaxOpen, long Open, IReadOnlyList<TargetShare> Shares, long BurstForEach, int Targets, long? StartedInMinute, long? Tracked, int Observers,
    bool IsGraceful, bool KernelPorts, bool IsLoopback, bool IsEmbedded, int LargestPhase = 0)
{
    /// <summary>The largest share.</summary>
    public long OpenForEach => Shares.Max(share => share.Open);
}
