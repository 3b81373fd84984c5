using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Many attempts failed, and no rule knows why: the finding says what is certain, and where to look. It is not a rule, because it
/// covers what the rules leave.</summary>
internal static class UnexplainedFailures
{
    /// <summary>Name of its findings.</summary>
    public const string Name = "unexplained-failures";

    // Of all attempts.
    private const double Few = 0.02;
    private const int MostOutcomes = 4;
    private const int MostWords = 3;

    /// <summary>The finding; null if few attempts failed, or other findings explain them.</summary>
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
            .Select(outcome => (Outcome: outcome, Count: Math.Min(left, account.Left(outcome, others))))
            .Where(each => each.Count > 0)
            .OrderByDescending(each => each.Count).Take(MostOutcomes).ToArray();
        return new Finding(
            Name, evidence.HasLostNone() ? Severity.Warning : Severity.Error,
            $"{left.Of("attempt")} of {client.Attempts.Text()} failed"
            + (explained > 0 ? ", beside those that other findings explain: " : ": ")
            + string.Join("; ", outcomes.Select(each => Share(evidence, each.Outcome, each.Count))) + Words(evidence),
            outcomes.ToDictionary(each => each.Outcome.Name(), each => (double)each.Count)
                .Append(new("attempts", client.Attempts)).ToDictionary(),
            IsHungUp(evidence) ? [Remedies.PlainPort()] : [])
        {
            Explains = left,
        };
    }

    private static bool IsHungUp(Evidence evidence) =>
        evidence.Load.FirstReply is null && evidence.Failed(Outcome.Reset) + evidence.Failed(Outcome.PeerClosed) > 0;

    private static string Share(Evidence evidence, Outcome outcome, long count) =>
        $"{outcome.Name()} {count.Text()}{evidence.SharesOf(outcome, evidence.FailedAt(outcome))}, {Look(evidence, outcome)}";

    // Rules that explain every attempt with this outcome, outside the account.
    private static string? RuleOf(Outcome outcome) => outcome switch
    {
        Outcome.ProtocolError => WrongProtocol.RuleName,
        Outcome.Rejected => ErrorReplies.RuleName,
        _ => null,
    };

    private static string Words(Evidence evidence)
    {
        var words = evidence.Ledgers.Client.Rejections.OrderByDescending(said => said.Value).Take(MostWords)
            .Select(said => evidence.Load.Said.TryGetValue(said.Key, out var samples) && samples.Length > 0 ? samples[0] : said.Key)
            .ToArray();
        return words.Length == 0
            ? "" : $". The server's most frequent words: {string.Join(", ", words.Select(said => $"\"{said}\""))}";
    }

    private static string Look(Evidence evidence, Outcome outcome) => outcome switch
    {
        Outcome.Refused => "a RST answered the SYN: check whether something always listens there, and check firewalls that reject",
        Outcome.Reset or Outcome.PeerClosed when evidence.Load.FirstReply is null =>
            "the peer hung up before it sent anything: it may want TLS, or be a proxy that reaches no server (check its log)",
        Outcome.Reset => "the server or something before it cut the connection: check its log, and proxies and firewalls on the way",
        Outcome.ConnectTimeout => "no answer to the SYN: check the server's accept queue, and firewalls that drop",
        Outcome.ReplyTimeout => "no reply in time: check whether the server is blocked, and check proxies and firewalls on the way",
        Outcome.PeerClosed => "the peer closed first: check its log, its time-outs, and a proxy's connection limits",
        Outcome.Rejected => "the server answered with an error",
        Outcome.ProtocolError => "the answer is not RESP: another service listens there, or it wants TLS",
        Outcome.Unreachable => "no route to the host: check routes and the address",
        Outcome.LocalExhausted => "this machine ran out of descriptors, ports or buffers",
        _ => "a bug in ActorLoad: please report it",
    };
}
