using ActorLoad.Metrics;

namespace ActorLoad.Observers.Rules;

/// <summary>A server that had answered its observer did so no longer, and no other rule knows why.</summary>
internal sealed class ServerLost : IRule
{
    public string Name => "observer-lost";

    public Finding? Judge(Evidence evidence)
    {
        var lost = evidence.Ledgers.Servers.Where(server => server.Losses.Count > 0 && server.Restarts.Count == 0).ToArray();
        if (lost.Length == 0 || evidence.Failed(Outcome.Refused) > 0 || new ServerStalled().Judge(evidence) is not null
            || ServerBusy.IsBusy(evidence) || GeneratorLimited.IsLimited(evidence))
        {
            return null;
        }

        var losses = lost.SelectMany(server => server.Losses.Select(loss => (server.Endpoint, Loss: loss))).ToArray();
        return new Finding(
            Name, Severity.Warning,
            string.Join("; ", losses.Select(each => $"{each.Endpoint} did not answer its observer at {each.Loss.At.Seconds()}"
                + (each.Loss.Seconds is { } seconds ? $" for {seconds.Seconds()}" : " and not again") + $" ({each.Loss.Reason})")),
            new Dictionary<string, double> { ["losses"] = losses.Length, ["seconds"] = losses.Sum(each => each.Loss.Seconds ?? 0) },
            []);
    }
}
