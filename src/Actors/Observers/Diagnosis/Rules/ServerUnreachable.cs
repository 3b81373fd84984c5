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

        var (closed, far) = (evidence.FailedAt(Outcome.Refused), evidence.FailedAt(Outcome.Unreachable));
        IReadOnlyList<string> missing = [.. refused > 0 ? closed : [], .. unreachable > 0 ? far : []];
        var away = evidence.Ledgers.Servers.Where(server => missing.Count == 0 || missing.Contains(server.Endpoint)).SelectMany(server => server.Losses.Select(loss => (server.Endpoint, loss))).ToArray();
        var when = string.Join(" and ", away.Select(lost =>
            $"{lost.Endpoint} did not answer its observer from {lost.loss.At.Seconds()} on{(lost.loss.Seconds is { } seconds ? $", for {seconds.Seconds()}" : "")}"));
        return new Finding(
            Name, Severity.Error,
            (refused > 0 ? $"{refused.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()} found nobody listening at the port (RST to the SYN){evidence.SharesOf(Outcome.Refused)}" : "")
            + (refused > 0 && unreachable > 0 ? ", and " : "")
            + (unreachable > 0 ? $"{unreachable.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()} found no route to the host{evidence.SharesOf(Outcome.Unreachable)}" : "")
            + (when.Length > 0 ? $": {when}" : "") + evidence.OtherAddresses(missing),
            new Dictionary<string, double>
            {
                ["refused"] = refused, ["unreachable"] = unreachable, ["attempts"] = evidence.Ledgers.Client.Attempts, ["losses"] = away.Length,
            },
            [
                .. evidence.Unused(missing).SelectMany(name => name.Others.Select(Remedies.OtherAddress)),
                .. refused > 0 ? Troubles.NobodyListens(closed.Take(Whereabouts.MostNamed)) : [],
                .. unreachable > 0 ? Troubles.NoRoute(far.Take(Whereabouts.MostNamed)) : [],
            ]);
    }
}
