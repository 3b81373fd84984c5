using ActorLoad.Metrics;
using ActorLoad.Observers.Tuning;

namespace ActorLoad.Observers.Rules;

/// <summary>Nobody listened at the target's port, or no route led there.</summary>
internal sealed class ServerUnreachable : IRule
{
    public string Name => "server-unreachable";

    public Finding? Judge(Evidence evidence)
    {
        var (refused, unreachable) = (evidence.Failed(Outcome.Refused), evidence.Failed(Outcome.Unreachable));
        if (refused + unreachable == 0 || evidence.Ledgers.Servers.Any(server => server.Restarts.Count > 0))
        {
            return null;
        }

        var away = evidence.Ledgers.Servers.SelectMany(server => server.Losses.Select(loss => (server.Endpoint, loss))).ToArray();
        var when = string.Join(" and ", away.Select(lost =>
            $"{lost.Endpoint} did not answer its observer from {lost.loss.At.Seconds()} on{(lost.loss.Seconds is { } seconds ? $", for {seconds.Seconds()}" : "")}"));
        return new Finding(
            Name, Severity.Error,
            (refused > 0 ? $"{refused.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()} found nobody listening at the port (RST to the SYN)" : "")
            + (refused > 0 && unreachable > 0 ? ", and " : "")
            + (unreachable > 0 ? $"{unreachable.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()} found no route to the host" : "")
            + (when.Length > 0 ? $": {when}" : ""),
            new Dictionary<string, double>
            {
                ["refused"] = refused, ["unreachable"] = unreachable, ["attempts"] = evidence.Ledgers.Client.Attempts, ["losses"] = away.Length,
            },
            [
                .. refused > 0 ? Troubles.NobodyListens(Missing(evidence)) : [],
                .. unreachable > 0 ? Troubles.NoRoute(evidence.Load.Endpoints) : [],
            ]);
    }

    // Those that their observers missed; where nobody was observed any may be meant.
    private static IEnumerable<string> Missing(Evidence evidence)
    {
        var lost = evidence.Ledgers.Servers.Where(server => server.Losses.Count > 0).Select(server => server.Endpoint).ToArray();
        return lost.Length > 0 ? lost : evidence.Load.Endpoints;
    }
}
