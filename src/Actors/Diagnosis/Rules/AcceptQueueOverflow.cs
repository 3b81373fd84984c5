using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server's accept queue was full. The kernel silently dropped SYNs, or the last ACK of handshakes.</summary>
internal sealed class AcceptQueueOverflow : IRule
{
    // After a dropped ACK, the first data is sent again after at least 200 ms.
    private const long FirstRetransmit = 190_000;

    public const string RuleName = "accept-queue-overflow";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        if ((RemoteQueue.Judge(evidence) ?? UnixQueue.Judge(evidence)) is { } other)
        {
            return other;
        }

        var overflows = evidence.CountedAtServer("ListenOverflows");
        var (slow, timeouts, resets) = (evidence.SlowConnects(), evidence.Failed(Outcome.ConnectTimeout), evidence.Failed(Outcome.Reset));
        var (never, unanswered) = (evidence.NeverAccepted(), evidence.LostToQueue());
        var felt = slow + timeouts + resets + unanswered;

        // The counter covers the whole machine: overflows without any effect here belong to another listener.
        // A late reply alone proves nothing if the whole burst fits into the queue.
        var queue = Queue.Of(evidence);
        var isLate = evidence.Load.FirstReply?.Max >= FirstRetransmit && !(evidence.BurstForEach() <= queue.Length);
        if (overflows == 0 || (felt == 0 && !isLate))
        {
            return null;
        }

        var numbers = new Dictionary<string, double>
        {
            ["listenOverflows"] = overflows,
            ["listenDrops"] = evidence.CountedAtServer("ListenDrops"),
            ["slowConnects"] = slow,
            ["connectTimeouts"] = timeouts,
            ["neverAccepted"] = never,
            ["replyTimeouts"] = unanswered,
            ["somaxconn"] = queue.SoMaxConn ?? 0,
            ["tcpBacklog"] = queue.Backlog ?? 0,
        };

        var (burst, holdsBurst) = (evidence.BurstForEach().Text(), queue.HoldsBurst(evidence));
        var overflowed = $"{queue.Lead(evidence)} overflowed {overflows.Of("time")}";

        // A queue that holds a whole burst overflows only while the server accepts nothing. A longer queue would not help.
        if (holdsBurst && Standing(evidence) is { } stood)
        {
            return new Finding(
                Name, Severity.Info,
                $"{overflowed}, although it holds {queue.Length!.Value.Text()} and bursts have {burst} connections: {stood}",
                numbers, []);
        }

