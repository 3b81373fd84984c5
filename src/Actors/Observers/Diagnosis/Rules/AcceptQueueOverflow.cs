using ActorLoad.Metrics;
using ActorLoad.Observers.Tuning;

namespace ActorLoad.Observers.Rules;

/// <summary>The server's accept queue was full, and the kernel dropped SYNs (or the last ACK of handshakes) in silence.</summary>
internal sealed class AcceptQueueOverflow : IRule
{
    // A dropped ACK is made good by the first data that is sent again, after 200 ms at the earliest.
    private const long FirstRetransmit = 190_000;

    public const string RuleName = "accept-queue-overflow";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        if (RemoteQueue.Judge(evidence) is { } remote)
        {
            return remote;
        }

        var overflows = evidence.CountedAtServer("ListenOverflows");
        var (slow, timeouts, resets) = (evidence.SlowConnects(), evidence.Failed(Outcome.ConnectTimeout), evidence.Failed(Outcome.Reset));
        var (never, unanswered) = (evidence.NeverAccepted(), evidence.LostToQueue());
        var felt = slow + timeouts + resets + unanswered;

        // The counter is the whole machine's: what nobody here felt was another listener's. A late reply alone has many causes, and is none of a queue
        // in which the whole burst had room.
        var queue = Queue.Of(evidence);
        var isLate = evidence.Load.FirstReply?.Max >= FirstRetransmit && !(evidence.BurstForEach() <= queue.Length);
        if (overflows == 0 || (felt == 0 && !isLate))
        {
            return null;
        }

        return new Finding(
            Name, timeouts + unanswered > 0 ? Severity.Error : Severity.Warning,
            $"The server's accept queue{evidence.At(evidence.SlowAt())} overflowed {overflows.Of("time")}: {queue.Sentence}, and bursts are of {evidence.BurstForEach().Text()}"
            + (slow > 0 ? $"; {slow.Of("connect")} waited a second or more until the SYN was sent again" : "")
            + (timeouts > 0 ? $"; {timeouts.Text()} timed out" : "")
            + (never > 0 ? $"; {never.Text()} were established for us only, never accepted, and had no reply" : "")
            + (unanswered > never ? $"; {(unanswered - never).Text()} were accepted too late for a reply in time" : ""),
            new Dictionary<string, double>
            {
                ["listenOverflows"] = overflows, ["listenDrops"] = evidence.CountedAtServer("ListenDrops"), ["slowConnects"] = slow,
                ["connectTimeouts"] = timeouts, ["neverAccepted"] = never, ["replyTimeouts"] = unanswered, ["somaxconn"] = queue.SoMaxConn ?? 0, ["tcpBacklog"] = queue.Backlog ?? 0,
            },
            queue.Enlarge(evidence));
    }

    /// <summary>The two limits of an accept queue, of which the smaller holds.</summary>
    internal sealed record Queue(long? SoMaxConn, long? Backlog, long? Limit, string Kind)
    {
        /// <summary>The limits as far as they are known.</summary>
        public static Queue Of(Evidence evidence)
        {
            var server = evidence.Ledgers.Servers.MinBy(server => server.TcpBacklog ?? long.MaxValue);
            var shown = evidence.ServerSetting(TuningKeys.SoMaxConn);
            long? somaxconn = long.TryParse(shown, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
            var limit = evidence.Ledgers.Kernel?.Target?.AcceptQueueLimit;

            // What the kernel did not cut is what the server asked for.
            return new Queue(somaxconn, server?.TcpBacklog ?? (limit < somaxconn ? limit : null), limit, server?.Kind ?? "redis");
        }

        /// <summary>How many it holds, half-open handshakes too; null if it is not known.</summary>
        public long? Length => Limit ?? (SoMaxConn < Backlog ? SoMaxConn : Backlog ?? SoMaxConn);

        private bool IsCutByKernel => SoMaxConn is { } somaxconn && (Backlog is not { } backlog ? Limit >= somaxconn : somaxconn < backlog);

        /// <summary>Which of the two it is.</summary>
        public string Sentence => (SoMaxConn, Backlog) switch
        {
            _ when Limit < Math.Min(SoMaxConn ?? 0, Backlog ?? 0) => $"it holds {Limit.Value.Text()}, because its listener was opened before net.core.somaxconn was raised",
            ({ } somaxconn, { } backlog) when somaxconn < backlog =>
                $"it holds {somaxconn.Text()}, because net.core.somaxconn = {somaxconn} cuts the tcp-backlog of {backlog}",
            ({ } somaxconn, { } backlog) => $"it holds {backlog.Text()}, the server's tcp-backlog (net.core.somaxconn is {somaxconn})",
            ({ } somaxconn, null) when IsCutByKernel => $"it holds {somaxconn.Text()}, as net.core.somaxconn says",
            (null, { } backlog) => $"the server's tcp-backlog is {backlog.Text()}, or less if net.core.somaxconn is",
            _ => $"it holds {Limit?.Text() ?? "the smaller of tcp-backlog and net.core.somaxconn"}",
        };

        /// <summary>What makes it as long as a burst, the smaller limit first.</summary>
        public IReadOnlyList<Remedy> Enlarge(Evidence evidence)
        {
            var limits = new QueueLimits(SoMaxConn, Backlog, Limit, Kind, evidence.Load.LargestPhase);
            var (kernels, servers) = (Troubles.KernelsQueue(limits, evidence.BurstForEach()), Troubles.ServersQueue(limits, evidence.BurstForEach()));
            return IsCutByKernel ? [.. kernels, .. servers] : [.. servers, .. kernels];
        }
    }
}
