using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server's main thread had no time left: it took about one core, and first replies took a second or never came.</summary>
/// <remarks>A burst keeps any server busy while it lasts, and that is no fault. The server's ledger shows the share alone.</remarks>
internal sealed class ServerBusy : IRule
{
    // Of one core, over a whole interval. The kernel's part of accept and close is included.
    private const double NearOne = 0.9;
    private const double AtWork = 0.5;
    private const long Long = 1_000_000;

    public const string RuleName = "server-cpu";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var busiest = evidence.Ledgers.Servers.Where(IsBusy).MaxBy(server => server.PeakMainThreadShare);
        if (busiest is not { PeakMainThreadShare: { } share } server)
        {
            return null;
        }

        var (timeouts, wait) = (Account.Of(evidence).Of(RuleName, Outcome.ReplyTimeout), evidence.Load.FirstReply?.P99 ?? 0);
        var silence = Silence(server);
        return timeouts <= 0 && wait - (long)(Line.RoundTrip(evidence) * 1e6) < Long && silence < 1 ? null : new Finding(
            Name, timeouts > 0 ? Severity.Error : Severity.Warning,
            Prose.Sentences(
                $"The main thread of {server.Endpoint} took {share.Percent()} of one core at its busiest"
                    + (silence >= 1 ? $", and answered nothing for {silence.Seconds()}" : "") + ". Connections waited for it"
                    + (wait > 0 ? $" (first reply p99 {wait.Span()})" : ""),
                timeouts > 0 ? $"{timeouts.Of("attempt")} got no reply in time" : ""),
            new Dictionary<string, double>
            {
                ["peakMainThreadShare"] = share,
                ["mainThreadCpuSeconds"] = server.MainThreadCpuSeconds ?? 0,
                ["firstReplyP99Micros"] = wait,
                ["replyTimeouts"] = timeouts,
                ["silenceSeconds"] = silence,
            },
            []);
    }

    /// <summary>True if a server was this busy.</summary>
    public static bool IsBusy(Evidence evidence) => evidence.Ledgers.Servers.Any(IsBusy);

    /// <summary>True if this server was. Without answers, two readings also span the time in which it was not busy.</summary>
    public static bool IsBusy(ServerLedger server) => server.PeakMainThreadShare >= NearOne
        || (server.PeakMainThreadShare >= AtWork && Silence(server) is >= 1 and var silence
            && server.MainThreadCpuSeconds >= silence * NearOne);

    private static double Silence(ServerLedger server) => server.Restarts.Count > 0 ? 0
        : server.Losses.Where(loss => !loss.IsRefusal).Sum(loss => loss.Seconds ?? 0);
}
