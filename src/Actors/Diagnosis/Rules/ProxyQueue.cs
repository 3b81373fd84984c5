using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>A proxy takes connections and passes few of them on: the others wait in it, and the server behind it has nothing to do with that.</summary>
internal sealed class ProxyQueue : IRule
{
    private const long Long = 1_000_000;

    // Of one core: a server that is so busy makes its clients wait itself.
    private const double AtWork = 0.8;

    // Of the connections that were open: what a server counts between two readings may be a little less than there were.
    private const double Most = 0.8;

    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "proxy-queue";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var open = evidence.OpenForEach();
        var wait = evidence.Load.FirstReply?.P99 ?? 0;
        var server = evidence.Proxied().Where(server => server.PeakMainThreadShare is null or < AtWork && server.Restarts.Count == 0
            && server is { Losses.Count: 0, LongestWait: null or { Seconds: < EvidenceQueries.LongAnswer } } && PassedOn(server) < open * Most).MinBy(PassedOn);
        if (server is null || evidence.CountedAtServer("ListenOverflows") > 0)
        {
            return null;
        }

        var (closed, reset, timeouts) = (evidence.Failed(Outcome.PeerClosed), evidence.Failed(Outcome.Reset), evidence.Failed(Outcome.ReplyTimeout));
        var lost = closed + reset + timeouts;
        if (lost == 0 && wait < Long)
        {
            return null;
        }

        var passed = PassedOn(server)!.Value;
        return new Finding(
            Name, lost > 0 && !evidence.HasLostNone() ? Severity.Error : Severity.Warning,
            $"Connections waited in the queue of the proxy at {server.Endpoint}, not for the server behind it (which {server.Proxy}): up to {open.Text()} were open to "
            + $"the proxy at once, and the server had at most {passed.Of("connection")} from it"
            + (server.PeakMainThreadShare is { } share ? $" and used {share.Percent()} of one core" : "")
            + (wait > 0 ? $"; first reply p99 {wait.Span()}" : "")
            + (closed + reset > 0 ? $"; the proxy closed {(closed + reset).Of("attempt")}" : "")
            + (timeouts > 0 ? $"; {timeouts.Of("attempt")} had no reply in time" : ""),
            new Dictionary<string, double>
            {
                ["open"] = open,
                ["passedOn"] = passed,
                ["firstReplyP99Micros"] = wait,
                ["peerClosed"] = closed,
                ["reset"] = reset,
                ["replyTimeouts"] = timeouts,
            },
            [Remedies.ProxysConnections(passed, open)])
        {
            Explains = lost,
        };
    }

    private static long? PassedOn(ServerLedger server) => server.ConnectedClients is { } clients ? Math.Max(0, clients.Peak - clients.Before) : null;
}
