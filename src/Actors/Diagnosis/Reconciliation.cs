using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis;

/// <summary>Compares the ledgers of one run. Pure.</summary>
/// <remarks>
/// The meaning of each kernel counter was tried out with single sockets (Linux 6.18). TCPAbortOnData also counts the close of a socket
/// whose SYN has no answer yet. EstabResets counts every socket that goes directly from established to closed, whoever sent the RST, and on
/// one machine both ends of it. AttemptFails does not count connects that we give up ourselves.
/// </remarks>
public static class Reconciliation
{
    // Seconds after which the newest kernels send a SYN again.
    private static readonly int[] Retransmitted = [1, 2, 3, 4, 5, 7, 11];

    /// <summary>A row for each quantity that two ledgers count.</summary>
    /// <param name="client">ActorLoad's count.</param>
    /// <param name="servers">The servers' counts.</param>
    /// <param name="kernel">The kernel's count; null if not read.</param>
    /// <param name="connectModes">Connects near the kernel's SYN retransmits, by seconds.</param>
    /// <param name="longConnects">Connects of a second or more, near a retransmit or not.</param>
    /// <param name="ownConnections">Connections of the observers during the run: in the kernel's counts, but not in the storm's.</param>
    public static IReadOnlyList<ReconciledQuantity> Of(
        ClientLedger client, IReadOnlyList<ServerLedger> servers, KernelLedger? kernel, IReadOnlyDictionary<int, long> connectModes,
        long longConnects, long ownConnections)
    {
        var seen = new Seen(client, servers, kernel, connectModes, longConnects, ownConnections);
        return [.. Rows(seen).OfType<ReconciledQuantity>()];
    }

    private static IEnumerable<ReconciledQuantity?> Rows(Seen seen)
    {
        yield return Attempts(seen);
        yield return Accepted(seen);
        yield return Rejected(seen);
        yield return ResetsSent(seen);
        yield return ResetsReceived(seen);
        yield return FailedConnects(seen);
        yield return Retransmits(seen);
        yield return Drops(seen);
    }

    private static ReconciledQuantity? Attempts(Seen seen) => ReconciledRow.Of(
        "attempts / SYNs", seen.Client.Attempts, null,
        new OtherCount(seen.Kernel("ActiveOpens"), seen.Client.Attempts,
        [
            new(seen.Failed(Outcome.LocalExhausted), 0, "found no port or descriptor and sent no SYN"),
            new(seen.Failed(Outcome.Unreachable), 0, "had no route, and may have sent no SYN"),
            new(seen.CutOff, 0, "were cut off by the end of the run, perhaps before their SYN"),
            new(0, seen.Own, "are connections of the observers"),
            new(0, seen.ProxysLegs, "are a proxy's own connections to its servers"),
        ],
        "other programs of this machine open connections too")
        { Lacking = "the first or the last of them fell outside the kernel's readings" });

    private static ReconciledQuantity? Accepted(Seen seen)
    {
        var (established, client) = (seen.Client.Established, seen.Client);
        var (rejected, overtaken) = seen.Rejected;
        KnownDifference[] unseenByUs =
        [
            new(0, seen.Failed(Outcome.ConnectTimeout) + seen.Failed(Outcome.Reset), "were accepted after we had given them up"),
            new(0, seen.CutOff, "were accepted as the run ended"),
        ];
        var row = ReconciledRow.Of(
            "accepted", established,
            new OtherCount(seen.Servers(server => server.ConnectionsReceived), established - rejected,
            [
                new(seen.Overflows, 0, "were established on our side only, because the full accept queue dropped them"),
                new(Math.Max(0, seen.Failed(Outcome.ReplyTimeout) + seen.Failed(Outcome.Reset) - overtaken), 0,
                    "may have been closed before the server accepted them"),
                new(seen.HasGone ? established : 0, 0, "were counted by a server that stopped answering"),
                new(seen.Missed(established), 0, "came before the server first answered its observer"),
                new(seen.AreSetBack ? established : 0, 0, "were counted before the server's counters were reset"),
                .. unseenByUs,
            ],
            "other clients connect to it too")
            { Lacking = "it was asked before it had accepted all connections" },
            !seen.SeesServer ? null : new OtherCount(seen.Kernel("PassiveOpens"), established,
            [
                new(seen.Overflows, 0, "were established on our side only, because the full accept queue dropped them"),
                new(0, seen.Own, "are connections of the observers"),
                new(0, seen.ProxysLegs, "are a proxy's own connections to its servers"),
                new(0, seen.Overflows, "are handshakes that the kernel completed twice, after the full accept queue had room again"),
                .. unseenByUs,
            ],
            "other listeners of this machine accept connections too")
            { Lacking = "their handshake was not completed on the server's side" });
        return row is null ? null : row with
        {
            Remark = Joined(seen.BehindProxies, row.Server is null || rejected == 0 ? ""
            : $"rejected_connections are not counted as received: {rejected.Text()}", row.Remark)
        };
    }

