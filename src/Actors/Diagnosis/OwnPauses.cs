using System.Globalization;
using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis;

/// <summary>Times in which ActorLoad itself stood still: whether they void a run, and the evidence without them.</summary>
internal static class OwnPauses
{
    // Seconds. A shorter pause affects only the tail of a few connections, and the result shows it.
    private const double Long = 0.4;

    // Compilation and a first burst on a busy machine cause some short pauses.
    private const double LongTogether = 1;
    private const double MostOfBusy = 0.1;
    private const int MostNamed = 3;

    // Seconds. An observer that asks once a second may notice a pause that much later, and reads late replies after it.
    private const double Slack = 1;

    private static readonly string[] _ofFullQueues = ["ListenOverflows", "ListenDrops", "TCPReqQFullDoCookies", "TCPReqQFullDrop"];

    /// <summary>True if the pauses were long enough to change the numbers.</summary>
    public static bool Matter(Evidence evidence)
    {
        var pauses = evidence.Generator.Pauses;
        var sum = pauses.Sum(pause => pause.Seconds);
        return pauses.Any(pause => pause.Seconds >= Long) || (sum >= LongTogether && sum >= evidence.Generator.BusySeconds * MostOfBusy);
    }

    /// <summary>When and how long, as the end of a sentence.</summary>
    public static string Sentence(Evidence evidence)
    {
        var all = evidence.Generator.Pauses;
        var isLong = all.Any(pause => pause.Seconds >= Long);
        var longest = all.Where(pause => !isLong || pause.Seconds >= Long).OrderByDescending(pause => pause.Seconds).Take(MostNamed)
            .OrderBy(pause => pause.At).ToArray();
        var others = all.Count - longest.Length;
        var most = others > 0 ? all.Except(longest).Max(pause => pause.Seconds).Seconds() : "";
        return string.Join(" and ", longest.Select(pause => string.Create(
                CultureInfo.InvariantCulture, $"for {pause.Seconds:0.##} s, from {pause.At:0.#} to {pause.End:0.#} s after the start")))
            + (others > 0 ? $" and {((long)others).Of("other time")} for {most} at most" : "")
            + " (it was stopped, or something held its loop): times measured across that are its own delay";
    }

    /// <summary>The evidence without the effects of the pauses: replies and connects that waited for us, an observer that did not ask, and
    /// queues that all overdue connections filled at once, although one burst of the plan fits into them.</summary>
    public static Evidence Without(Evidence evidence)
    {
        if (!Matter(evidence))
        {
            return evidence;
        }

        var (pauses, load, ledgers) = (evidence.Generator.Pauses, evidence.Load, evidence.Ledgers);
        var longest = (long)((pauses.Max(pause => pause.Seconds) + Slack) * 1e6);
        var touched = load.PeakOpen * pauses.Count; // connections that were open, or became due, in one of them
        var limit = ledgers.Kernel?.Target?.AcceptQueueLimit;
        var fits = evidence.BurstForEach() <= limit;
        var isLateByUs = load.LongConnects <= touched && (fits || limit is null);
        return evidence with
        {
            Generator = evidence.Generator with { Pauses = [], LateBursts = 0, StartLag = null },
            Load = load with
            {
                FirstReply = load.FirstReply?.P99 <= longest ? null : load.FirstReply,
                ConnectModes = isLateByUs ? new Dictionary<int, long>() : load.ConnectModes,
                LongConnects = isLateByUs ? 0 : load.LongConnects,
            },
            Ledgers = ledgers with
            {
                Client = ledgers.Client with { AttemptFailures = WithoutTimeouts(ledgers.Client.AttemptFailures, touched) },
                Servers =
                [
                    .. ledgers.Servers.Select(server => server with
                    {
                        Losses = [.. server.Losses.Where(loss => !pauses.Any(pause => Overlap(pause, loss)))],
                    }),
                ],
                Kernel = fits && ledgers.Kernel is { } kernel
                    ? kernel with { Counters = kernel.Counters.ToDictionary(counter => counter.Key, WithoutOverflow) }
                    : ledgers.Kernel,
            },
        };
    }

    private static KernelCount WithoutOverflow(KeyValuePair<string, KernelCount> counter) =>
        _ofFullQueues.Contains(counter.Key) ? new KernelCount(0, 0) : counter.Value;

    private static Dictionary<string, long> WithoutTimeouts(IReadOnlyDictionary<string, long> failures, long touched)
    {
        string[] timeouts = [Outcome.ReplyTimeout.Name(), Outcome.ConnectTimeout.Name()];
        var isOurs = timeouts.Sum(outcome => failures.GetValueOrDefault(outcome)) <= touched;
        return failures.ToDictionary(failure => failure.Key, failure => isOurs && timeouts.Contains(failure.Key) ? 0 : failure.Value);
    }

    private static bool Overlap(LoopPause pause, ObserverLoss loss) =>
        loss.At >= pause.At - Slack && loss.At <= pause.End + Slack && loss.Seconds <= pause.Seconds + (2 * Slack);
}
