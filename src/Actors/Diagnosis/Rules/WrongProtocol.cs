using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The peer does not speak RESP, echoes commands, or answers more often than it is asked.</summary>
internal sealed class WrongProtocol : IRule
{
    private const string Tls = "TLS";

    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "wrong-protocol";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var failed = evidence.Failed(Outcome.ProtocolError);
        if (failed == 0)
        {
            return null;
        }

        var said = evidence.Load.StrangeReplies.GroupBy(replies => (replies.Endpoint, replies.Reply.Peer))
            .Select(group => new Said(
                group.Key.Endpoint, group.MaxBy(replies => replies.Count)!.Reply, group.Sum(replies => replies.Count)))
            .OrderByDescending(each => each.Count).ToArray();
        var what = string.Join("; ", said.Take(Whereabouts.MostNamed).Select(each => each.Words(said.Length > 1)));
        var where = what.Length > 0
            ? $": {what}" : evidence.SharesOf(Outcome.ProtocolError, evidence.FailedAt(Outcome.ProtocolError));
        return new Finding(
            Name, Severity.Error,
            $"{failed.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()} got something else than a reply{where}",
            new Dictionary<string, double> { ["protocol-error"] = failed, ["attempts"] = evidence.Ledgers.Client.Attempts },
            [
                .. said.Where(each => each.Reply != StrangeReply.Unasked && !each.Reply.IsUnexpected)
                    .DistinctBy(each => each.Endpoint).Take(Whereabouts.MostNamed)
                    .Select(each => each.Reply.Peer == Tls ? Remedies.PlainPort(each.Endpoint) : Remedies.RespServer(each.Endpoint)),
                .. said.Any(each => each.Reply == StrangeReply.Unasked) ? [Remedies.ScriptReplies()] : Array.Empty<Remedy>(),
                .. said.Any(each => each.Reply.IsUnexpected) ? [Remedies.ScriptExpects()] : Array.Empty<Remedy>(),
            ])
        {
            Explains = failed,
        };
    }

    private sealed record Said(string Endpoint, StrangeReply Reply, long Count)
    {
        public string Words(bool withCount) => (Reply switch
        {
            _ when Reply == StrangeReply.Echo => $"{Endpoint} echoes: it sends back the commands that it is sent",
            _ when Reply == StrangeReply.Unasked => $"{Endpoint} sent more replies than the script asks for",
            { IsUnexpected: true } => $"{Endpoint} sent another reply than the script expects",
            { Peer: "" } => $"{Endpoint} speaks another protocol",
            _ => $"{Endpoint} speaks {Reply.Peer}",
        }) + (Reply.Words.Length > 0 ? $" (\"{Reply.Words}\")" : "") + (withCount ? $" to {Count.Text()}" : "");
    }
}