    private static string Joined(params IEnumerable<string> parts) => string.Join("; ", parts.Where(part => part.Length > 0));

    private static ReconciledQuantity? Rejected(Seen seen)
    {
        var rejected = seen.SaidRejected;
        return ReconciledRow.Of(
            "rejected", rejected,
            new OtherCount(seen.Servers(server => server.ConnectionsRejected), rejected,
            [
                new(0, seen.Failed(Outcome.Reset) + seen.Failed(Outcome.PeerClosed),
                    "reached us as a reset or a close, which overtook the server's words"),
                new(0, seen.Failed(Outcome.ReplyTimeout) + seen.CutOff, "were given up before we read the server's words"),
                new(seen.HasGone ? rejected : 0, 0, "were counted by a server that stopped answering"),
                new(seen.Missed(rejected), 0, "came before the server first answered its observer"),
                new(seen.AreSetBack ? rejected : 0, 0, "were counted before the server's counters were reset"),
            ],
            "other clients were rejected too")
            { Lacking = "a proxy or another server at the same address rejected them" },
            null);
    }

    private static ReconciledQuantity? ResetsSent(Seen seen)
    {
        var (closes, isGraceful) = (seen.Client.AbortiveCloses, seen.Client.AbortiveCloses == 0);
        var both = seen.SeesServer ? 2 : 1; // a server that hangs up on unread bytes resets too
        return ReconciledRow.Of(
            "resets sent", closes, null,
            new OtherCount(seen.Kernel("TCPAbortOnData") + seen.Kernel("TCPAbortOnClose"), closes,
            [
                new(Math.Max(0, seen.ClosedByServer - seen.Client.PeerResets), 0,
                    "may have been closed by the server's RST just before our close"),
                new(0, seen.SeesServer ? seen.ClosedByServer : 0, "are the server's: it closed with bytes of ours unread"),
                new(0, isGraceful ? seen.Failed(Outcome.ReplyTimeout) + seen.Failed(Outcome.ProtocolError) : 0,
                    "had unread bytes when they were closed"),
                new(0, seen.CutOff, "were cut off while they connected"),
                new(0, both * seen.Own, "are connections of the observers"),
                new(0, both * seen.ProxysLegs, "are a proxy's own connections to its servers"),
            ],
            "other programs of this machine close with RST too")
            { Lacking = "the peer's RST had closed them before we did" });
    }

