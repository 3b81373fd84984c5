namespace ActorLoad.Metrics;

/// <summary>Counts of a whole run that its report does not show, for comparison with the counts of others.</summary>
/// <param name="Established">Attempts whose connection was established.</param>
/// <param name="AbortiveCloses">Sockets closed with linger zero, except those that a RST of the peer had already closed.</param>
/// <param name="ConnectModes">Connect times near the kernel's SYN retransmits: whole seconds -> connections.</param>
/// <param name="Connected">Number of recorded connect times.</param>
/// <param name="LongConnects">Connect times of a second or more, near a whole second or not.</param>
public sealed record SocketFacts(long Established, long AbortiveCloses, IReadOnlyDictionary<int, long> ConnectModes, long Connected,
    long LongConnects)
{
    /// <summary>Times in which endpoints took no connection.</summary>
    public IReadOnlyList<Absence> Absences { get; init; } = [];

    /// <summary>The part of <see cref="LongConnects"/> without a lost SYN: the line's round trip takes about as long.</summary>
    public long DistantConnects { get; init; }

    /// <summary>Abortive closes of connections whose peer had sent FIN.</summary>
    public long PeerFinishes { get; init; }

    /// <summary>Attempts that a RST of the peer ended, whatever they read before.</summary>
    public long PeerResets { get; init; }

    /// <summary>Answers of endpoints that were not replies, the most frequent first.</summary>
    public IReadOnlyList<StrangeReplies> StrangeReplies { get; init; } = [];

    /// <summary>For a run that opened nothing.</summary>
    public static SocketFacts None { get; } = new(0, 0, new Dictionary<int, long>(), 0, 0);
}
