using ActorLoad.Diagnosis.Rules;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis;

/// <summary>Assigns each failed attempt of a run to one cause. Proven causes come before likely ones. Pure.</summary>
internal sealed class Account
{
    // Rules whose share is computed here. AccessDenied, ErrorReplies and the like count the server's words themselves.
    private static readonly HashSet<string> Known =
    [
        AcceptQueueOverflow.RuleName, ConnectionResets.RuleName, GeneratorLimited.RuleName, LineLoss.RuleName, NoReply.RuleName,
        ProxyQueue.RuleName, RefusedOnTheWay.RuleName, ServerBusy.RuleName, ServerRestarted.RuleName, ServerStalled.RuleName,
        ServerUnreachable.RuleName, SynRetransmits.RuleName, MaxClientsReached.RuleName, ServerDescriptors.RuleName,
        ClientDescriptors.RuleName, PortExhaustion.RuleName, TimeWaitGrowth.RuleName, ConntrackFull.RuleName, SynQueueOverflow.RuleName,
    ];

    private readonly Dictionary<(string Rule, Outcome Outcome), long> _explained = [];
    private readonly Dictionary<Outcome, long> _left = [];
    private readonly Evidence _evidence;

    private Account(Evidence evidence) => _evidence = evidence;

    /// <summary>Attempts that were established here, but not accepted by a server: its full accept queue dropped them.</summary>
    public long NotAccepted { get; private set; }

    private bool HasRestarted => _evidence.Ledgers.Servers.Any(server => server.Restarts.Count > 0);

    /// <summary>The account of a run.</summary>
    public static Account Of(Evidence evidence)
    {
        var account = new Account(evidence);
        account.ShareWhatWasSaid();
        account.ShareWhatIsCounted();
        account.ShareTimeouts();
        account.ShareRefusals();
        account.ShareTheRest();
        return account;
    }

    /// <summary>The findings with the attempts that each explains. Rules outside the account know their own number.</summary>
    public static IReadOnlyList<Finding> Shared(Evidence evidence, IReadOnlyList<Finding> findings)
    {
        var account = Of(evidence);
        return
        [
            .. findings.Select(finding => Known.Contains(finding.Rule) || finding.Explains == 0
                ? finding with { Explains = account.Of(finding.Rule) } : finding),
        ];
    }

    /// <summary>With several causes, each sentence says how many failed attempts it explains.</summary>
    public static IReadOnlyList<Finding> Counted(Evidence evidence, IReadOnlyList<Finding> findings)
    {
        var failed = evidence.Ledgers.Client.AttemptFailures.Values.Sum().Of("failed attempt");
        return findings.Count(finding => finding.Explains > 0) < 2 ? findings :
        [
            .. findings.Select(finding => finding.Explains == 0 ? finding
                : finding with { Sentence = $"{finding.Sentence}. This explains {finding.Explains.Text()} of {failed}" }),
        ];
    }

    /// <summary>Failed attempts that a rule explains.</summary>
    public long Of(string rule) => _explained.Where(share => share.Key.Rule == rule).Sum(share => share.Value);

    /// <summary>Failed attempts with this outcome that these findings do not explain.</summary>
    public long Left(Outcome outcome, IEnumerable<Finding> findings) =>
        _evidence.Failed(outcome) - findings.Sum(finding => Of(finding.Rule, outcome));

    /// <summary>Failed attempts with this outcome that a rule explains.</summary>
    public long Of(string rule, Outcome outcome) => _explained.GetValueOrDefault((rule, outcome));

