using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis;

/// <summary>The line between us and the servers, judged by what the kernel had to send again. Pure.</summary>
/// <param name="Resent">Data segments that this machine sent again, those of its servers included.</param>
/// <param name="Slow">Connects that waited until a SYN was sent again.</param>
/// <param name="IsLossy">It lost data, other than to a full accept queue.</param>
/// <param name="IsBad">It lost data of every connection, and often: a reply-timeout then says nothing about the server.</param>
/// <param name="IsFull">It was at its capacity: lost packets had waited in a queue before.</param>
internal sealed record Line(long Resent, long Slow, bool IsLossy, bool IsBad, bool IsFull)
{
    // The kernel sends data again after 200 ms or more (TCP_RTO_MIN), and doubles the time for each further try.
    private const double FirstRetransmit = 0.2;
    private const long Late = 190_000;
    private const int Probes = 2;

    // Any network sends a few segments again. No working network sends one in ten of a connection's again.
    private const long Few = 10;
    private const double Rare = 0.002;
    private const double Often = 0.1;

    // A busy server can explain late replies.
    private const double AtWork = 0.8;

    // Handshakes do not wait for a program, only for the line.
    private const long Waiting = 20_000;
    private const long FirstSynAgain = 1_000_000;
    private const int Longer = 5;

    private static readonly string[] Queues = ["ListenOverflows", "TCPReqQFullDoCookies", "TCPReqQFullDrop"];

    /// <summary>It often lost SYNs, so later packets are lost or late, too. A kernel of this machine with room in its queues drops no SYN,
    /// whatever its servers do.</summary>
    public bool LosesSyns { get; private init; }

    /// <summary>The line as the evidence shows it.</summary>
    public static Line Of(Evidence evidence)
    {
        var established = evidence.Ledgers.Client.Established;
        var resent = Math.Max(0, (evidence.Counted("RetransSegs") ?? 0) - (evidence.Counted("TCPSynRetrans") ?? 0));
        var slow = evidence.SlowConnects();
        var isNotable = resent > Math.Max(Few, established * Rare) && IsFelt(evidence); // the counters are those of the whole machine

        // A full accept queue drops SYNs too, and the first data of connections that are established on our side only. Later data gets
        // through.
        var seesServer = evidence.Ledgers.Kernel?.SeesServer == true;
        var isQueue = seesServer ? Queues.Sum(evidence.CountedAtServer) > 0 : slow + evidence.Failed(Outcome.ConnectTimeout) > 0;
        var areLate = AreLaterRepliesLate(evidence);
        var isLossy = isNotable && (!isQueue || areLate || WasObserverCutOff(evidence));
        var isFull = isLossy && resent > established * Often && DoHandshakesWait(evidence.Load.Connect);
        var isBad = isLossy && areLate && resent > established * Often && !IsOfTimeouts(evidence, resent);
        return new Line(resent, slow, isLossy, isFull || isBad, isFull)
        {
            LosesSyns = seesServer && !isQueue && evidence.Counted("TCPSynRetrans") > evidence.Ledgers.Client.Attempts * Often,
        };
    }

    /// <summary>True if all resent data belongs to attempts without a reply: as often as lost data, plus a probe or two.</summary>
    public static bool IsOfTimeouts(Evidence evidence, long resent) =>
        (evidence.Failed(Outcome.ReplyTimeout), Retransmits(evidence)) is var (timeouts, times)
        && timeouts > 0 && timeouts < evidence.Ledgers.Client.Established
        && resent >= timeouts * times && resent <= timeouts * (times + Probes);

    /// <summary>Reply-timeouts that lost data explains, from how often the kernel resends lost data before the timeout.</summary>
    public long Explained(Evidence evidence, long timeouts) => Resent == 0 ? 0
        : IsBad ? timeouts : Math.Min(timeouts, Resent / Retransmits(evidence));

    /// <summary>How often the kernel resends unacknowledged data within connection.reply-timeout, at least once.</summary>
    public static long Retransmits(Evidence evidence) =>
        Math.Max(1, (long)Math.Log2(((evidence.Load.ReplyTimeout ?? 0) / (FirstRetransmit + (RoundTrip(evidence) * 3))) + 1));

    /// <summary>Shortest round trip in seconds: the fastest handshake, or the fastest reply.</summary>
    public static double RoundTrip(Evidence evidence) =>
        Math.Min(evidence.Load.Connect?.Min ?? 0, evidence.Load.FirstReply?.Min ?? 0) / 1e6;

    // Resent data arrives late, or never.
    private static bool IsFelt(Evidence evidence) => evidence.Failed(Outcome.ReplyTimeout) + evidence.Failed(Outcome.Reset) > 0
        || evidence.Load.FirstReply?.Max >= Late || evidence.Load.Script?.Max >= Late;

    private static bool AreLaterRepliesLate(Evidence evidence)
    {
        var isServerBusy = evidence.Ledgers.Servers.Any(server => server.PeakMainThreadShare > AtWork);
        if (isServerBusy || evidence.Load is not { Script: { } script, FirstReply: { } first })
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

    private static bool DoHandshakesWait(LatencySummary? connect) =>
        connect is { } times && times.P50 > Waiting + (times.Min * Longer) && times.P50 < FirstSynAgain;
}
