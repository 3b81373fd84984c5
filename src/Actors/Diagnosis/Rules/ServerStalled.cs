using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Connections were established and no reply came for long, while the server's main thread was not at work: something blocks it
/// (a slow disk, a command that sleeps, swap), or it gets no processor.</summary>
internal sealed class ServerStalled : IRule
{
    public const string RuleName = "server-stalled";

    private const long Long = 1_000_000;
    private const double Still = 1;

    public string Name => RuleName;

    /// <summary>True for a time in which a question that had arrived was not answered. A connection that was cut or could not be had is none, nor is a
    /// question that was sent again.</summary>
    public static bool IsSilence(ObserverLoss loss) => loss is { Seconds: not < Still, Kind: LossKind.Silence, Resent: 0 };

    /// <summary>Times in which servers stood still, by what their observers felt; none if that was our own standstill, or a bad line, on which the
    /// observer's question or its answer may have been lost. Behind a proxy the question may have waited there.</summary>
    public static IReadOnlyList<Silence> Silences(Evidence evidence)
    {
        var line = Line.Of(evidence);
        if (GeneratorLimited.IsLimited(evidence) || line.IsBad || line.LosesSyns)
        {
            return [];
        }

        var trip = Line.RoundTrip(evidence);
        return
        [
            .. evidence.Ledgers.Servers.Where(server => server.Proxy is null).SelectMany(server => server.Losses.Where(IsSilence).Select(loss => new Silence(server.Endpoint, loss.At, loss.Seconds))
                .Concat(server.LongestWait is { } wait && wait.Seconds - trip >= Still && !line.IsLossy && !server.Losses.Any(loss => loss.Kind is LossKind.Silence)
                    ? [new Silence(server.Endpoint, wait.At, wait.Seconds)] : [])),
        ];
    }

    public Finding? Judge(Evidence evidence)
    {
        var (servers, account, line) = (evidence.Ledgers.Servers, Account.Of(evidence), Line.Of(evidence));
        var (timeouts, connects) = (account.Of(RuleName, Outcome.ReplyTimeout), account.Of(RuleName, Outcome.ConnectTimeout));
        var wait = evidence.Load.FirstReply?.P99 ?? 0;

        // A wait alone may be for an ACK that the full accept queue dropped, for what was lost on the way, or for the line itself: the slowest hundredth
        // may all be of segments that were sent again. A server that stands still does not lose any. And who gets no processor hears nobody.
        var silences = Silences(evidence);
        var waited = wait - (long)(Line.RoundTrip(evidence) * 1e6) >= Long && evidence.CountedAtServer("ListenOverflows") == 0 && line.Slow == 0
            && line.Resent * 100 < evidence.Ledgers.Client.Attempts && !GeneratorLimited.IsLimited(evidence) && !line.LosesSyns;
        var standstills = silences.Count > 0 ? [] : evidence.Standstills();
        if (standstills.Count + silences.Count == 0 && (evidence.WaitsInProxy() || evidence.HasAnsweredObserver(timeouts > 0 ? evidence.Load.ReplyTimeout : wait / 1e6)))
        {
            return null; // not the server: a proxy, or a command that waits
        }

        if ((timeouts + connects == 0 && silences.Count + standstills.Count == 0 && !waited) || ServerBusy.IsBusy(evidence) || servers.Any(server => server.Restarts.Count > 0))
        {
            return null;
        }

        var share = servers.Max(server => server.PeakMainThreadShare);
        return new Finding(
            Name, timeouts + connects > 0 ? Severity.Error : Severity.Warning,
            (evidence.Ledgers.Client.Succeeded == 0 && silences.Count == 0 ? "Connections were established, and nothing was answered: " : "Connections were established, and the server was slow to answer: ")
            + string.Join(", ", new[]
            {
                timeouts > 0 ? $"{timeouts.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ReplyTimeout))} had no reply in time" : "",
                connects > 0 ? $"{connects.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ConnectTimeout))} had no answer to any SYN in time, as its accept queue filled up" : "",
                wait > 0 ? $"first reply p99 {wait.Span()}" : "",
            }.Where(part => part.Length > 0).Concat(silences.Select(each => $"{each.Endpoint} did not answer its observer from {each.At.Seconds()} on"
                + (each.Seconds is { } length ? $" for {length.Lasting()}" : ""))).Concat(standstills.Select(each => each.Sentence)))
            + (share is { } known ? $"; its main thread took at most {known.Percent()} of one core, so something blocks it or it gets no processor" : ""),
            new Dictionary<string, double>
            {
                ["replyTimeouts"] = timeouts,
                ["connectTimeouts"] = connects,
                ["firstReplyP99Micros"] = wait,
                ["losses"] = silences.Count,
                ["peakMainThreadShare"] = share ?? 0,
            },
            []);
    }

    /// <summary>A time in which a server answered nobody.</summary>
    /// <param name="Endpoint">Which server.</param>
    /// <param name="At">Seconds from the start of the run.</param>
    /// <param name="Seconds">How long; null if it did not answer again.</param>
    internal sealed record Silence(string Endpoint, double At, double? Seconds);
}
