namespace ActorLoad.Metrics;

/// <summary>A tally as a message: the counts of one observer since its last report.</summary>
/// <param name="Planned">Connections whose time has come.</param>
/// <param name="Opened">Started connections.</param>
/// <param name="Dropped">Due connections that were not started.</param>
/// <param name="Attempts">Tries to open, retries included.</param>
/// <param name="Retries">Tries after a connection's first.</param>
/// <param name="Established">Attempts whose connection was established.</param>
/// <param name="AbortiveCloses">Sockets closed with linger zero, except those that a RST of the peer had already closed.</param>
/// <param name="Outcomes">How connections ended, by name, without zeros.</param>
/// <param name="AttemptFailures">How attempts failed, by name, without zeros.</param>
/// <param name="Rejections">Rejected attempts by error prefix.</param>
/// <param name="Steps">Times of completed steps, by name: HDR histograms in microseconds, V2 encoding, uncompressed.</param>
/// <param name="Failed">Times of failed connections, in the same form.</param>
public sealed record TallyData(
    long Planned, long Opened, long Dropped, long Attempts, long Retries, long Established, long AbortiveCloses,
    IReadOnlyDictionary<string, long> Outcomes, IReadOnlyDictionary<string, long> AttemptFailures,
    IReadOnlyDictionary<string, long> Rejections, IReadOnlyDictionary<string, byte[]> Steps,
    IReadOnlyDictionary<string, byte[]> Failed)
{
    /// <summary>Dropped connections whose endpoint had been given up.</summary>
    public long Avoided { get; init; }

    /// <summary>Attempts that got a first reply.</summary>
    public long Answered { get; init; }

    /// <summary>Attempts that failed after they had been served.</summary>
    public long Cut { get; init; }

    /// <summary>Growth of the number of established connections; negative if more were closed.</summary>
    public long Connected { get; init; }

    /// <summary>Growth of the number of clients that wait for their next attempt.</summary>
    public long Waiting { get; init; }

    /// <summary>See <see cref="SocketFacts.PeerFinishes"/>.</summary>
    public long PeerFinishes { get; init; }

    /// <summary>See <see cref="SocketFacts.PeerResets"/>.</summary>
    public long PeerResets { get; init; }

    /// <summary>TLS handshakes; null without TLS.</summary>
    public TlsCounts? Tls { get; init; }

    /// <summary>Times in which endpoints took no connection.</summary>
    public IReadOnlyList<Absence> Absences { get; init; } = [];

    /// <summary>How closes ended that wait for the server, by name, without zeros; null if there were none.</summary>
    public IReadOnlyDictionary<string, long>? Closes { get; init; }

    /// <summary>The counts of a pool; null without one.</summary>
    public PoolData? Pool { get; init; }

    /// <summary>Answers of endpoints that were not replies.</summary>
    public IReadOnlyList<StrangeReplies> StrangeReplies { get; init; } = [];
}
