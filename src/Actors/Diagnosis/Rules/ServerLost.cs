using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>A server stopped answering its observer, and no other rule knows why.</summary>
internal sealed class ServerLost : IRule
{
    public string Name => "observer-lost";

    public Finding? Judge(Evidence evidence)
    {
        // ServerUnreachable reports every loss. ServerBusy and ServerStalled report those that they explain.
        // An observer without a processor misses answers, too.
        if (new ServerUnreachable().Judge(evidence) is not null)
        {
            return null;
        }

        var isBusy = new ServerBusy().Judge(evidence) is not null;
        var areSilencesKnown = GeneratorLimited.IsLimited(evidence) || new ServerStalled().Judge(evidence) is not null;
        var losses = evidence.Ledgers.Servers
            .Where(server => server.Restarts.Count == 0 && !(isBusy && ServerBusy.IsBusy(server)))
            .SelectMany(server => server.Losses.Where(loss => !(areSilencesKnown && ServerStalled.IsSilence(loss)))
                .Select(loss => (server.Endpoint, Loss: Told(server, loss))))
            .ToArray();
        return losses.Length == 0 ? null : new Finding(
            Name, Severity.Warning,
            string.Join("; ", losses.Select(each => $"{each.Endpoint} did not answer its observer at {each.Loss.At.Seconds()}"
                + (each.Loss.Seconds is { } seconds ? $" for {seconds.Lasting()}" : " and not again") + $" ({each.Loss.Reason})")),
            new Dictionary<string, double> { ["losses"] = losses.Length, ["seconds"] = losses.Sum(each => each.Loss.Seconds ?? 0) },
            []);
    }

    // The observer took a refusal for an absent server, but the server's uptime shows that it ran.
    private static ObserverLoss Told(ServerLedger server, ObserverLoss loss) =>
        server.RanThroughout && loss.Kind == LossKind.NoConnection
            ? loss with { Reason = "its connect was refused or got no answer, though the server listened" } : loss;
}
