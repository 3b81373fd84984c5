using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Nothing listened at the target's port, or no route led there.</summary>
internal sealed class ServerUnreachable : IRule
{
    public const string RuleName = "server-unreachable";

    public string Name => RuleName;

    /// <summary>Attempts with this outcome at endpoints where nothing listened afterwards.</summary>
    public static long CutOff(Evidence evidence, Outcome outcome)
    {
        if (evidence.Load.ByEndpoint.Count == 0)
        {
            return evidence.Failed(Outcome.Refused) > RefusedOnTheWay.Count(evidence, Outcome.Refused) ? evidence.Failed(outcome) : 0;
        }

        return evidence.Load.ByEndpoint.Where(counts => Nobody(evidence, counts) > 0)
            .Sum(counts => counts.AttemptFailures.GetValueOrDefault(outcome.Name()));
    }

    // Refused attempts of an endpoint that did not listen all the time.
    private static long Nobody(Evidence evidence, EndpointCounts counts) =>
        RefusedOnTheWay.Listened(evidence, counts.Address, counts.Established)
            ? 0 : counts.AttemptFailures.GetValueOrDefault(Outcome.Refused.Name());

    public Finding? Judge(Evidence evidence)
    {
        var account = Account.Of(evidence);
        var (refused, unreachable) = (account.Of(RuleName, Outcome.Refused), account.Of(RuleName, Outcome.Unreachable));
        if (refused + unreachable == 0)
        {
            return null;
        }

        var (closed, far) = (Away(evidence, Outcome.Refused), Away(evidence, Outcome.Unreachable));
        IReadOnlyList<string> missing = [.. refused > 0 ? closed : [], .. unreachable > 0 ? far : []];
        var away = evidence.Ledgers.Servers.Where(server => missing.Count == 0 || missing.Contains(server.Endpoint))
            .SelectMany(server => server.Losses.Select(loss => (server.Endpoint, Loss: loss))).ToArray();
        var when = string.Join(" and ", away.Select(lost =>
            $"{lost.Endpoint} did not answer its observer from {lost.Loss.At.Seconds()} on"
            + (lost.Loss.Seconds is { } seconds ? $" for {seconds.Seconds()}" : "")));
        var (attempts, shown) = (evidence.Ledgers.Client.Attempts, evidence.Ledgers.Client.Attempts.Text());
        return new Finding(
            Name, Severity.Error,
            Prose.Join(
                ", and ",
                refused > 0 ? $"{refused.Of("attempt")} of {shown} found nothing listening at {Place(closed)}"
                    + evidence.SharesOf(Outcome.Refused, closed) : "",
                unreachable > 0 ? $"{unreachable.Of("attempt")} of {shown} {unreachable.Were()} told that {Obstacle(far)}"
                    + evidence.SharesOf(Outcome.Unreachable, far) : "")
            + (when.Length > 0 ? $": {when}" : "") + evidence.OtherAddresses(missing),
            new Dictionary<string, double>
            {
                ["refused"] = refused,
                ["unreachable"] = unreachable,
                ["attempts"] = attempts,
                ["losses"] = away.Length,
            },
            [
                .. evidence.Unused(missing).SelectMany(name => name.Others.Select(Remedies.OtherAddress)),
                .. refused > 0 ? TroubleRemedies.NobodyListens(closed.Take(Whereabouts.MostNamed)) : [],
                .. unreachable > 0 ? TroubleRemedies.NoRoute(far.Take(Whereabouts.MostNamed)) : [],
            ]);
    }

    private static string Place(IReadOnlyList<string> endpoints) =>
        endpoints.Count > 0 && endpoints.All(Endpoint.IsUnix) ? "the Unix socket" : "the port (RST to the SYN)";

    private static string Obstacle(IReadOnlyList<string> endpoints) => endpoints.Count > 0 && endpoints.All(Endpoint.IsUnix)
        ? "this user may not connect to the Unix socket" : "the host cannot be reached (no route, or a firewall that forbids it)";

    private static IReadOnlyList<string> Away(Evidence evidence, Outcome outcome) =>
    [
        .. evidence.FailedAt(outcome).Where(address =>
            evidence.Load.ByEndpoint.FirstOrDefault(counts => counts.Address == address) is not { } counts
            || !RefusedOnTheWay.Listened(evidence, address, counts.Established)),
    ];
}