        var late = unanswered - never;
        return new Finding(
            Name, timeouts + unanswered > 0 ? Severity.Error : Severity.Warning,
            Prose.Sentences(
                overflowed,
                queue.Sentence,
                $"Bursts have {burst} connections{(holdsBurst ? ", so several bursts came before the server emptied it" : "")}",
                slow > 0 ? $"{slow.Of("connect")} waited a second or more until the SYN was sent again" : "",
                timeouts > 0 ? $"{timeouts.Of("connect")} timed out" : "",
                never > 0 ? $"{never.Of("connection")} {never.Were()} established on our side only, never accepted, and got no reply" : "",
                late > 0 ? $"{late.Of("connection")} {late.Were()} accepted too late for a reply in time" : ""),
            numbers, queue.Enlarge(evidence));
    }

    /// <summary>True if a queue that holds a burst overflowed because the server accepted nothing for a time.</summary>
    public static bool IsOfStandstill(Evidence evidence) =>
        evidence.CountedAtServer("ListenOverflows") > 0 && Queue.Of(evidence).HoldsBurst(evidence) && Standing(evidence) is not null;

    // How a server stood still; also if its observer lost it.
    private static string? Standing(Evidence evidence) => evidence.Standstills() is [var stood, ..] ? stood.Sentence
        : GeneratorLimited.IsLimited(evidence) || ServerBusy.IsBusy(evidence) ? null
        : evidence.Ledgers.Servers
            .SelectMany(server => server.Losses.Where(ServerStalled.IsSilence).Select(loss => Silence(server, loss)))
            .FirstOrDefault();

    private static string Silence(ServerLedger server, ObserverLoss loss) =>
        $"{server.Endpoint} did not answer its observer from {loss.At.Seconds()} on"
        + (loss.Seconds is { } length ? $" for {length.Lasting()}" : "");

    /// <summary>The two limits of an accept queue. The smaller one holds.</summary>
    internal sealed record Queue(long? SoMaxConn, long? Backlog, long? Limit, string Kind)
    {
        private ServerLedger? Proxied { get; init; }

        private bool IsServers { get; init; }

        /// <summary>The known limits.</summary>
        public static Queue Of(Evidence evidence)
        {
            var shown = evidence.ServerSetting(TuningKeys.SoMaxConn);
            long? somaxconn = long.TryParse(shown, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
            var limit = evidence.Ledgers.Kernel?.Target?.AcceptQueueLimit;
            var slow = evidence.SlowAt();
            var all = evidence.Ledgers.Servers;
            IReadOnlyList<ServerLedger> stormed = [.. all.Where(server => slow.Contains(server.Endpoint))];
            var servers = evidence.Load.Endpoints.Count > 1 && stormed.Count > 0 ? stormed : all;
            var server = servers.Where(server => server.Proxy is null).MinBy(server => server.TcpBacklog ?? long.MaxValue);
            var asked = Math.Min(somaxconn ?? long.MaxValue, server?.TcpBacklog ?? long.MaxValue);

            // A proxy's queue does not depend on the backlog of the server behind it.
            // The kernel shows the smallest queue of several listeners, which may be a proxy's.
            if (servers.FirstOrDefault(each => each.Proxy is not null) is { } proxied && (server is null || limit < asked))
            {
                return new Queue(somaxconn, null, limit, ServerDefaults.Unknown) { Proxied = proxied };
            }

            // Below somaxconn, the kernel kept what the server asked for.
            var backlog = server?.TcpBacklog ?? (limit < somaxconn ? limit : null);
            return new Queue(somaxconn, backlog, limit, server?.Kind ?? ServerDefaults.Unknown)
            {
                IsServers = server?.HoldsListener == true,
            };
        }

        /// <summary>Connections that fit, half-open handshakes included; null if not known.</summary>
        public long? Length => Limit ?? (SoMaxConn < Backlog ? SoMaxConn : Backlog ?? SoMaxConn);

        private bool IsCutByKernel =>
            SoMaxConn is { } somaxconn && (Backlog is not { } backlog ? Limit >= somaxconn : somaxconn < backlog);

        /// <summary>True if a whole burst fits.</summary>
        public bool HoldsBurst(Evidence evidence) => evidence.BurstForEach() <= Length;

        /// <summary>The queue and its owner, as the subject of a sentence.</summary>
        public string Lead(Evidence evidence) => Proxied is { } server
            ? $"The accept queue of the proxy at {server.Endpoint}" : $"The server's accept queue{evidence.At(evidence.SlowAt())}";

        /// <summary>The owner, as the first words of a sentence.</summary>
        public string Owner => Proxied is { } server ? $"The proxy's ({server.Endpoint})" : "The server's";

        /// <summary>How long the queue is, and why, as a sentence.</summary>
        public string Sentence => (SoMaxConn, Backlog) switch
        {
            _ when Proxied is { } server =>
                $"It holds {Limit?.Text() ?? "less than a burst"}{(Limit >= SoMaxConn ? ", as net.core.somaxconn says" : "")}. "
                + $"The listener is a proxy or a mapped port, because the server behind it {server.Proxy}",
            _ when Limit < Math.Min(SoMaxConn ?? 0, Backlog ?? 0) && IsServers =>
                $"It holds {Limit.Value.Text()}, because its listener was opened before net.core.somaxconn was raised",
            ({ } somaxconn, { } backlog) when Limit < Math.Min(somaxconn, backlog) =>
                $"It holds {Limit.Value.Text()}, less than the server's tcp-backlog of {backlog.Text()} and net.core.somaxconn = "
                + $"{somaxconn}. The listener was opened before net.core.somaxconn was raised, "
                + "or belongs to another program, such as a proxy",
            ({ } somaxconn, { } backlog) when somaxconn < backlog =>
                $"It holds {somaxconn.Text()}, because net.core.somaxconn = {somaxconn} cuts the tcp-backlog of {backlog}",
            ({ } somaxconn, { } backlog) when Kind == ServerDefaults.Unknown =>
                $"It holds {backlog.Text()}, as its listener asked (net.core.somaxconn is {somaxconn})",
            ({ } somaxconn, { } backlog) => $"It holds {backlog.Text()}, the server's tcp-backlog (net.core.somaxconn is {somaxconn})",
            ({ } somaxconn, null) when IsCutByKernel => $"It holds {somaxconn.Text()}, as net.core.somaxconn says",
            (null, { } backlog) => $"It holds {backlog.Text()}, the server's tcp-backlog, or less if net.core.somaxconn is smaller",
            _ => $"It holds {Limit?.Text() ?? "the smaller of tcp-backlog and net.core.somaxconn"}",
        };

        /// <summary>Remedies that make it as long as a burst; the smaller limit comes first.</summary>
        public IReadOnlyList<Remedy> Enlarge(Evidence evidence)
        {
            var (burst, limits) = (evidence.BurstForEach(), new QueueLimits(SoMaxConn, Backlog, Limit, Kind, evidence.Load.LargestBursts));
            var (kernels, servers) = (TroubleRemedies.KernelsQueue(limits, burst), TroubleRemedies.ServersQueue(limits, burst));
            return Proxied is not null ? TroubleRemedies.ProxysQueue(limits, burst)
                : IsCutByKernel ? [.. kernels, .. servers] : [.. servers, .. kernels];
        }
    }
}
