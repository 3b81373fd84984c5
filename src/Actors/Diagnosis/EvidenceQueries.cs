using System.Globalization;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using ActorLoad.Transport;

namespace ActorLoad.Diagnosis;

/// <summary>Questions to the evidence that several rules share.</summary>
internal static class EvidenceQueries
{
    /// <summary>Seconds. A server with time answers sooner. A server that stands still does not even answer its observer.</summary>
    public const double LongAnswer = 0.5;

    private const string TimeWait = "TIME-WAIT";

    private const double LongStandstill = 1;
    private const double ShortStandstill = 0.5;

    // Of one core: far below the limit of a server's main thread.
    private const double Idle = 0.5;

    /// <summary>Attempts that failed with this outcome.</summary>
    public static long Failed(this Evidence evidence, Outcome outcome) =>
        evidence.Ledgers.Client.AttemptFailures.GetValueOrDefault(outcome.Name());

    /// <summary>Attempts that the server rejected with these prefixes.</summary>
    public static long Rejected(this Evidence evidence, params string[] prefixes) => evidence.Ledgers.Client.Rejections
        .Where(rejection => prefixes.Any(prefix => rejection.Key.StartsWith(prefix, StringComparison.Ordinal)))
        .Sum(rejection => rejection.Value);

    /// <summary>True if servers without replies answered their observers all the time, so they did not stand still for these seconds. If
    /// the script itself may wait, punctual answers to the observer suffice.</summary>
    public static bool HasAnsweredObserver(this Evidence evidence, double? seconds)
    {
        var silent = evidence.FailedAt(Outcome.ReplyTimeout);
        var servers = evidence.Ledgers.Servers
            .Where(server => evidence.Load.Endpoints.Count < 2 || silent.Contains(server.Endpoint)).ToArray();
        return servers.Length > 0 && servers.All(server =>
            server is { LongestWait.Seconds: < LongAnswer, Losses.Count: 0, Restarts.Count: 0 }
            && (evidence.Load.Waits.Count > 0 || server.LongestGap < seconds));
    }

    /// <summary>Servers behind proxies.</summary>
    public static IEnumerable<ServerLedger> Proxied(this Evidence evidence) =>
        evidence.Ledgers.Servers.Where(server => server.Proxy is not null);

    /// <summary>True if connections wait in a proxy, and not for the server behind it: see <see cref="Rules.ProxyQueue"/>.</summary>
    public static bool WaitsInProxy(this Evidence evidence) => new Rules.ProxyQueue().Judge(evidence) is not null;

    /// <summary>Times in which a server with free time accepted or answered nothing. Losses of its observer are left out: these times are
    /// shorter, or seen only at its accept queue.</summary>
    public static IReadOnlyList<Standstill> Standstills(this Evidence evidence)
    {
        if (Rules.GeneratorLimited.IsLimited(evidence))
        {
            return []; // we may have stood still ourselves
        }

        // Servers behind a proxy are left out: the question may have waited there.
        var servers = evidence.Ledgers.Servers
            .Where(server => server is { PeakMainThreadShare: null or < Idle, Restarts.Count: 0, Proxy: null }
                && !server.Losses.Any(Rules.ServerStalled.IsSilence)).ToArray();
        var isQueue = evidence.CountedAtServer("ListenOverflows") > 0 && Rules.AcceptQueueOverflow.Queue.Of(evidence).HoldsBurst(evidence);
        var least = isQueue ? ShortStandstill : LongStandstill;
        var waits = servers.Where(server => server.LongestWait?.Seconds >= least && evidence.LosesLittle())
            .Select(server => new Standstill(server.LongestWait!, $"{server.Endpoint} did not answer its observer")).ToArray();

        if (waits.Length > 0 || servers.Length == 0 || evidence.Ledgers.Kernel?.Target?.Stood is not { } stood || stood.Seconds < least)
        {
            return waits;
        }

        // A proxy with all the connections that it may have stops accepting.
        var server = servers.Length == 1 ? servers[0].Endpoint : "a server";
        return evidence.Proxied().Any() ? waits : [new Standstill(stood, $"{server} took no connection out of its accept queue")];
    }

    // Packets lost on the way delay answers. On one machine, only a full queue loses packets.
    private static bool LosesLittle(this Evidence evidence) => evidence.Ledgers.Kernel?.SeesServer == true
        || (evidence.Counted("RetransSegs") ?? 0) * 100 < evidence.Ledgers.Client.Attempts;

    /// <summary>True if every connection succeeded in the end; false also if not counted.</summary>
    public static bool HasLostNone(this Evidence evidence) =>
        evidence.Load.ByEndpoint.Count > 0 && evidence.Load.ByEndpoint.Sum(counts => counts.Connections.Failed) == 0;

    /// <summary>Growth of a kernel counter beyond an idle machine's; null if not read.</summary>
    public static long? Counted(this Evidence evidence, string counter) => evidence.Ledgers.Kernel?.Grown(counter);

    /// <summary>The same for a ledger. The baseline is short, and a few events in it say little about a whole run. So only its certain part
    /// is subtracted: two deviations below what was seen.</summary>
    public static long? Grown(this KernelLedger kernel, string counter)
    {
        if (!kernel.Counters.TryGetValue(counter, out var count))
        {
            return null;
        }

        var seen = count.IdlePerSecond * kernel.BaselineSeconds;
        var certain = Math.Max(0, seen - (2 * Math.Sqrt(Math.Max(0, seen))) - 1);
        return kernel.BaselineSeconds > 0
            ? (count with { IdlePerSecond = certain / kernel.BaselineSeconds }).Net(kernel.Seconds) : count.Delta;
    }

