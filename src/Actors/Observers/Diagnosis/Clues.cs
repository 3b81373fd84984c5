using System.Globalization;
using ActorLoad.Metrics;
using ActorLoad.Observers.Tuning;
using ActorLoad.Transport;

namespace ActorLoad.Observers;

/// <summary>Questions that several rules ask of the evidence.</summary>
internal static class Clues
{
    private const string TimeWait = "TIME-WAIT";

    // Of one core: far from the end of a server's main thread.
    private const double Idle = 0.5;

    /// <summary>Attempts that failed so.</summary>
    public static long Failed(this Evidence evidence, Outcome outcome) =>
        evidence.Ledgers.Client.AttemptFailures.GetValueOrDefault(outcome.Name());

    /// <summary>Attempts that the server rejected with words that begin so.</summary>
    public static long Rejected(this Evidence evidence, params string[] prefixes) => evidence.Ledgers.Client.Rejections
        .Where(rejection => prefixes.Any(prefix => rejection.Key.StartsWith(prefix, StringComparison.Ordinal))).Sum(rejection => rejection.Value);

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

        var missing = evidence.Ledgers.Client.Established - evidence.Counted("PassiveOpens")!.Value;
        return Math.Clamp(missing, 0, Math.Min(overflows, evidence.Failed(Outcome.ReplyTimeout)));
    }

    /// <summary>Attempts without a reply for which the accept queue is to blame: those that were never accepted, or all of them, if it overflowed as
    /// often while the server had time and answered its observer. A last ACK that was dropped is made good by data that is sent again, at ever
    /// longer intervals, and may come too late.</summary>
    public static long LostToQueue(this Evidence evidence)
    {
        var (servers, timeouts) = (evidence.Ledgers.Servers, evidence.Failed(Outcome.ReplyTimeout));
        var hadTime = servers.Count > 0 && servers.All(server =>
            server.PeakMainThreadShare < Idle && server.Restarts.Count == 0 && server.Losses.All(loss => loss.Seconds < 1));
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
        : kernel.Target is { } target ? target.Client.GetValueOrDefault(TimeWait, new WatchedLevel(0, 0, 0))
        : kernel.Sockets.GetValueOrDefault("tw");

    /// <summary>The largest burst's connections to one target, rounded up.</summary>
    public static long BurstForEach(this Evidence evidence) =>
        (evidence.Load.LargestBurst + evidence.Load.Targets - 1) / Math.Max(1, evidence.Load.Targets);

    /// <summary>The most connections that were open to one target, rounded up.</summary>
    public static long OpenForEach(this Evidence evidence) =>
        (evidence.Load.PeakOpen + evidence.Load.Targets - 1) / Math.Max(1, evidence.Load.Targets);

    /// <summary>A number as a sentence has it: <c>12,345</c>.</summary>
    public static string Text(this long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number and its noun: <c>1 time</c>, <c>12,345 times</c>.</summary>
    public static string Of(this long number, string noun) => $"{number.Text()} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>Microseconds as a sentence has them: <c>120 ms</c>, <c>2.4 s</c>.</summary>
    public static string Span(this long micros) => micros < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{micros / 1000.0:0.#} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{micros / 1e6:0.#} s");

    /// <summary>A share as a sentence has it: <c>97 %</c>.</summary>
    public static string Percent(this double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");

    /// <summary>Seconds as a sentence has them.</summary>
    public static string Seconds(this double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s");
}
