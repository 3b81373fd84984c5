namespace ActorLoad.Metrics;

/// <summary>How far attempts came, and the present state of clients.</summary>
internal record struct AttemptCounts
{
    /// <summary>Attempts whose connection was established.</summary>
    public long Established { get; set; }

    /// <summary>Attempts that got a first reply.</summary>
    public long Answered { get; set; }

    /// <summary>Attempts that failed after they had been served.</summary>
    public long Cut { get; set; }

    /// <summary>Sockets closed with linger zero, except those that a RST of the peer had already closed.</summary>
    public long AbortiveCloses { get; set; }

    /// <summary>Abortive closes after a FIN of the peer.</summary>
    public long PeerFinishes { get; set; }

    /// <summary>Attempts that a RST of the peer ended.</summary>
    public long PeerResets { get; set; }

    /// <summary>Full TLS handshakes.</summary>
    public long FullHandshakes { get; set; }

    /// <summary>TLS handshakes that resumed a session.</summary>
    public long ResumedHandshakes { get; set; }

    /// <summary>Connections that are established now.</summary>
    public long Connected { get; set; }

    /// <summary>Clients that wait for their next attempt now.</summary>
    public long Waiting { get; set; }

    /// <summary>Adds other counts.</summary>
    public void Add(in AttemptCounts other)
    {
        Established += other.Established;
        Answered += other.Answered;
        Cut += other.Cut;
        AbortiveCloses += other.AbortiveCloses;
        PeerFinishes += other.PeerFinishes;
        PeerResets += other.PeerResets;
        FullHandshakes += other.FullHandshakes;
        ResumedHandshakes += other.ResumedHandshakes;
        Connected += other.Connected;
        Waiting += other.Waiting;
    }
}
