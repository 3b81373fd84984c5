using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis;

/// <summary>What the kernel had to send again tells of the line between us and the servers. Pure.</summary>
/// <param name="Resent">Segments with data that were sent again: by this machine, so also by a server of this machine.</param>
/// <param name="Slow">Connects that waited until a SYN was sent again.</param>
/// <param name="IsLossy">Data was lost, and not for a full accept queue.</param>
/// <param name="IsBad">It lost data of every connection, and often: nothing that had no answer in time tells of the server.</param>
/// <param name="IsFull">It carried no more: what it lost had waited before.</param>
internal sealed record Line(long Resent, long Slow, bool IsLossy, bool IsBad, bool IsFull)
{
    // The kernel sends data again after 200 ms and more (TCP_RTO_MIN), each time after twice as long.
    private const double FirstRetransmit = 0.2;
    private const long Late = 190_000;
    private const int Probes = 2;

    // A few segments are sent again on any network, one in ten of a connection's on none that works.
    private const long Few = 10;
    private const double Rare = 0.002;
    private const double Often = 0.1;

    // A server that is at work may be what late replies waited for.
    private const double AtWork = 0.8;

    // A handshake needs no program: what it waits for is the line.
    private const long Waiting = 20_000;
    private const long FirstSynAgain = 1_000_000;
    private const int Longer = 5;

    private static readonly string[] Queues = ["ListenOverflows", "TCPReqQFullDoCookies", "TCPReqQFullDrop"];

    /// <summary>It lost SYNs, and often. A kernel of this machine whose queues have room drops none, whatever its servers do. What follows is lost or late too.</summary>
    public bool LosesSyns { get; private init; }

    /// <summary>The line as the evidence shows it.</summary>
    public static Line Of(Evidence evidence)
    {
        var established = evidence.Ledgers.Client.Established;
        var resent = Math.Max(0, (evidence.Counted("RetransSegs") ?? 0) - (evidence.Counted("TCPSynRetrans") ?? 0));
        var slow = evidence.SlowConnects();
        var isNotable = resent > Math.Max(Few, established * Rare) && IsFelt(evidence); // the counters are those of the whole machine

        // A full accept queue drops SYNs too, and what is sent first over a connection that is established on our side only; later commands it leaves alone.
        var seesServer = evidence.Ledgers.Kernel?.SeesServer == true;
        var isQueue = seesServer ? Queues.Sum(evidence.CountedAtServer) > 0 : slow + evidence.Failed(Metrics.Outcome.ConnectTimeout) > 0;
        var areLate = AreLaterRepliesLate(evidence);
        var isLossy = isNotable && (!isQueue || areLate || WasObserverCutOff(evidence));
        var isFull = isLossy && resent > established * Often && DoHandshakesWait(evidence.Load.Connect);
        return new Line(resent, slow, isLossy, isFull || (isLossy && areLate && resent > established * Often && !IsOfTimeouts(evidence, resent)), isFull)
        {
            LosesSyns = seesServer && !isQueue && evidence.Counted("TCPSynRetrans") > evidence.Ledgers.Client.Attempts * Often,
        };
    }

    /// <summary>True if all that was sent again is of attempts that never had a reply: as often as data that never arrives, with a probe or two.</summary>
    public static bool IsOfTimeouts(Evidence evidence, long resent) =>
        (evidence.Failed(Metrics.Outcome.ReplyTimeout), Retransmits(evidence)) is var (timeouts, times)
        && timeouts > 0 && timeouts < evidence.Ledgers.Client.Established && resent >= timeouts * times && resent <= timeouts * (times + Probes);

    /// <summary>Reply-timeouts that lost data explains: how often the kernel sends again what never arrives until the timeout is over.</summary>
    public long Explained(Evidence evidence, long timeouts) => Resent == 0 ? 0
        : IsBad ? timeouts : Math.Min(timeouts, Resent / Retransmits(evidence));

    /// <summary>How often data that is never acknowledged is sent again within connection.reply-timeout, at least once.</summary>
    public static long Retransmits(Evidence evidence) =>
        Math.Max(1, (long)Math.Log2(((evidence.Load.ReplyTimeout ?? 0) / (FirstRetransmit + (RoundTrip(evidence) * 3))) + 1));

    /// <summary>Seconds that the line takes at least: the fastest handshake, or the fastest reply.</summary>
    public static double RoundTrip(Evidence evidence) =>
        Math.Min(evidence.Load.Connect?.Min ?? 0, evidence.Load.FirstReply?.Min ?? 0) / 1e6;

    // What is sent again comes late, or not at all.
    private static bool IsFelt(Evidence evidence) => evidence.Failed(Metrics.Outcome.ReplyTimeout) + evidence.Failed(Metrics.Outcome.Reset) > 0
        || evidence.Load.FirstReply?.Max >= Late || evidence.Load.Script?.Max >= Late;

    private static bool AreLaterRepliesLate(Evidence evidence)
    {
        if (evidence.Load is not { Script: { } script, FirstReply: { } first } || evidence.Ledgers.Servers.Any(server => server.PeakMainThreadShare > AtWork))
        {
            return false;
        }

        // With a setup, every reply of the script is a later one.
        var (p50, p90, p99, p999) = evidence.Load.HasSetup ? default : (first.P50, first.P90, first.P99, first.P999);
        var usual = Math.Max(0, script.P50 - p50);
        return IsLate(usual, 0) || IsLate(script.P90 - p90, usual) || IsLate(script.P99 - p99, usual) || IsLate(script.P999 - p999, usual);
    }

    private static bool IsLate(long later, long usual) => later >= Late && later >= usual * 2;

    private static bool WasObserverCutOff(Evidence evidence) =>
        evidence.Ledgers.Servers.Any(server => server.Losses.Any(loss => loss is { Kind: LossKind.Silence, Resent: > 0 }));

    private static bool DoHandshakesWait(Metrics.LatencySummary? connect) =>
        connect is { } times && times.P50 > Waiting + (times.Min * Longer) && times.P50 < FirstSynAgain;
}
