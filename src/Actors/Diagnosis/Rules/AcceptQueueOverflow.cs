using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

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

        // A queue in which a whole burst has room overflows where nothing is taken out of it: that is the cause, and a longer queue no remedy.
        if (queue.HoldsBurst(evidence) && Standing(evidence) is { } stood)
        {
            return new Finding(
                Name, Severity.Info,
                $"{queue.Lead(evidence)} overflowed {overflows.Of("time")} although it holds {queue.Length!.Value.Text()} and bursts are of {evidence.BurstForEach().Text()}: "
                + stood,
                numbers, []);
        }

        return new Finding(
            Name, timeouts + unanswered > 0 ? Severity.Error : Severity.Warning,
            $"{queue.Lead(evidence)} overflowed {overflows.Of("time")}: {queue.Sentence}, and bursts are of {evidence.BurstForEach().Text()}"
            + (queue.HoldsBurst(evidence) ? ", so several of them came before it was emptied" : "")
            + (slow > 0 ? $"; {slow.Of("connect")} waited a second or more until the SYN was sent again" : "")
            + (timeouts > 0 ? $"; {timeouts.Text()} timed out" : "")
            + (never > 0 ? $"; {never.Of("was", "were")} established for us only, never accepted, and had no reply" : "")
            + (unanswered > never ? $"; {(unanswered - never).Of("was", "were")} accepted too late for a reply in time" : ""),
            numbers, queue.Enlarge(evidence));
    }

    /// <summary>True if a queue overflowed in which a burst has room, because nothing was taken out of it for a time.</summary>
    public static bool IsOfStandstill(Evidence evidence) =>
        evidence.CountedAtServer("ListenOverflows") > 0 && Queue.Of(evidence).HoldsBurst(evidence) && Standing(evidence) is not null;

    // What was seen of a server that stood still, be it that its observer lost it.
    private static string? Standing(Evidence evidence) => evidence.Standstills() is [var stood, ..] ? stood.Sentence
        : GeneratorLimited.IsLimited(evidence) || ServerBusy.IsBusy(evidence) ? null
        : evidence.Ledgers.Servers.SelectMany(server => server.Losses.Where(ServerStalled.IsSilence)
            .Select(loss => $"{server.Endpoint} did not answer its observer from {loss.At.Seconds()} on" + (loss.Seconds is { } length ? $" for {length.Lasting()}" : "")))
            .FirstOrDefault();

    /// <summary>The two limits of an accept queue, of which the smaller holds.</summary>
    internal sealed record Queue(long? SoMaxConn, long? Backlog, long? Limit, string Kind)
    {
        private ServerLedger? Proxied { get; init; }

        private bool IsServers { get; init; }

        /// <summary>The limits as far as they are known.</summary>
        public static Queue Of(Evidence evidence)
        {
            var shown = evidence.ServerSetting(TuningKeys.SoMaxConn);
            long? somaxconn = long.TryParse(shown, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
            var limit = evidence.Ledgers.Kernel?.Target?.AcceptQueueLimit;
            var slow = evidence.SlowAt();
            var all = evidence.Ledgers.Servers;
            IReadOnlyList<ServerLedger> servers = evidence.Load.Endpoints.Count > 1 && all.Any(server => slow.Contains(server.Endpoint))
                ? [.. all.Where(server => slow.Contains(server.Endpoint))] : all;
            var server = servers.Where(server => server.Proxy is null).MinBy(server => server.TcpBacklog ?? long.MaxValue);

            // A proxy's queue has nothing to do with what the server behind it asks for. The smallest is seen: of several listeners it may be a proxy's.
            if (servers.FirstOrDefault(each => each.Proxy is not null) is { } proxied && (server is null || limit < Math.Min(somaxconn ?? long.MaxValue, server.TcpBacklog ?? long.MaxValue)))
            {
                return new Queue(somaxconn, null, limit, ServerDefaults.Unknown) { Proxied = proxied };
            }

            // What the kernel did not cut is what the server asked for.
            return new Queue(somaxconn, server?.TcpBacklog ?? (limit < somaxconn ? limit : null), limit, server?.Kind ?? ServerDefaults.Unknown)
            {
                IsServers = server?.HoldsListener == true,
            };
        }

        /// <summary>How many it holds, half-open handshakes too; null if it is not known.</summary>
        public long? Length => Limit ?? (SoMaxConn < Backlog ? SoMaxConn : Backlog ?? SoMaxConn);

        private bool IsCutByKernel => SoMaxConn is { } somaxconn && (Backlog is not { } backlog ? Limit >= somaxconn : somaxconn < backlog);

        /// <summary>True if a whole burst has room in it.</summary>
        public bool HoldsBurst(Evidence evidence) => evidence.BurstForEach() <= Length;

        /// <summary>Whose queue it is: the beginning of a sentence.</summary>
        public string Lead(Evidence evidence) => Proxied is { } server
            ? $"The accept queue of the proxy at {server.Endpoint}" : $"The server's accept queue{evidence.At(evidence.SlowAt())}";

        /// <summary>Whose it is: the first words of a sentence.</summary>
        public string Owner => Proxied is { } server ? $"The proxy's ({server.Endpoint})" : "The server's";

        /// <summary>Which of the two limits it is.</summary>
        public string Sentence => (SoMaxConn, Backlog) switch
        {
            _ when Proxied is { } server => $"it holds {Limit?.Text() ?? "less than a burst"}{(Limit >= SoMaxConn ? ", as net.core.somaxconn says" : "")}; that listener is a proxy's, or a "
                + $"mapped port, because the server behind it {server.Proxy}",
            _ when Limit < Math.Min(SoMaxConn ?? 0, Backlog ?? 0) && IsServers =>
                $"it holds {Limit.Value.Text()}, because its listener was opened before net.core.somaxconn was raised",
            ({ } somaxconn, { } backlog) when Limit < Math.Min(somaxconn, backlog) =>
                $"it holds {Limit.Value.Text()}, less than the server's tcp-backlog of {backlog.Text()} and net.core.somaxconn = {somaxconn}: its listener was opened before "
                + "net.core.somaxconn was raised, or belongs to another program, such as a proxy",
            ({ } somaxconn, { } backlog) when somaxconn < backlog =>
                $"it holds {somaxconn.Text()}, because net.core.somaxconn = {somaxconn} cuts the tcp-backlog of {backlog}",
            ({ } somaxconn, { } backlog) when Kind == ServerDefaults.Unknown => $"it holds {backlog.Text()}, as its listener asked (net.core.somaxconn is {somaxconn})",
            ({ } somaxconn, { } backlog) => $"it holds {backlog.Text()}, the server's tcp-backlog (net.core.somaxconn is {somaxconn})",
            ({ } somaxconn, null) when IsCutByKernel => $"it holds {somaxconn.Text()}, as net.core.somaxconn says",
            (null, { } backlog) => $"the server's tcp-backlog is {backlog.Text()}, or less if net.core.somaxconn is",
            _ => $"it holds {Limit?.Text() ?? "the smaller of tcp-backlog and net.core.somaxconn"}",
        };

        /// <summary>What makes it as long as a burst, the smaller limit first.</summary>
        public IReadOnlyList<Remedy> Enlarge(Evidence evidence)
        {
            var limits = new QueueLimits(SoMaxConn, Backlog, Limit, Kind, evidence.Load.LargestPhase);
            var (kernels, servers) = (TroubleRemedies.KernelsQueue(limits, evidence.BurstForEach()), TroubleRemedies.ServersQueue(limits, evidence.BurstForEach()));
            return Proxied is not null ? TroubleRemedies.ProxysQueue(limits, evidence.BurstForEach())
                : IsCutByKernel ? [.. kernels, .. servers] : [.. servers, .. kernels];
        }
    }
}