    private static ReconciledQuantity? ResetsReceived(Seen seen)
    {
        var received = Math.Max(seen.Failed(Outcome.Reset), seen.Client.PeerResets);
        var finished = seen.SeesServer ? seen.Client.PeerFinishes : 0; // a socket that has sent FIN is not counted when a RST ends it
        var ours = Math.Max(0, seen.Client.AbortiveCloses - seen.Failed(Outcome.ConnectTimeout));
        var both = seen.SeesServer ? 2 : 1;
        var row = ReconciledRow.Of(
            "resets received", received, null,
            new OtherCount(seen.Kernel("EstabResets"), (both * (received + ours)) - finished,
            [
                new(seen.SeesServer ? Math.Max(seen.ClosedByServer, received) + seen.Overflows : 0, 0,
                    "had no established socket on the server's side any more"),
                new(finished > 0 ? ours - finished : 0, 0, "were finished by the server just before our close"),
                new(seen.Failed(Outcome.ConnectTimeout), seen.Failed(Outcome.ConnectTimeout), "timed out while they connected"),
                new(seen.SeesServer && seen.Client.ClosedFirst == 0 ? seen.Kernel("RetransSegs") ?? 0 : 0, 0,
                    "were perhaps lost on the way, as other segments were"),
                new(seen.SeesServer && seen.HasGone ? ours : 0, 0, "were ended on the server's side when it stopped"),
                new(seen.SeesServer ? seen.CutOff : 0, seen.SeesServer ? seen.CutOff * 2 : seen.CutOff,
                    "were cut off by the end of the run"),
                new(0, both * seen.Own, "are connections of the observers"),
                new(seen.SeesServer ? seen.Client.ClosedFirst : 0, 0,
                    "had been closed by the server first (QUIT), and our reset met no established socket"),
                new(0, both * seen.ProxysLegs, "are a proxy's own connections to its servers"),
            ],
            "other programs of this machine are reset too")
            { Lacking = "they met no established socket on the other side" });
        return row is null || ours == 0 ? row : row with
        {
            Remark = Joined($"EstabResets also counts our own {ours.Text()} resets{(seen.SeesServer ? ", at both ends" : "")}", row.Remark),
        };
    }

    private static ReconciledQuantity? FailedConnects(Seen seen)
    {
        var (refused, timeouts, unreachable) =
            (seen.Failed(Outcome.Refused), seen.Failed(Outcome.ConnectTimeout), seen.Failed(Outcome.Unreachable));
        return ReconciledRow.Of(
            "failed connects", refused + timeouts + unreachable, null,
            new OtherCount(seen.Kernel("AttemptFails"), refused,
            [
                new(0, timeouts, "timed out (the kernel does not count connects that we gave up first)"),
                new(0, unreachable, "had no route, some of them before a SYN was sent"),
                new(0, seen.Overflows, "were half open on the server's side when we closed them"),
                new(0, seen.Own, "are connects of the observers"),
                new(0, seen.CutOff, "were cut off while they connected"),
                new(0, seen.ProxysLegs, "are a proxy's own connects to its servers"),
            ],
            "connects of other programs fail too")
            { Lacking = "they failed before the kernel had sent a SYN" });
    }

    private static ReconciledQuantity? Retransmits(Seen seen)
    {
        var timeouts = seen.Failed(Outcome.ConnectTimeout);
        return ReconciledRow.Of(
            "retransmitted SYNs", seen.Slow + timeouts, null,
            new OtherCount(seen.Kernel("TCPSynRetrans"), seen.Slow,
            [
                new(0, seen.Further + (Retransmitted.Length * (timeouts + seen.CutOff)), "are further retransmits of the same connections"),
                new(0, Retransmitted.Length * Math.Max(0, seen.Long - seen.Slow),
                    "belong to connects that took a second or more, not near a whole second"),
                new(0, Retransmitted.Length * seen.Client.RetiredPorts,
                    "are ours: SYNs from ports that the server still held, after we gave up a connect from there"),
                new(0, seen.LostResets, "are ours: SYNs from ports that the server still held, because our RST was lost"),
                new(0, Retransmitted.Length * seen.Overflows, "are SYN/ACKs for connections that did not fit into the accept queue"),
                new(0, Retransmitted.Length * seen.Own, "may belong to the observers' connections"),
                new(0, Retransmitted.Length * seen.ProxysLegs, "may belong to a proxy's own connections to its servers"),
            ],
            "other programs' SYNs were lost")
            { Lacking = "connects took whole seconds without a retransmit" });
    }

    private static ReconciledQuantity? Drops(Seen seen)
    {
        var felt = seen.Slow + seen.Failed(Outcome.ConnectTimeout);
        return ReconciledRow.Of(
            "drops", felt, null,
            !seen.SeesServer ? null : new OtherCount(seen.Kernel("ListenDrops"), seen.Slow,
            [
                new(0, (seen.Kernel("TCPSynRetrans") ?? 0) + (seen.Kernel("RetransSegs") ?? 0), "were sent again, some more than once"),
                new(0, seen.Failed(Outcome.ConnectTimeout) + seen.CutOff, "were given up"),
                new(0, seen.Own, "may be connections of the observers"),
            ],
            "listeners drop the SYNs of other clients too")
            { Lacking = "no listener dropped them, and they were lost on the way" });
    }

