using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Connections were established but got no reply for long, while the server's main thread was idle. Something blocks it (a slow
/// disk, a command that sleeps, swap), or it gets no processor.</summary>
internal sealed class ServerStalled : IRule
{
    public const string RuleName = "server-stalled";

    private const long Long = 1_000_000;
    private const double Still = 1;

    public string Name => RuleName;

    /// <summary>True if the server had a question and did not answer it for long. Cut or failed connections do not count, and neither do
    /// questions that were sent again.</summary>
    public static bool IsSilence(ObserverLoss loss) => loss is { Seconds: not < Still, Kind: LossKind.Silence, Resent: 0 };

    /// <summary>Times in which servers stood still, as their observers saw it. Empty if ActorLoad stood still itself, or if a bad line may
    /// have lost the question or its answer. Servers behind proxies are left out: the question may have waited there.</summary>
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
            .. evidence.Ledgers.Servers.Where(server => server.Proxy is null).SelectMany(server => server.Losses.Where(IsSilence)
                .Select(loss => new Silence(server.Endpoint, loss.At, loss.Seconds))
                .Concat(server.LongestWait is { } wait && wait.Seconds - trip >= Still && !line.IsLossy
                    && !server.Losses.Any(loss => loss.Kind is LossKind.Silence)
                    ? [new Silence(server.Endpoint, wait.At, wait.Seconds)] : [])),
        ];
    }

    public Finding? Judge(Evidence evidence)
    {
        var (servers, account, line) = (evidence.Ledgers.Servers, Account.Of(evidence), Line.Of(evidence));
        var (timeouts, connects) = (account.Of(RuleName, Outcome.ReplyTimeout), account.Of(RuleName, Outcome.ConnectTimeout));
        var wait = evidence.Load.FirstReply?.P99 ?? 0;

        // A long wait alone proves nothing. The full accept queue may have dropped an ACK, packets may be lost on the way, or the line is
        // slow: the slowest hundredth may all be segments that were sent again. ActorLoad without a processor reads late, too.
        var silences = Silences(evidence);
        var isLate = wait - (long)(Line.RoundTrip(evidence) * 1e6) >= Long;
        var isLine = line.Slow > 0 || line.Resent * 100 >= evidence.Ledgers.Client.Attempts || line.LosesSyns;
        var waited = isLate && !isLine && evidence.CountedAtServer("ListenOverflows") == 0 && !GeneratorLimited.IsLimited(evidence);
        var standstills = silences.Count > 0 ? [] : evidence.Standstills();
        var limit = timeouts > 0 ? evidence.Load.ReplyTimeout : wait / 1e6;
        if (standstills.Count + silences.Count == 0 && (evidence.WaitsInProxy() || evidence.HasAnsweredObserver(limit)))
        {
            return null; // not the server: a proxy, or a command that waits
        }

        var isFelt = timeouts + connects > 0 || silences.Count + standstills.Count > 0 || waited;
        if (!isFelt || ServerBusy.IsBusy(evidence) || servers.Any(server => server.Restarts.Count > 0))
        {
            return null;
        }

        var share = servers.Max(server => server.PeakMainThreadShare);
        var isSilent = evidence.Ledgers.Client.Succeeded == 0 && silences.Count == 0;
        return new Finding(
            Name, timeouts + connects > 0 ? Severity.Error : Severity.Warning,
            Prose.Sentences(
            [
                $"Connections were established, but {(isSilent ? "no command got an answer" : "the server was slow to answer")}",
                timeouts > 0 ? $"{timeouts.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ReplyTimeout))} got no reply in time" : "",
                connects > 0 ? $"{connects.Of("attempt")}{evidence.At(evidence.FailedAt(Outcome.ConnectTimeout))} got no answer to any SYN "
                    + "in time, as its accept queue filled up" : "",
                wait > 0 ? $"The first reply took {wait.Span()} (p99)" : "",
                .. silences.Select(each => $"{each.Endpoint} did not answer its observer from {each.At.Seconds()} on"
                    + (each.Seconds is { } length ? $" for {length.Lasting()}" : "")),
                .. standstills.Select(each => each.Sentence),
                share is { } known ? $"Its main thread took at most {known.Percent()} of one core, so something blocks it or it gets no "
                    + "processor" : "",
            ]),
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

    /// <summary>A time in which a server answered nothing.</summary>
    /// <param name="Endpoint">Which server.</param>
    /// <param name="At">Seconds from the start of the run.</param>
    /// <param name="Seconds">How long; null if it did not answer again.</param>
    internal sealed record Silence(string Endpoint, double At, double? Seconds);
}
