using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Connections were reset after they were established, and no other rule knows the sender. If a ledger proves that the server did
/// not send the RSTs, something in between did.</summary>
internal sealed class ConnectionResets : IRule
{
    public const string RuleName = "connection-resets";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var resets = Account.Of(evidence).Of(RuleName);
        if (resets == 0)
        {
            return null;
        }

        var (held, foreign) = (Held(evidence), Foreign(evidence));
        var evicted = evidence.Ledgers.Servers.Sum(server => server.EvictedClients ?? 0);
        var observers = evidence.Ledgers.Servers.Sum(server => server.Losses.Count(loss => loss.Kind == LossKind.End));
        var where = evidence.At(evidence.FailedAt(Outcome.Reset));
        return new Finding(
            Name, Severity.Error,
            $"{resets.Of("attempt")}{where} {resets.Were()} reset in use{Sender(evidence, held, foreign, evicted)}"
            + (observers > 0 ? $". Its observer's connection was ended too, {((long)observers).Of("time")}" : ""),
            new Dictionary<string, double>
            {
                ["resets"] = resets,
                ["heldByServer"] = held,
                ["foreign"] = foreign,
                ["evicted"] = evicted,
                ["observersEnded"] = observers,
            },
            held + foreign > 0 ? [Remedies.Firewall(evidence.FailedAt(Outcome.Reset) is [var first, ..] ? first : null)]
                : evidence.Load.FirstReply is null && evicted == 0 ? [Remedies.PlainPort()] : []);
    }

    private static string Sender(Evidence evidence, long held, long foreign, long evicted) =>
        held > 0
            ? $". The server did not send these RSTs: it still held {held.Of("connection")} of the run when all of ours were closed. "
                + "Something in between sent them (a firewall, a NAT or a load balancer)"
        : foreign > 0
            ? $". The kernel of this machine, which the server shares, sent fewer RSTs: at least {foreign.Text()} came from a firewall"
        : evicted > 0 ? $": the server evicted {evicted.Of("client")} (maxmemory-clients)"
        : evidence.Rejected(Rejection.MaxClients) > 0
            ? ", most likely by the server, which rejected others: its RST overtakes its words"
        : evidence.Ledgers.Servers.Any(server => server.Proxy is not null)
            ? ", by the proxy before the server or by something in between"
        : evidence.Load.FirstReply is null
            ? ", and no command got a reply: the peer may want TLS, or be a proxy that reaches no server"
        : ". Either the server ended them with bytes of ours unread (CLIENT KILL, a limit, another program that closes). Or something in "
            + "between reset them (a firewall, a NAT, a load balancer). What is seen from here does not tell";

    // The server no longer counts connections that it reset. On a bad line our own RSTs may be lost, which leaves it some more.
    private static long Held(Evidence evidence)
    {
        var line = Line.Of(evidence);
        var held = evidence.Ledgers.Servers.Where(server => server is { FirstAnswerAt: null, Proxy: null, Restarts.Count: 0 })
            .Sum(server => Math.Max(0, (server.ConnectedClients?.After ?? 0) - (server.ConnectedClients?.Before ?? 0)));
        return line.IsLossy || held <= evidence.Failed(Outcome.ReplyTimeout) ? 0 : held;
    }

    // On one machine, one counter has the RSTs of client and server, but not those of a firewall.
    private static long Foreign(Evidence evidence)
    {
        if (evidence.Ledgers.Kernel?.SeesServer != true || evidence.Counted("OutRsts") is not { } sent)
        {
            return 0;
        }

        var byServer = Math.Max(0, sent - evidence.Ledgers.Client.AbortiveCloses);
        return Math.Max(0, evidence.Failed(Outcome.Reset) - byServer);
    }
}
