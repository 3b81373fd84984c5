namespace ActorLoad.Metrics;

/// <summary>A tally as a message: what one observer counted since it last reported.</summary>
/// <param name="Planned">Connections whose time has come.</param>
/// <param name="Opened">Connections that were started.</param>
/// <param name="Dropped">Connections that were due and not started.</param>
/// <param name="Attempts">Tries to open, retries included.</param>
/// <param name="Retries">Tries after a connection's first.</param>
/// <param name="Established">Attempts whose connection was established.</param>
/// <param name="AbortiveCloses">Sockets closed with linger zero that no RST of the peer had closed already.</param>
/// <param name="Outcomes">How connections ended, by name, those other than zero.</param>
/// <param name="AttemptFailures">How attempts failed, by name, those other than zero.</param>
/// <param name="Rejections">Rejected attempts by error prefix.</param>
/// <param name="Steps">Times of steps that were completed, by name: HDR histograms in microseconds, V2 encoding, not compressed.</param>
/// <param name="Failed">Times of connections that failed, the same way.</param>
public sealed record TallyData(
    long Planned, long Opened, long Dropped, long Attempts, long Retries, long Established, long AbortiveCloses,
    IReadOnlyDictionary<string, long> Outcomes, IReadOnlyDictionary<string, long> AttemptFailures,
    IReadOnlyDictionary<string, long> Rejections, IReadOnlyDictionary<string, byte[]> Steps,
    IReadOnlyDictionary<string, byte[]> Failed)
{
    /// <summary>Those of the dropped ones whose endpoint had been given up.</summary>
    public long Avoided { get; init; }

    /// <summary>Attempts that got a first reply.</summary>
    public long Answered { get; init; }

    /// <summary>Attempts that failed after they had been served.</summary>
    public long Cut { get; init; }

    /// <summary>By how much the number of established connections has grown; less than zero if more were closed.</summary>
    public long Connected { get; init; }

    /// <summary>By how much the number of clients that wait for their next attempt has grown.</summary>
    public long Waiting { get; init; }

    /// <summary>See <see cref="SocketFacts.PeerFinishes"/>.</summary>
    public long PeerFinishes { get; init; }

    /// <summary>See <see cref="SocketFacts.PeerResets"/>.</summary>
    public long PeerResets { get; init; }

    /// <summary>Times in which endpoints took no connection.</summary>
    public IReadOnlyList<Absence> Absences { get; init; } = [];

    /// <summary>What endpoints said in place of replies.</summary>
    public IReadOnlyList<StrangeReplies> StrangeReplies { get; init; } = [];
}
