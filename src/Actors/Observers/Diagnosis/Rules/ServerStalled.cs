using ActorLoad.Metrics;

namespace ActorLoad.Observers.Rules;

/// <summary>Connections were established and no reply came for long, while the server's main thread was not at work: something blocks it
/// (a slow disk, a command that sleeps, swap), or it gets no processor.</summary>
internal sealed class ServerStalled : IRule
{
    private const long Long = 1_000_000;

    public string Name => "server-stalled";

    /// <summary>True for a time that is no mere reconnect, and in which no error was answered either.</summary>
    public static bool IsSilence(ObserverLoss loss) => loss.Seconds is not < 1 && !loss.IsRefusal;

    public Finding? Judge(Evidence evidence)
    {
        var servers = evidence.Ledgers.Servers;
        var timeouts = evidence.Failed(Outcome.ReplyTimeout) - evidence.LostToQueue();
        var wait = evidence.Load.FirstReply?.P99 ?? 0;

        // Who gets no processor hears nobody. And a wait alone may be for an ACK that the full accept queue dropped, or for what was lost on the way:
        // the slowest hundredth may all be of segments that were sent again. A server that stands still does not lose any.
        var isOurs = GeneratorLimited.IsLimited(evidence);
        var silences = servers.SelectMany(server => server.Losses.Where(IsSilence).Select(loss => (server.Endpoint, Loss: loss))).Where(_ => !isOurs).ToArray();
        var waited = wait >= Long && evidence.CountedAtServer("ListenOverflows") == 0 && evidence.SlowConnects() == 0
            && (evidence.Counted("RetransSegs") ?? 0) * 100 < evidence.Ledgers.Client.Attempts && !isOurs;
        var standstills = evidence.Standstills();
        if (evidence.WaitsInProxy() || (standstills.Count + silences.Length == 0 && evidence.HasAnsweredObserver(timeouts > 0 ? evidence.Load.ReplyTimeout : wait / 1e6)))
        {
            return null; // not the server: a proxy, or a command that waits
        }

        if ((timeouts == 0 && silences.Length + standstills.Count == 0 && !waited) || ServerBusy.IsBusy(evidence)
            || evidence.Failed(Outcome.Refused) > 0 || servers.Any(server => server.Restarts.Count > 0))
        {
            return null;
        }

        var share = servers.Max(server => server.PeakMainThreadShare);
        return new Finding(
            Name, timeouts > 0 || evidence.Failed(Outcome.ConnectTimeout) > 0 ? Severity.Error : Severity.Warning,
            "Connections were established, and the server was slow to answer: "
            + string.Join(", ", new[]
            {
                timeouts > 0 ? $"{timeouts.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ReplyTimeout))} had no reply in time" : "",
                wait > 0 ? $"first reply p99 {wait.Span()}" : "",
            }.Where(part => part.Length > 0).Concat(silences.Select(each => $"{each.Endpoint} did not answer its observer from {each.Loss.At.Seconds()} on"
                + (each.Loss.Seconds is { } length ? $" for {length.Lasting()}" : ""))).Concat(standstills.Select(each => each.Sentence)))
            + (share is { } known ? $"; its main thread took at most {known.Percent()} of one core, so something blocks it or it gets no processor" : ""),
            new Dictionary<string, double>
            {
                ["replyTimeouts"] = timeouts, ["firstReplyP99Micros"] = wait, ["losses"] = silences.Length, ["peakMainThreadShare"] = share ?? 0,
            },
            []);
    }
}
