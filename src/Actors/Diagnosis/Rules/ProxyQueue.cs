using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>A proxy accepts connections and passes few of them on. The others wait in the proxy, not for the server behind it.</summary>
internal sealed class ProxyQueue : IRule
{
    private const long Long = 1_000_000;

    // Of one core: a server this busy makes its clients wait itself.
    private const double AtWork = 0.8;

    // Of the open connections: between two readings, a server may count a few less than there were.
    private const double Most = 0.8;

    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "proxy-queue";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var open = evidence.OpenForEach();
        var wait = evidence.Load.FirstReply?.P99 ?? 0;
        var server = evidence.Proxied().Where(server => IsIdle(server) && PassedOn(server) < open * Most).MinBy(PassedOn);
        if (server is null || evidence.CountedAtServer("ListenOverflows") > 0)
        {
            return null;
        }

        var (closed, reset) = (evidence.Failed(Outcome.PeerClosed), evidence.Failed(Outcome.Reset));
        var timeouts = evidence.Failed(Outcome.ReplyTimeout);
        var lost = closed + reset + timeouts;
        if (lost == 0 && wait < Long)
        {
            return null;
        }

        var passed = PassedOn(server)!.Value;
        return new Finding(
            Name, lost > 0 && !evidence.HasLostNone() ? Severity.Error : Severity.Warning,
            Prose.Sentences(
                $"Connections waited in the queue of the proxy at {server.Endpoint}, not for the server behind it (which {server.Proxy})",
                $"Up to {open.Text()} were open to the proxy at once, and the server had at most {passed.Of("connection")} from it"
                    + (server.PeakMainThreadShare is { } share ? $" and used {share.Percent()} of one core" : ""),
                wait > 0 ? $"The first reply took {wait.Span()} (p99)" : "",
                closed + reset > 0 ? $"The proxy closed {(closed + reset).Of("attempt")}" : "",
                timeouts > 0 ? $"{timeouts.Of("attempt")} got no reply in time" : ""),
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

    private static bool IsIdle(ServerLedger server) => server.PeakMainThreadShare is null or < AtWork
        && server is { Restarts.Count: 0, Losses.Count: 0, LongestWait: null or { Seconds: < EvidenceQueries.LongAnswer } };

    private static long? PassedOn(ServerLedger server) =>
        server.ConnectedClients is { } clients ? Math.Max(0, clients.Peak - clients.Before) : null;
}
