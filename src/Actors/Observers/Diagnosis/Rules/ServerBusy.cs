using ActorLoad.Metrics;

namespace ActorLoad.Observers.Rules;

/// <summary>The server's main thread had no time left: it took about one core.</summary>
/// <remarks>
/// A burst keeps any server busy for as long as it lasts, and that is no fault: it is a mere <see cref="Severity.Info"/> until somebody had to
/// wait a second for the first reply, or in vain.
/// </remarks>
internal sealed class ServerBusy : IRule
{
    // Of one core, over a whole interval: the kernel's own part of accept and close is in it.
    private const double NearOne = 0.9;
    private const long Long = 1_000_000;

    public string Name => "server-cpu";

    public Finding? Judge(Evidence evidence)
    {
        if (evidence.Ledgers.Servers.MaxBy(server => server.PeakMainThreadShare ?? 0) is not { PeakMainThreadShare: >= NearOne } server)
        {
            return null;
        }

        var (timeouts, wait) = (evidence.Failed(Outcome.ReplyTimeout), evidence.Load.FirstReply?.P99 ?? 0);
        return new Finding(
            Name, timeouts > 0 ? Severity.Error : wait >= Long ? Severity.Warning : Severity.Info,
            $"The main thread of {server.Endpoint} took {server.PeakMainThreadShare.Value.Percent()} of one core at its busiest: what waited, waited for it"
            + (wait > 0 ? $" (first reply p99 {wait.Span()})" : "")
            + (timeouts > 0 ? $", {timeouts.Of("attempt")} in vain" : ""),
            new Dictionary<string, double>
            {
                ["peakMainThreadShare"] = server.PeakMainThreadShare.Value, ["mainThreadCpuSeconds"] = server.MainThreadCpuSeconds ?? 0,
                ["firstReplyP99Micros"] = wait, ["replyTimeouts"] = timeouts,
            },
            []);
    }

    /// <summary>True if a server was that busy.</summary>
    public static bool IsBusy(Evidence evidence) => evidence.Ledgers.Servers.Any(server => server.PeakMainThreadShare >= NearOne);
}
