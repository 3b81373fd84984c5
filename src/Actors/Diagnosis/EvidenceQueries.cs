using System.Globalization;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using ActorLoad.Transport;

namespace ActorLoad.Diagnosis;

/// <summary>Questions that several rules ask of the evidence.</summary>
internal static class EvidenceQueries
{
    /// <summary>Seconds that no answer of a server takes that has time: one that stands still answers nobody, its observer's old connection neither.</summary>
    public const double LongAnswer = 0.5;

    private const string TimeWait = "TIME-WAIT";

    private const double LongStandstill = 1;
    private const double ShortStandstill = 0.5;

    // Of one core: far from the end of a server's main thread.
    private const double Idle = 0.5;

    /// <summary>Attempts that failed so.</summary>
    public static long Failed(this Evidence evidence, Outcome outcome) =>
        evidence.Ledgers.Client.AttemptFailures.GetValueOrDefault(outcome.Name());

    /// <summary>Attempts that the server rejected with words that begin so.</summary>
    public static long Rejected(this Evidence evidence, params string[] prefixes) => evidence.Ledgers.Client.Rejections
        .Where(rejection => prefixes.Any(prefix => rejection.Key.StartsWith(prefix, StringComparison.Ordinal))).Sum(rejection => rejection.Value);

    /// <summary>True if the servers where attempts had no reply answered their observers all the time: whatever those attempts waited for, it was not
    /// a server that stood still for so many seconds. Where the script itself may wait, it is enough that no answer came late.</summary>
    public static bool HasAnsweredObserver(this Evidence evidence, double? seconds)
    {
        var silent = evidence.FailedAt(Outcome.ReplyTimeout);
        var servers = evidence.Ledgers.Servers.Where(server => evidence.Load.Endpoints.Count < 2 || silent.Contains(server.Endpoint)).ToArray();
        return servers.Length > 0 && servers.All(server => server is { LongestWait.Seconds: < LongAnswer, Losses.Count: 0, Restarts.Count: 0 }
            && (evidence.Load.Waits.Count > 0 || server.LongestGap < seconds));
    }

    /// <summary>Servers whose listener is somebody else's.</summary>
    public static IEnumerable<ServerLedger> Proxied(this Evidence evidence) => evidence.Ledgers.Servers.Where(server => server.Proxy is not null);

    /// <summary>True if connections wait in a proxy, and not for the server behind it: see <see cref="Rules.ProxyQueue"/>.</summary>
    public static bool WaitsInProxy(this Evidence evidence) => new Rules.ProxyQueue().Judge(evidence) is not null;

    /// <summary>Times in which a server took or answered nothing although it had time, and which are no losses of its observer: too short for that, or seen
    /// at its accept queue only. As the ends of sentences.</summary>
    public static IReadOnlyList<Standstill> Standstills(this Evidence evidence)
    {
        if (Rules.GeneratorLimited.IsLimited(evidence))
        {
            return []; // we may have stood still ourselves
        }

        // Behind a proxy the question may have waited there.
        var servers = evidence.Ledgers.Servers.Where(server => server is { PeakMainThreadShare: null or < Idle, Restarts.Count: 0, Proxy: null }
            && !server.Losses.Any(Rules.ServerStalled.IsSilence)).ToArray();
        var least = evidence.CountedAtServer("ListenOverflows") > 0 && Rules.AcceptQueueOverflow.Queue.Of(evidence).HoldsBurst(evidence) ? ShortStandstill : LongStandstill;
        var waits = servers.Where(server => server.LongestWait?.Seconds >= least && evidence.LosesLittle())
            .Select(server => new Standstill(server.LongestWait!, $"{server.Endpoint} did not answer its observer")).ToArray();

        // A proxy that has as many connections as it may have leaves its queue alone.
        return waits.Length > 0 || evidence.Ledgers.Kernel?.Target?.Stood is not { } stood || stood.Seconds < least || servers.Length == 0 || evidence.Proxied().Any() ? waits
            : [new Standstill(stood, $"{(servers.Length == 1 ? servers[0].Endpoint : "a server")} took no connection out of its accept queue")];
    }

    // What is lost on the way is late too. On one machine nothing is lost but to a full queue.
    private static bool LosesLittle(this Evidence evidence) => evidence.Ledgers.Kernel?.SeesServer == true
        || (evidence.Counted("RetransSegs") ?? 0) * 100 < evidence.Ledgers.Client.Attempts;

    /// <summary>True if every connection got what it wanted in the end; false if some did not, or nobody counted them.</summary>
    public static bool HasLostNone(this Evidence evidence) =>
        evidence.Load.ByEndpoint.Count > 0 && evidence.Load.ByEndpoint.Sum(counts => counts.Connections.Failed) == 0;

    /// <summary>What a counter of the kernel grew by beyond what an idle machine explains; null if nobody read it.</summary>
    public static long? Counted(this Evidence evidence, string counter) => evidence.Ledgers.Kernel?.Grown(counter);

    /// <summary>The same of a ledger. The baseline is short: a few events in it say nothing of a whole run, so what is taken off is only what
    /// others do for certain (two deviations below what was seen of them).</summary>
    public static long? Grown(this KernelLedger kernel, string counter)
    {
        if (!kernel.Counters.TryGetValue(counter, out var count))
        {
            return null;
        }

        var seen = count.IdlePerSecond * kernel.BaselineSeconds;
        var certain = Math.Max(0, seen - (2 * Math.Sqrt(Math.Max(0, seen))) - 1);
        return kernel.BaselineSeconds > 0 ? (count with { IdlePerSecond = certain / kernel.BaselineSeconds }).Net(kernel.Seconds) : count.Delta;
    }

