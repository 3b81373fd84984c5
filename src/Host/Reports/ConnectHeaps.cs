using System.Globalization;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>Times that pile up at a place that the kernel's timers explain.</summary>
/// <param name="Step">The step that took so long.</param>
/// <param name="Seconds">The wait.</param>
/// <param name="Count">Times of about that length.</param>
/// <param name="Share">The same as a share of all times of the step, 0 to 1.</param>
/// <param name="Cause">What the kernel waited for.</param>
internal sealed record ConnectHeap(Step Step, double Seconds, long Count, double Share, string Cause)
{
    /// <summary>Such as <c>312 of the connect times (3.1 %) are about 1 s: ...</c>.</summary>
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count.Of("time", "times")} of {Step.Name()} ({Share.Percent()}) took about {Seconds:0.#} s: {Cause}.");
}

/// <summary>Finds the traces of lost SYNs and of full accept queues in histograms.</summary>
internal static class ConnectHeaps
{
    private const string SynAgain = "the kernel sent the SYN again, because nothing had answered it";
    private const string AckLost = "the last ACK of the handshake met a full accept queue, and the client's data was sent again";

    /// <summary>Where lines are drawn: waits of a SYN, and of data that nobody acknowledged.</summary>
    public static IReadOnlyList<double> Waits { get; } = [0.2, 0.4, 0.8, 1, 2, 3, 4, 5, 7];

    // A wait is followed by a round trip; the kernel's timers are coarse, and a busy loop looks late. The times behind such a window must
    // be far fewer, or the server is merely slow: a heap is twice as dense.
    private static readonly (double Wait, double From, double To, double Next)[] Windows =
        [(0.2, 0.19, 0.26, 0.39), (0.4, 0.39, 0.47, 0.79), (0.8, 0.79, 0.89, 0.98)];

    /// <summary>The heaps of a run, connects first; empty without histograms.</summary>
    public static IReadOnlyList<ConnectHeap> Of(RunTimes times) =>
        [.. WholeSeconds(times.Of(Step.Connect)), .. Fractions(times.Of(Step.Connect)), .. Fractions(times.Of(Step.FirstReply))];

    private static IEnumerable<ConnectHeap> WholeSeconds(StepCourse? connects)
    {
        if (connects?.Whole is not { TotalCount: > 0 } histogram)
        {
            return [];
        }

        var modes = new ConnectModes(histogram.Summarize()!.Min);
        modes.Add(histogram);
        return modes.Seconds().OrderBy(second => second.Key).Select(second =>
            new ConnectHeap(Step.Connect, second.Key, second.Value, (double)second.Value / modes.Connects, SynAgain));
    }

    private static IEnumerable<ConnectHeap> Fractions(StepCourse? times)
    {
        if (times?.Whole is not { TotalCount: > 0 } histogram)
        {
            yield break;
        }

        foreach (var (wait, from, to, next) in Windows)
        {
            var (near, behind) = (Count(histogram, from, to), Count(histogram, to, next));
            if (near > 0 && near / (to - from) > 2 * behind / (next - to))
            {
                yield return new ConnectHeap(times.Step.Step, wait, near, (double)near / histogram.TotalCount, AckLost);
            }
        }
    }

    private static long Count(LatencyHistogram histogram, double from, double to)
    {
        var count = 0L;
        histogram.ForEach((micros, times) => count += micros >= from * 1e6 && micros < to * 1e6 ? times : 0);
        return count;
    }
}
