using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Some attempts were refused, or told that the host cannot be reached, while the server listened: not for want of a server.</summary>
internal sealed class RefusedOnTheWay : IRule
{
    public const string RuleName = "refused-on-the-way";

    // A server that is away for less is between two others.
    private const double Away = 1;

    public string Name => RuleName;

    /// <summary>Attempts that ended so at endpoints that listened.</summary>
    public static long Count(Evidence evidence, Outcome outcome) => evidence.Load.ByEndpoint.Count > 0
        ? evidence.Load.ByEndpoint.Where(counts => Listened(evidence, counts.Address, counts.Established)).Sum(counts => counts.AttemptFailures.GetValueOrDefault(outcome.Name()))
        : Listened(evidence, null, evidence.Ledgers.Client.Established) ? evidence.Failed(outcome) : 0;

    /// <summary>True if an endpoint (null: the only one) listened all the time. Its observer knows best; where nobody asked it, it did if it took connections, and
    /// was never away for long.</summary>
    public static bool Listened(Evidence evidence, string? address, long established)
    {
        var server = evidence.Ledgers.Servers.FirstOrDefault(server => address is null || server.Endpoint == address);
        return server is { RanThroughout: true } || (established > 0 && server is null or { Losses.Count: 0, Restarts.Count: 0 }
            && !evidence.Load.Absences.Any(absence => (address is null || absence.Endpoint == address) && absence.To - absence.From >= Away));
    }

    public Finding? Judge(Evidence evidence)
    {
        var (refused, unreachable) = (Count(evidence, Outcome.Refused), Count(evidence, Outcome.Unreachable));
        if (refused + unreachable == 0)
        {
            return null;
        }

        var established = evidence.Load.ByEndpoint.Count == 0 ? evidence.Ledgers.Client.Established
            : evidence.Load.ByEndpoint.Where(counts => Listened(evidence, counts.Address, counts.Established)).Sum(counts => counts.Established);
        var isSeen = evidence.Ledgers.Servers.Any(server => server.RanThroughout && (evidence.Load.ByEndpoint.Count == 0 || Listeners(evidence).Contains(server.Endpoint)));
        return new Finding(
            Name, Severity.Error,
            string.Join(", and ", new[]
            {
                refused > 0 ? $"{refused.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()} {(refused == 1 ? "was" : "were")} refused (a RST to the SYN, or ICMP){evidence.SharesOf(Outcome.Refused, Listeners(evidence))}" : "",
                unreachable > 0 ? $"{unreachable.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()} {(unreachable == 1 ? "was" : "were")} told by ICMP that the host cannot be reached"
                    + evidence.SharesOf(Outcome.Unreachable, Listeners(evidence)) : "",
            }.Where(part => part.Length > 0))
            + (established > 0 ? $", while {established.Text()} to the same place were established" : "")
            + (isSeen ? $"{(established > 0 ? " and" : ", while")} the server answered its observer: it listened all the time" : "")
            + ". Something in between refuses some of them: a firewall that rejects, a limit of connections for each second or source, or a load balancer with a server that is gone",
            new Dictionary<string, double> { ["refused"] = refused, ["unreachable"] = unreachable, ["established"] = established, ["attempts"] = evidence.Ledgers.Client.Attempts },
            [Remedies.Firewall((refused > 0 ? evidence.FailedAt(Outcome.Refused) : evidence.FailedAt(Outcome.Unreachable)) is [var first, ..] ? first : null)]);
    }

    private static IReadOnlyList<string> Listeners(Evidence evidence) =>
        [.. evidence.Load.ByEndpoint.Where(counts => Listened(evidence, counts.Address, counts.Established)).Select(counts => counts.Address)];
}
