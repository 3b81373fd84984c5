using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Connections were reset after they had been established, and no other rule knows by whom. Where a ledger proves that it was not the
/// server, something in between did it.</summary>
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
        return new Finding(
            Name, Severity.Error,
            $"{resets.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.Reset))} {(resets == 1 ? "was" : "were")} reset in use"
            + (held > 0 ? $", and the server still held {held.Of("connection")} of the run when all of ours were closed: it did not send these RSTs, something in between did (a firewall, "
                    + "a NAT or a load balancer)"
                : foreign > 0 ? $", and this machine's kernel, which the server has too, sent too few RSTs for them: at least {foreign.Text()} came from a firewall"
                : evicted > 0 ? $": the server evicted {evicted.Of("client")} (maxmemory-clients)"
                : evidence.Rejected(Rejection.MaxClients) > 0 ? ": most likely by the server, which rejected others: its RST overtakes its words"
                : evidence.Ledgers.Servers.Any(server => server.Proxy is not null) ? ": the proxy before the server may have ended them, or something in between"
                : evidence.Load.FirstReply is null ? ", and nothing was ever answered: the peer may want TLS, or be a proxy that reaches no server"
                : ": the server may have ended them with bytes of ours unread (CLIENT KILL, a limit, another program that closes), or something in between did (a firewall, "
                    + "a NAT, a load balancer); what is seen from here does not tell")
            + (observers > 0 ? $"; its observer's connection was ended too, {((long)observers).Of("time")}" : ""),
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

    // A connection that the server had reset is none of its clients any more. Our own RSTs may be lost on a bad line, and leave some with it, too.
    private static long Held(Evidence evidence)
    {
        var line = Line.Of(evidence);
        var held = evidence.Ledgers.Servers.Where(server => server is { FirstAnswerAt: null, Proxy: null, Restarts.Count: 0 })
            .Sum(server => Math.Max(0, (server.ConnectedClients?.After ?? 0) - (server.ConnectedClients?.Before ?? 0)));
        return line.IsLossy || held <= evidence.Failed(Outcome.ReplyTimeout) ? 0 : held;
    }

    // On one machine each RST of client and server is in one counter; those that a firewall makes are not.
    private static long Foreign(Evidence evidence) => evidence.Ledgers.Kernel?.SeesServer != true || evidence.Counted("OutRsts") is not { } sent ? 0
        : Math.Max(0, evidence.Failed(Outcome.Reset) - Math.Max(0, sent - evidence.Ledgers.Client.AbortiveCloses));
}