    // The server's own words, and its count of clients that did not read them.
    private void ShareWhatWasSaid()
    {
        if (ServerLimits.Of(_evidence) is { } limits)
        {
            var rule = limits.IsOfDescriptors ? ServerDescriptors.RuleName : MaxClientsReached.RuleName;
            Take(rule, Outcome.Rejected, limits.Said);
            var overtaken = limits.Overtaken;
            overtaken -= Take(rule, Outcome.Reset, overtaken);
            overtaken -= Take(rule, Outcome.PeerClosed, overtaken);
            Take(rule, Outcome.ReplyTimeout, overtaken);
        }

        if (new ProxyQueue().Judge(_evidence) is not null)
        {
            Take(ProxyQueue.RuleName, Outcome.PeerClosed);
            Take(ProxyQueue.RuleName, Outcome.Reset);
            Take(ProxyQueue.RuleName, Outcome.ReplyTimeout);
        }

        Take(AccessDenied.RuleName, Outcome.Rejected, _evidence.Rejected("NOAUTH", "WRONGPASS", "NOPERM", Rejection.Denied));
        Take(MemoryOvercommit.RuleName, Outcome.Rejected, _evidence.Rejected("MISCONF"));
        var isWaiting = new TimeWaitGrowth().Judge(_evidence) is { Severity: Severity.Error };
        Take(
            isWaiting ? TimeWaitGrowth.RuleName
                : OwnLimits.Of(_evidence).IsOfDescriptors(_evidence) ? ClientDescriptors.RuleName : PortExhaustion.RuleName,
            Outcome.LocalExhausted);
        if (HasRestarted)
        {
            TakeForRestart(Outcome.Refused, Outcome.Unreachable, Outcome.Reset, Outcome.PeerClosed);
        }
    }

    // A queue that overflows because the server accepts nothing is not the cause.
    private string Queue =>
        AcceptQueueOverflow.IsOfStandstill(_evidence) ? ServerStalled.RuleName : AcceptQueueOverflow.RuleName;

    // Handshakes that another ledger counted differently.
    private void ShareWhatIsCounted()
    {
        var isLocal = _evidence.Ledgers.Kernel?.SeesServer == true;
        NotAccepted = isLocal ? _evidence.NeverAccepted() : NeverReceived();
        var missing = Take(Queue, Outcome.ReplyTimeout, NotAccepted);
        if (isLocal)
        {
            Take(Queue, Outcome.ReplyTimeout, Math.Max(0, _evidence.LostToQueue() - missing));
            Take(Queue, Outcome.Reset, ResetByQueue(missing));
        }
        else
        {
            NotAccepted = missing + Take(Queue, Outcome.Reset, NotAccepted - missing);
        }

        if (new ConntrackFull().Judge(_evidence) is not null)
        {
            Take(ConntrackFull.RuleName, Outcome.ConnectTimeout);
        }
    }

    private void ShareTimeouts()
    {
        var line = Line.Of(_evidence);
        if (GeneratorLimited.IsLimited(_evidence))
        {
            Take(GeneratorLimited.RuleName, Outcome.ReplyTimeout);
            Take(GeneratorLimited.RuleName, Outcome.ConnectTimeout);
        }

        if (line.IsLossy)
        {
            TakeForLine(line);
        }

        if (ServerStalled.Silences(_evidence).Count > 0)
        {
            Take(ServerBusy.IsBusy(_evidence) ? ServerBusy.RuleName : ServerStalled.RuleName, Outcome.ReplyTimeout);
            Take(ServerBusy.IsBusy(_evidence) ? ServerBusy.RuleName : ServerStalled.RuleName, Outcome.ConnectTimeout);
        }

        if (_evidence.CountedAtServer("ListenOverflows") > 0)
        {
            Take(Queue, Outcome.ConnectTimeout);
        }

        if (_evidence.CountedAtServer("TCPReqQFullDrop") > 0)
        {
            Take(SynQueueOverflow.RuleName, Outcome.ConnectTimeout);
        }

        if (ServerBusy.IsBusy(_evidence))
        {
            Take(ServerBusy.RuleName, Outcome.ReplyTimeout);
        }

        if (!line.IsLossy)
        {
            TakeForLine(line); // some connections lost all that they sent, and the others nothing
        }

        if (HasRestarted)
        {
            TakeForRestart(Outcome.ConnectTimeout, Outcome.ReplyTimeout);
        }

        Take(SynRetransmits.RuleName, Outcome.ConnectTimeout);
        Take(NoReply.IsNotTheServer(_evidence) ? NoReply.RuleName : ServerStalled.RuleName, Outcome.ReplyTimeout);
    }

