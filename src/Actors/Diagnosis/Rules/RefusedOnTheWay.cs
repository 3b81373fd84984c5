using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Some attempts were refused, or told by ICMP that the host cannot be reached, although the server listened.</summary>
internal sealed class RefusedOnTheWay : IRule
{
    public const string RuleName = "refused-on-the-way";

    // Seconds. A shorter absence may lie between two restarts of a server.
    private const double Away = 1;

    public string Name => RuleName;

    /// <summary>Attempts with this outcome at endpoints that listened.</summary>
    public static long Count(Evidence evidence, Outcome outcome) => evidence.Load.ByEndpoint.Count > 0
        ? Listening(evidence).Sum(counts => counts.AttemptFailures.GetValueOrDefault(outcome.Name()))
        : Listened(evidence, null, evidence.Ledgers.Client.Established) ? evidence.Failed(outcome) : 0;

    /// <summary>True if an endpoint (null: the only one) listened all the time. Its observer knows best. Without an observer it listened if
    /// it took connections and was never away for long.</summary>
    public static bool Listened(Evidence evidence, string? address, long established)
    {
        var server = evidence.Ledgers.Servers.FirstOrDefault(server => address is null || server.Endpoint == address);
        var wasAway = evidence.Load.Absences
            .Any(absence => (address is null || absence.Endpoint == address) && absence.To - absence.From >= Away);
        return server is { RanThroughout: true }
            || (established > 0 && server is null or { Losses.Count: 0, Restarts.Count: 0 } && !wasAway);
    }

    public Finding? Judge(Evidence evidence)
    {
        var (refused, unreachable) = (Count(evidence, Outcome.Refused), Count(evidence, Outcome.Unreachable));
        if (refused + unreachable == 0)
        {
            return null;
        }

        var (client, hasEndpoints) = (evidence.Ledgers.Client, evidence.Load.ByEndpoint.Count > 0);
        var shown = client.Attempts.Text();
        string[] listeners = [.. Listening(evidence).Select(counts => counts.Address)];
        var established = hasEndpoints ? Listening(evidence).Sum(counts => counts.Established) : client.Established;
        var isSeen = evidence.Ledgers.Servers.Any(server => server.RanThroughout && (!hasEndpoints || listeners.Contains(server.Endpoint)));
        var where = evidence.FailedAt(refused > 0 ? Outcome.Refused : Outcome.Unreachable);
        return new Finding(
            Name, Severity.Error,
            Prose.Sentences(
                Prose.Join(
                    ", and ",
                    refused > 0 ? $"{refused.Of("attempt")} of {shown} {refused.Were()} refused (a RST to the SYN, or ICMP)"
                        + evidence.SharesOf(Outcome.Refused, listeners) : "",
                    unreachable > 0 ? $"{unreachable.Of("attempt")} of {shown} {unreachable.Were()} told by ICMP that the "
                        + $"host cannot be reached{evidence.SharesOf(Outcome.Unreachable, listeners)}" : "")
                + (established > 0 ? $", while {established.Text()} to the same place were established" : ""),
                isSeen ? "The server answered its observer: it listened all the time" : "",
                "Something in between refuses some of them: a firewall that rejects, a limit of connections per second or per source, "
                + "or a load balancer with a missing server"),
            new Dictionary<string, double>
            {
                ["refused"] = refused,
                ["unreachable"] = unreachable,
                ["established"] = established,
                ["attempts"] = client.Attempts,
            },
            [Remedies.Firewall(where is [var first, ..] ? first : null)]);
    }

    private static IEnumerable<EndpointCounts> Listening(Evidence evidence) =>
        evidence.Load.ByEndpoint.Where(counts =>
            !Endpoint.IsUnix(counts.Address) && Listened(evidence, counts.Address, counts.Established));
}
