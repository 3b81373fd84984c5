using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Attempts had no reply in time, nothing shows that they were lost on the way, and the server did not stand still: it answered others.</summary>
internal sealed class NoReply : IRule
{
    public const string RuleName = "no-reply";

    // As long as this the server would have kept its observer waiting.
    private const double Still = 1;

    public string Name => RuleName;

    /// <summary>True if reply-timeouts are not those of a server that stood still, or nobody can tell.</summary>
    public static bool IsNotTheServer(Evidence evidence)
    {
        var asked = evidence.Ledgers.Servers;
        var client = evidence.Ledgers.Client;
        return asked.Count == 0 ? client.Succeeded > 0 || client.Established * 2 < client.Attempts : asked.All(server => !ServerBusy.IsBusy(server)) && ServerStalled.Silences(evidence).Count == 0 && evidence.Standstills().Count == 0;
    }

    public Finding? Judge(Evidence evidence)
    {
        var timeouts = Account.Of(evidence).Of(RuleName);
        if (timeouts == 0)
        {
            return null;
        }

        var servers = evidence.Ledgers.Servers;
        var isLong = evidence.Load.ReplyTimeout >= Math.Max(evidence.Load.AskedEvery, Still);
        var wait = servers.Max(server => server.LongestWait?.Seconds);
        var wasAsked = servers.Count > 0 && servers.All(server => server is { LongestWait.Seconds: > 0, Losses.Count: 0 });
        return new Finding(
            Name, Severity.Error,
            $"{timeouts.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ReplyTimeout))} had no reply {InTime(evidence)}, and {evidence.Ledgers.Client.Succeeded.Text()} of "
            + $"{evidence.Ledgers.Client.Attempts.Text()} did all they had to. "
            + (evidence.Load.Waits is { Count: > 0 } waits ? $"The script has {string.Join(" and ", waits)}, which a server that is well answers late or not at all: connection.reply-timeout must be "
                    + "more than the command waits"
                : servers.Any(server => server.Losses.Count > 0) ? "Its observer had no answer for a time either, and nothing shows whether the server or the way was to blame"
                : !wasAsked ? "Nobody could ask the server meanwhile (INFO), so nothing tells whether it stood still or replies were lost on the way"
                : servers.Any(server => server.FirstAnswerAt is not null) ? "The server was asked too late (INFO) to tell whether it stood still meanwhile, or replies were lost on the way"
                : $"The server answered INFO all the time, within {(wait ?? 0).Lasting()}"
                    + (isLong ? ", so it did not stand still: its command waits (BLPOP and kin), writes are paused (CLIENT PAUSE, a failover), it was told to be silent (CLIENT REPLY), or its replies were lost on the way to us"
                        : ", but reply-timeout is shorter than the time between two questions: it may have stood still in between, its command may wait (BLPOP and kin), or replies were lost on the way")),
            new Dictionary<string, double> { ["replyTimeouts"] = timeouts, ["succeeded"] = evidence.Ledgers.Client.Succeeded, ["longestInfoSeconds"] = wait ?? 0 },
            []);
    }

    private static string InTime(Evidence evidence) => evidence.Load.ReplyTimeout is { } limit and > 0 ? $"within connection.reply-timeout ({limit.Lasting()})" : "in time";
}
