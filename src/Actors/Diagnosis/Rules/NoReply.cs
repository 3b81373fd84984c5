using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Attempts got no reply in time, but nothing shows a loss on the way, and the server answered others meanwhile.</summary>
internal sealed class NoReply : IRule
{
    public const string RuleName = "no-reply";

    // A server that stood still would have kept its observer waiting this many seconds.
    private const double Still = 1;

    public string Name => RuleName;

    /// <summary>True if the reply-timeouts do not show that the server stood still.</summary>
    public static bool IsNotTheServer(Evidence evidence)
    {
        var asked = evidence.Ledgers.Servers;
        var client = evidence.Ledgers.Client;
        if (asked.Count == 0)
        {
            return client.Succeeded > 0 || client.Established * 2 < client.Attempts;
        }

        return asked.All(server => !ServerBusy.IsBusy(server)) && ServerStalled.Silences(evidence).Count == 0
            && evidence.Standstills().Count == 0;
    }

    public Finding? Judge(Evidence evidence)
    {
        var timeouts = Account.Of(evidence).Of(RuleName);
        if (timeouts == 0)
        {
            return null;
        }

        var wait = evidence.Ledgers.Servers.Max(server => server.LongestWait?.Seconds) ?? 0;
        var succeeded = evidence.Ledgers.Client.Succeeded;
        return new Finding(
            Name, Severity.Error,
            $"{timeouts.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ReplyTimeout))} got no reply {InTime(evidence)}. "
            + $"{succeeded.Text()} of {evidence.Ledgers.Client.Attempts.Text()} succeeded. {Cause(evidence, wait)}",
            new Dictionary<string, double> { ["replyTimeouts"] = timeouts, ["succeeded"] = succeeded, ["longestInfoSeconds"] = wait },
            []);
    }

    private static string Cause(Evidence evidence, double wait)
    {
        var servers = evidence.Ledgers.Servers;
        if (evidence.Load.Waits is { Count: > 0 } waits)
        {
            return $"The script has {string.Join(" and ", waits)}, which a healthy server answers late or not at all. "
                + "connection.reply-timeout must be longer than the command waits";
        }

        if (servers.Any(server => server.Losses.Count > 0))
        {
            return "Its observer got no answer for a time either. Nothing shows whether the server or the way caused that";
        }

        if (servers.Count == 0 || !servers.All(server => server is { LongestWait.Seconds: > 0, Losses.Count: 0 }))
        {
            return "The server was not asked (INFO) meanwhile, so nothing tells whether it stood still or replies were lost on the way";
        }

        if (servers.Any(server => server.FirstAnswerAt is not null))
        {
            return "The server was asked (INFO) too late to tell whether it stood still or replies were lost on the way";
        }

        var answered = $"The server answered INFO all the time, within {wait.Lasting()}";
        return evidence.Load.ReplyTimeout >= Math.Max(evidence.Load.AskedEvery, Still)
            ? $"{answered}, so it did not stand still. Its command waits (BLPOP and the like), its writes are paused (CLIENT PAUSE, a "
                + "failover), it was told to be silent (CLIENT REPLY), or its replies were lost on the way to us"
            : $"{answered}, but reply-timeout is shorter than the time between two questions. It may have stood still in between, its "
                + "command may wait (BLPOP and the like), or replies were lost on the way";
    }

    private static string InTime(Evidence evidence) =>
        evidence.Load.ReplyTimeout is { } limit and > 0 ? $"within connection.reply-timeout ({limit.Lasting()})" : "in time";
}