    /// <summary>The same for a counter of the server's machine; 0 if that is another machine, or if not read.</summary>
    public static long CountedAtServer(this Evidence evidence, string counter) =>
        evidence.Ledgers.Kernel?.SeesServer == true ? evidence.Counted(counter) ?? 0 : 0;

    /// <summary>Connections that were established on our side only, because the full accept queue dropped the last ACK of the handshake.
    /// After a SYN cookie, that ACK is never sent again. They end as reply-timeout.</summary>
    public static long NeverAccepted(this Evidence evidence)
    {
        if (evidence.CountedAtServer("ListenOverflows") is var overflows && (overflows == 0 || evidence.Counted("PassiveOpens") is null))
        {
            return 0;
        }

        // A proxy's server, perhaps on this machine, accepts the proxy's own connections.
        var byProxies = evidence.Proxied().Sum(server => server.ConnectionsReceived ?? 0);
        var missing = evidence.Ledgers.Client.Established - evidence.Counted("PassiveOpens")!.Value + byProxies;
        return Math.Clamp(missing, 0, Math.Min(overflows, evidence.Failed(Outcome.ReplyTimeout)));
    }

    /// <summary>Reply-timeouts that the accept queue caused: connections that were never accepted. If the queue overflowed as often while
    /// the server had time and answered its observer, it caused all of them. After a dropped ACK, data is sent again at ever longer
    /// intervals, and may come too late.</summary>
    public static long LostToQueue(this Evidence evidence)
    {
        var (servers, timeouts) = (evidence.Ledgers.Servers, evidence.Failed(Outcome.ReplyTimeout));
        var hadTime = servers.Count > 0 && evidence.Standstills().Count == 0 && servers.All(server =>
            server.PeakMainThreadShare < Idle && server.Restarts.Count == 0 && server.Losses.All(loss => loss.Seconds < 1));
        return hadTime && evidence.CountedAtServer("ListenOverflows") >= timeouts ? timeouts : evidence.NeverAccepted();
    }

    /// <summary>Connects that waited until a SYN was sent again: those near the seconds at which the kernel does so. A slow line blurs
    /// these seconds; then connects of a second or more count, up to the number of resent SYNs. Connects that only the line's round trip
    /// makes long do not count.</summary>
    public static long SlowConnects(this Evidence evidence)
    {
        var (near, again) = (evidence.Load.ConnectModes.Values.Sum(), evidence.Counted("TCPSynRetrans") ?? 0);
        var all = evidence.Load.LongConnects - evidence.Load.DistantConnects;

        // A handshake of a second needs a resent SYN. With far fewer of these, our loop looked late.
        return Math.Max(near, again * 2 >= all ? Math.Min(all, again) : 0);
    }

    /// <summary>A setting of this machine; null if not known.</summary>
    public static string? Setting(this Evidence evidence, string key) => evidence.Ledgers.Kernel?.Settings.GetValueOrDefault(key);

    /// <summary>The same as a number.</summary>
    public static long? Number(this Evidence evidence, string key) =>
        long.TryParse(evidence.Setting(key), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A setting of the server's machine, if that is this machine.</summary>
    public static string? ServerSetting(this Evidence evidence, string key) =>
        evidence.Ledgers.Kernel?.SeesServer == true ? evidence.Setting(key) : null;

    /// <summary>Ports of this machine for one target, of all source addresses; null if not known.</summary>
    public static long? Ports(this Evidence evidence) =>
        EphemeralPorts.Count(evidence.Setting(TuningKeys.PortRange), evidence.Setting(TuningKeys.ReservedPorts)) * evidence.Load.Sources;

    /// <summary>Our sockets to the target in TIME_WAIT; those of the whole machine if the target's are not known.</summary>
    public static WatchedLevel? TimeWaits(this Evidence evidence)
    {
        if (evidence.Ledgers.Kernel is not { } kernel)
        {
            return null;
        }

        return kernel.Target is { } target
            ? Without(target.Client.GetValueOrDefault(TimeWait, new WatchedLevel(0, 0, 0)), target.ForeignTimeWait)
            : kernel.Sockets.GetValueOrDefault("tw");
    }

    private static WatchedLevel Without(WatchedLevel all, WatchedLevel? foreign) => foreign is null ? all
        : new(Math.Max(0, all.Before - foreign.Before), Math.Max(0, all.Peak - foreign.Peak), Math.Max(0, all.After - foreign.After));

    /// <summary>Connections of the largest burst to one target, rounded up.</summary>
    public static long BurstForEach(this Evidence evidence) =>
        (evidence.Load.LargestBurst + evidence.Load.Targets - 1) / Math.Max(1, evidence.Load.Targets);

    /// <summary>The most open connections to one target, rounded up.</summary>
    public static long OpenForEach(this Evidence evidence) =>
        (evidence.Load.PeakOpen + evidence.Load.Targets - 1) / Math.Max(1, evidence.Load.Targets);

    /// <summary>Connections of the run's observers to one target, rounded up.</summary>
    public static int ObserversForEach(this Evidence evidence) =>
        (evidence.Load.Observers + evidence.Load.Targets - 1) / Math.Max(1, evidence.Load.Targets);
}

/// <summary>A time in which a server stood still.</summary>
/// <param name="Wait">When, and how long.</param>
/// <param name="What">What the server did not do, as a sentence without its time.</param>
internal sealed record Standstill(ObserverWait Wait, string What)
{
    /// <summary>The sentence with its time.</summary>
    public string Sentence => $"{What} from {Wait.At.Seconds()} on for {Wait.Seconds.Lasting()}";
}
