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
/// <param name="Succeeded">Times of successes by step name: HDR histograms in microseconds, V2 encoding, not compressed.</param>
/// <param name="Failed">Times of failures, the same way.</param>
public sealed record TallyData(
    long Planned, long Opened, long Dropped, long Attempts, long Retries, long Established, long AbortiveCloses,
    IReadOnlyDictionary<string, long> Outcomes, IReadOnlyDictionary<string, long> AttemptFailures,
    IReadOnlyDictionary<string, long> Rejections, IReadOnlyDictionary<string, byte[]> Succeeded,
    IReadOnlyDictionary<string, byte[]> Failed)
{
    /// <summary>Those of the dropped ones whose endpoint had been given up.</summary>
    public long Avoided { get; init; }
}
