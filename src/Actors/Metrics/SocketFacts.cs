namespace ActorLoad.Metrics;

/// <summary>Counts of a whole run that its report does not show, and that others can hold against theirs.</summary>
/// <param name="Established">Attempts whose connection was established.</param>
/// <param name="AbortiveCloses">Sockets closed with linger zero that no RST of the peer had closed already.</param>
/// <param name="ConnectModes">Connect times near the kernel's SYN retransmits: whole seconds -> connections.</param>
/// <param name="Connected">Connect times that were recorded.</param>
/// <param name="LongConnects">Those that took a second or more, near a whole one or not.</param>
public sealed record SocketFacts(long Established, long AbortiveCloses, IReadOnlyDictionary<int, long> ConnectModes, long Connected, long LongConnects)
{
    /// <summary>Times in which endpoints took no connection.</summary>
    public IReadOnlyList<Absence> Absences { get; init; } = [];

    /// <summary>Those of <see cref="LongConnects"/> that no lost SYN explains: the line's round trip takes about as long.</summary>
    public long DistantConnects { get; init; }

    /// <summary>Abortive closes of connections whose peer had sent FIN.</summary>
    public long PeerFinishes { get; init; }

    /// <summary>Attempts that a RST of the peer ended, whatever they read before it.</summary>
    public long PeerResets { get; init; }

    /// <summary>What endpoints said in place of replies, the most frequent first.</summary>
    public IReadOnlyList<StrangeReplies> StrangeReplies { get; init; } = [];

    /// <summary>Of a run that opened nothing.</summary>
    public static SocketFacts None { get; } = new(0, 0, new Dictionary<int, long>(), 0, 0);
}