    /// <summary>The same for a counter that belongs to the server's host; 0 if that is another, or nobody read it.</summary>
    public static long CountedAtServer(this Evidence evidence, string counter) =>
        evidence.Ledgers.Kernel?.SeesServer == true ? evidence.Counted(counter) ?? 0 : 0;

    /// <summary>Connections that were established for us and never accepted: the full accept queue dropped the last ACK of the handshake, and after
    /// a SYN cookie nobody sends it again. They end in a reply-timeout.</summary>
    public static long NeverAccepted(this Evidence evidence)
    {
        if (evidence.CountedAtServer("ListenOverflows") is var overflows && (overflows == 0 || evidence.Counted("PassiveOpens") is null))
        {
            return 0;
        }

        // A proxy's own connections are accepted by its server, perhaps on this machine.
        var missing = evidence.Ledgers.Client.Established - evidence.Counted("PassiveOpens")!.Value + evidence.Proxied().Sum(server => server.ConnectionsReceived ?? 0);
        return Math.Clamp(missing, 0, Math.Min(overflows, evidence.Failed(Outcome.ReplyTimeout)));
    }

    /// <summary>Attempts without a reply for which the accept queue is to blame: those that were never accepted, or all of them, if it overflowed as
    /// often while the server had time and answered its observer. A last ACK that was dropped is made good by data that is sent again, at ever
    /// longer intervals, and may come too late.</summary>
    public static long LostToQueue(this Evidence evidence)
    {
        var (servers, timeouts) = (evidence.Ledgers.Servers, evidence.Failed(Outcome.ReplyTimeout));
        var hadTime = servers.Count > 0 && servers.All(server =>
            server.PeakMainThreadShare < Idle && server.Restarts.Count == 0 && server.Losses.All(loss => loss.Seconds < 1)) && evidence.Standstills().Count == 0;
        return hadTime && evidence.CountedAtServer("ListenOverflows") >= timeouts ? timeouts : evidence.NeverAccepted();
    }

    /// <summary>Connects that waited until a SYN was sent again: those near the seconds at which the kernel does so; or, if a slow line smears them,
    /// those of a second or more, as far as the kernel sent SYNs again. Not those that took as long because the line is.</summary>
    public static long SlowConnects(this Evidence evidence)
    {
        var (near, all, again) = (evidence.Load.ConnectModes.Values.Sum(), evidence.Load.LongConnects - evidence.Load.DistantConnects, evidence.Counted("TCPSynRetrans") ?? 0);

        // No handshake takes a second without one: where there were far fewer, it was our loop that looked late.
        return Math.Max(near, again * 2 >= all ? Math.Min(all, again) : 0);
    }

    /// <summary>A setting of this machine as it stood; null if it is not known.</summary>
    public static string? Setting(this Evidence evidence, string key) => evidence.Ledgers.Kernel?.Settings.GetValueOrDefault(key);

    /// <summary>A setting that is a number.</summary>
    public static long? Number(this Evidence evidence, string key) =>
        long.TryParse(evidence.Setting(key), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A setting of the server's machine: known only if that is this one.</summary>
    public static string? ServerSetting(this Evidence evidence, string key) =>
        evidence.Ledgers.Kernel?.SeesServer == true ? evidence.Setting(key) : null;

    /// <summary>Ports that this machine has for one target; null if they are not known.</summary>
    public static long? Ports(this Evidence evidence) => EphemeralPorts.Count(evidence.Setting(TuningKeys.PortRange), evidence.Setting(TuningKeys.ReservedPorts));

    /// <summary>Sockets of ours to the target in TIME_WAIT; those of the whole machine where nobody could tell them apart.</summary>
    public static WatchedLevel? TimeWaits(this Evidence evidence) => evidence.Ledgers.Kernel is not { } kernel ? null
        : kernel.Target is { } target ? Without(target.Client.GetValueOrDefault(TimeWait, new WatchedLevel(0, 0, 0)), target.ForeignTimeWait)
        : kernel.Sockets.GetValueOrDefault("tw");

    private static WatchedLevel Without(WatchedLevel all, WatchedLevel? foreign) => foreign is null ? all
        : new(Math.Max(0, all.Before - foreign.Before), Math.Max(0, all.Peak - foreign.Peak), Math.Max(0, all.After - foreign.After));

    /// <summary>The largest burst's connections to one target, rounded up.</summary>
    public static long BurstForEach(this Evidence evidence) =>
        (evidence.Load.LargestBurst + evidence.Load.Targets - 1) / Math.Max(1, evidence.Load.Targets);

    /// <summary>The most connections that were open to one target, rounded up.</summary>
    public static long OpenForEach(this Evidence evidence) =>
        (evidence.Load.PeakOpen + evidence.Load.Targets - 1) / Math.Max(1, evidence.Load.Targets);

    /// <summary>Connections of the run's observers to one target, rounded up.</summary>
    public static int ObserversForEach(this Evidence evidence) =>
        (evidence.Load.Observers + evidence.Load.Targets - 1) / Math.Max(1, evidence.Load.Targets);
}

/// <summary>A time in which a server stood still.</summary>
/// <param name="Wait">When, and how long.</param>
/// <param name="What">What was seen of it, as a sentence without its time.</param>
internal sealed record Standstill(ObserverWait Wait, string What)
{
    /// <summary>The sentence with its time.</summary>
    public string Sentence => $"{What} from {Wait.At.Seconds()} on for {Wait.Seconds.Lasting()}";
}
