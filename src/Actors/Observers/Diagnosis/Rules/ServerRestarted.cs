namespace ActorLoad.Observers.Rules;

/// <summary>A server was another process than before.</summary>
internal sealed class ServerRestarted : IRule
{
    public string Name => "server-restarted";

    public Finding? Judge(Evidence evidence)
    {
        var restarted = evidence.Ledgers.Servers.Where(server => server.Restarts.Count > 0).ToArray();
        if (restarted.Length == 0)
        {
            return null;
        }

        var failed = evidence.Ledgers.Client.AttemptFailures.Values.Sum();
        var times = restarted.Sum(server => server.Restarts.Count);
        var away = restarted.SelectMany(server => server.Losses).Sum(loss => loss.Seconds ?? 0);
        return new Finding(
            Name, failed > 0 ? Severity.Error : Severity.Warning,
            $"{string.Join(" and ", restarted.Select(server => $"{server.Endpoint} restarted {Times(server)}"))} after the start of the run"
            + (failed > 0 ? $"; {((long)failed).Of("attempt")} failed in all" : ""),
            new Dictionary<string, double> { ["restarts"] = times, ["awaySeconds"] = away, ["attemptsFailed"] = failed },
            []);
    }

    private static string Times(ServerLedger server) => string.Join(", ", server.Restarts.Select(at => at.Seconds()));
}
