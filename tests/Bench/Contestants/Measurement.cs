namespace ActorLoad.Bench.Contestants;

/// <summary>What one contestant did in one round.</summary>
/// <param name="Connections">How many it was told to open.</param>
/// <param name="Errors">How many of them did not do all their commands, by its own count.</param>
/// <param name="Seconds">First start to last close, by its own clock.</param>
/// <param name="CpuMicros">Its user and system time for each connection, by its own count; null if it does not count it.</param>
/// <param name="WholeCpuMicros">User and system time of its whole process for each connection, seen from outside.</param>
/// <param name="MemoryBytes">Its peak resident memory; null if it does not tell.</param>
/// <param name="SkewMillis">Due time to last start of a burst, the mean of its bursts; null if it does not tell.</param>
/// <param name="Received">Connections that the server received from it, by the server's count.</param>
/// <param name="TimeWait">Sockets that it left in TIME_WAIT, by the kernel's table.</param>
internal sealed record Measurement(
    long Connections, long Errors, double Seconds, double? CpuMicros, double WholeCpuMicros, long? MemoryBytes, double? SkewMillis,
    long Received = 0, long TimeWait = 0)
{
    public double PerSecond => Connections / Seconds;
}

/// <summary>A storm that each contestant makes.</summary>
/// <param name="Burst">Connections of a burst.</param>
/// <param name="Bursts">How many bursts, the next as soon as one has ended.</param>
/// <param name="Script">Commands of each connection, for those who can be told.</param>
internal sealed record Storm(int Burst, int Bursts, IReadOnlyList<string> Script)
{
    public long Connections => (long)Burst * Bursts;

    /// <summary>A hung contestant is killed after this; it is generous.</summary>
    public TimeSpan Limit => TimeSpan.FromSeconds(60 + (Connections / 500.0));
}

/// <summary>A client that can make a storm.</summary>
internal interface IContestant
{
    string Name { get; }

    /// <summary>True for a client with a pool, that may do the work of two connections on one.</summary>
    bool MayReuse => false;

    Task<Measurement> RunAsync(Storm storm, int port);
}
