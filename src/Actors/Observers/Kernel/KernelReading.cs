namespace ActorLoad.Observers.Kernel;

/// <summary>What the kernel showed at one moment. What it did not show is absent.</summary>
/// <param name="At">Timestamp of the run's clock.</param>
/// <param name="Counters">Counters of TCP, and of connection tracking where there is any.</param>
/// <param name="Levels">Levels of sockstat, and <c>conntrack</c> (tracked connections) where there is any.</param>
/// <param name="Sockets">Sockets of the watched endpoints; null if they could not be counted.</param>
public sealed record KernelReading(long At, NetCounters Counters, IReadOnlyDictionary<string, long> Levels, SocketCounts? Sockets);