    // Only attempts at endpoints that restarted.
    private void TakeForRestart(params Outcome[] outcomes)
    {
        var restarted = _evidence.Ledgers.Servers.Where(server => server.Restarts.Count > 0).Select(server => server.Endpoint).ToArray();
        foreach (var outcome in outcomes)
        {
            var failed = _evidence.Load.ByEndpoint.Where(counts => restarted.Contains(counts.Address))
                .Sum(counts => counts.AttemptFailures.GetValueOrDefault(outcome.Name()));
            Take(ServerRestarted.RuleName, outcome, _evidence.Load.ByEndpoint.Count == 0 ? long.MaxValue : failed);
        }
    }

    // One line loses SYNs and data: one finding reports both.
    private void TakeForLine(Line line)
    {
        var left = _left.GetValueOrDefault(Outcome.ReplyTimeout, _evidence.Failed(Outcome.ReplyTimeout));
        Take(
            SynRetransmits.TellsOfLine(_evidence, line) ? SynRetransmits.RuleName : LineLoss.RuleName,
            Outcome.ReplyTimeout, line.Explained(_evidence, left));
    }

    private void ShareRefusals()
    {
        Take(AcceptQueueOverflow.RuleName, Outcome.Refused, UnixQueue.Count(_evidence));
        foreach (var outcome in (Outcome[])[Outcome.Refused, Outcome.Unreachable])
        {
            Take(RefusedOnTheWay.RuleName, outcome, RefusedOnTheWay.Count(_evidence, outcome));
            Take(ServerUnreachable.RuleName, outcome);
        }

        // A server that stops ends its connections before it refuses new ones.
        Take(ServerUnreachable.RuleName, Outcome.Reset, ServerUnreachable.CutOff(_evidence, Outcome.Reset));
        Take(ServerUnreachable.RuleName, Outcome.PeerClosed, ServerUnreachable.CutOff(_evidence, Outcome.PeerClosed));
    }

    private void ShareTheRest() => Take(ConnectionResets.RuleName, Outcome.Reset);

    // With tcp_abort_on_overflow, the kernel resets the connection instead of dropping the last ACK.
    private long ResetByQueue(long dropped) =>
        _evidence.CountedAtServer("ListenOverflows") > 0 && _evidence.Counted("PassiveOpens") is { } opened
            ? Math.Max(0, _evidence.Ledgers.Client.Established - opened - dropped) : 0;

    // Established connections that the servers did not count. Valid only if all servers counted during the whole run.
    private long NeverReceived()
    {
        var servers = _evidence.Ledgers.Servers;
        var client = _evidence.Ledgers.Client;
        var isWhole = servers.Count > 0 && servers.Count >= _evidence.Load.Targets && servers.All(server => server is
        {
            ConnectionsReceived: not null, FirstAnswerAt: null, Proxy: null, Restarts.Count: 0, Resets.Count: 0,
        } && server.Losses.All(loss => loss.Seconds is not null));
        var counted = servers.Sum(server => (server.ConnectionsReceived ?? 0) + (server.ConnectionsRejected ?? 0));
        var missing = isWhole ? client.Established - counted : 0;

        // A few are missing because the last reading came too early.
        return missing > Math.Max(1, client.Established / 1_000) ? missing : 0;
    }

    private long Take(string rule, Outcome outcome, long most = long.MaxValue)
    {
        var left = _left.GetValueOrDefault(outcome, _evidence.Failed(outcome));
        var taken = Math.Clamp(most, 0, left);
        _left[outcome] = left - taken;
        _explained[(rule, outcome)] = _explained.GetValueOrDefault((rule, outcome)) + taken;
        return taken;
    }
}