    /// <summary>The ledgers, with the questions that rows ask of them.</summary>
    private sealed record Seen(
        ClientLedger Client, IReadOnlyList<ServerLedger> All, KernelLedger? Host, IReadOnlyDictionary<int, long> Modes, long Long, long Own)
    {
        /// <summary>Connects near a retransmit.</summary>
        public long Slow => Modes.Values.Sum();

        /// <summary>Their possible further retransmits, beside the answered one.</summary>
        public long Further => Modes.Sum(mode => mode.Value * Retransmitted.Count(at => at <= mode.Key));

        public bool SeesServer => Host?.SeesServer == true;

        public long Overflows => SeesServer ? Kernel("ListenOverflows") ?? 0 : 0;

        /// <summary>A server stopped, and its counts since its last answer are lost.</summary>
        public bool HasGone => All.Any(server => server.Restarts.Count > 0 || server.Losses.Any(loss => loss.Seconds is null));

        /// <summary>The most of <paramref name="all"/> that servers may have counted before their late first answer.</summary>
        public long Missed(long all) =>
            Math.Min(all, All.Where(server => server.FirstAnswerAt is not null).Sum(server => server.ReceivedBefore ?? all));

        /// <summary>A server reset its counters (CONFIG RESETSTAT).</summary>
        public bool AreSetBack => All.Any(server => server.Resets.Count > 0);

        /// <summary>The most connections from proxies of this machine to their servers: as many as the servers received, or one for each of
        /// ours.</summary>
        public long ProxysLegs => !SeesServer || Proxied.Count == 0
            ? 0 : Math.Max(Client.Attempts, Proxied.Sum(server => server.ConnectionsReceived ?? 0));

        /// <summary>The counts of servers behind proxies: not ours, so they are in no column.</summary>
        public string BehindProxies => string.Join("; ", Proxied.Select(server => server.ConnectionsReceived is { } received
            ? $"the server behind {server.Endpoint} counted {received.Of("connection")}, which are the proxy's"
            : $"the server behind {server.Endpoint} sees the proxy's connections, not ours"));

        private IReadOnlyList<ServerLedger> Proxied { get; } = [.. All.Where(server => server.Proxy is not null)];

        /// <summary>Attempts that read the server's rejection.</summary>
        public long SaidRejected => Client.Rejections.Where(rejection => Rejection.IsOfConnection(rejection.Key))
            .Sum(rejection => rejection.Value);

        /// <summary>Our connections among the rejected ones, and how many of them did not read the server's words. The rest are other
        /// clients'.</summary>
        public (long All, long Overtaken) Rejected
        {
            get
            {
                var cut = Failed(Outcome.Reset) + Failed(Outcome.PeerClosed) + Failed(Outcome.ReplyTimeout) + CutOff;
                var all = Math.Min(Servers(server => server.ConnectionsRejected) ?? 0, SaidRejected + cut);
                return (all, Math.Max(0, all - SaidRejected));
            }
        }

        /// <summary>Our resets that the server may have missed, if they were lost as often as other segments.</summary>
        public long LostResets => Math.Clamp((Kernel("RetransSegs") ?? 0) - (Kernel("TCPSynRetrans") ?? 0), 0, Client.AbortiveCloses);

        public long ClosedByServer => Failed(Outcome.Reset) + Failed(Outcome.Rejected) + Failed(Outcome.PeerClosed);

        /// <summary>Attempts that neither succeeded nor failed.</summary>
        public long CutOff => Math.Max(0, Client.Attempts - Client.Succeeded - Client.AttemptFailures.Values.Sum());

        public long Failed(Outcome outcome) => Client.AttemptFailures.GetValueOrDefault(outcome.Name());

        public long? Kernel(string counter) => Host?.Grown(counter);

        // A server behind a proxy counts the proxy's connections.
        public long? Servers(Func<ServerLedger, long?> count) =>
            All.Count > 0 && Proxied.Count == 0 && All.All(server => count(server) is not null) ? All.Sum(count) : null;
    }
}
