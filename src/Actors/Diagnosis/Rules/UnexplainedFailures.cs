using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Attempts failed, more than a few, and no rule knows why: what is certain of them is told, and where to look. Not a rule among others: it
/// speaks of what they leave.</summary>
internal static class UnexplainedFailures
{
    /// <summary>Name of its findings.</summary>
    public const string Name = "unexplained-failures";

    // Of all attempts.
    private const double Few = 0.02;
    private const int MostOutcomes = 4;
    private const int MostWords = 3;

    /// <summary>The finding; null if few failed, or others explain them.</summary>
    public static Finding? Judge(Evidence evidence, IReadOnlyList<Finding> others)
    {
        var client = evidence.Ledgers.Client;
        var failed = client.AttemptFailures.Values.Sum();
        var explained = others.Sum(finding => finding.Explains);
        var left = failed - Math.Min(failed, explained);
        if (left <= client.Attempts * Few)
        {
            return null;
        }

        var account = Account.Of(evidence);
        var outcomes = Outcomes.All.Where(outcome => !others.Any(finding => finding.Rule == RuleOf(outcome)))
            .Select(outcome => (Outcome: outcome, Count: Math.Min(left, account.Left(outcome, others)))).Where(each => each.Count > 0)
            .OrderByDescending(each => each.Count).Take(MostOutcomes).ToArray();
        return new Finding(
            Name, evidence.HasLostNone() ? Severity.Warning : Severity.Error,
            $"{left.Of("attempt")} of {client.Attempts.Text()} failed"
            + (explained > 0 ? ", beside those that other findings explain: " : ": ")
            + string.Join("; ", outcomes.Select(each => $"{each.Outcome.Name()} {each.Count.Text()}{evidence.SharesOf(each.Outcome, evidence.FailedAt(each.Outcome))}, "
                + Look(evidence, each.Outcome)))
            + Words(evidence),
            outcomes.ToDictionary(each => each.Outcome.Name(), each => (double)each.Count).Append(new("attempts", client.Attempts)).ToDictionary(),
            evidence.Load.FirstReply is null && evidence.Failed(Outcome.Reset) + evidence.Failed(Outcome.PeerClosed) > 0 ? [Remedies.PlainPort()] : [])
        {
            Explains = left,
        };
    }

    // Rules that know of all attempts that end so, and are not in the account.
    private static string? RuleOf(Outcome outcome) => outcome switch
    {
        Outcome.ProtocolError => WrongProtocol.RuleName,
        Outcome.Rejected => ErrorReplies.RuleName,
        _ => null,
    };

    private static string Words(Evidence evidence)
    {
        var words = evidence.Ledgers.Client.Rejections.OrderByDescending(said => said.Value).Take(MostWords)
            .Select(said => evidence.Load.Said.TryGetValue(said.Key, out var samples) && samples.Length > 0 ? samples[0] : said.Key).ToArray();
        return words.Length == 0 ? "" : $"; the server's commonest words: {string.Join(", ", words.Select(said => $"\"{said}\""))}";
    }

    private static string Look(Evidence evidence, Outcome outcome) => outcome switch
    {
        Outcome.Refused => "a RST answered the SYN: look whether something listens there all the time, and at firewalls that reject",
        Outcome.Reset or Outcome.PeerClosed when evidence.Load.FirstReply is null =>
            "the peer hung up before it had said a word: it may want TLS, or be a proxy that reaches no server; look at its log",
        Outcome.Reset => "the server, or something before it, cut the connection: look at its log, and at proxies and firewalls on the way",
        Outcome.ConnectTimeout => "no answer to the SYN: look at the server's accept queue, and at firewalls that drop",
        Outcome.ReplyTimeout => "no reply in time: look whether the server is blocked, and at proxies and firewalls on the way",
        Outcome.PeerClosed => "the peer closed first: look at its log, at its time-outs, and at a proxy's limits of connections",
        Outcome.Rejected => "the server answered with an error",
        Outcome.ProtocolError => "what came back is not RESP: another service listens there, or it wants TLS",
        Outcome.Unreachable => "no route to the host: look at routes and at the address",
        Outcome.LocalExhausted => "this machine had no descriptor, port or buffer left",
        _ => "a bug in ActorLoad: please report it",
    };
}
