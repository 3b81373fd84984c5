using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>A full accept queue of a Unix socket. The kernel does not wait for room, as it does with a SYN: the connect fails at once
/// (EAGAIN), and the attempt is refused.</summary>
internal static class UnixQueue
{
    /// <summary>Attempts that were refused at Unix sockets whose server listened all the time.</summary>
    public static long Count(Evidence evidence) => Full(evidence).Sum(counts => counts.AttemptFailures.GetValueOrDefault(Refused));

    /// <summary>The finding; null if no attempt was refused so.</summary>
    public static Finding? Judge(Evidence evidence)
    {
        var full = Full(evidence).ToArray();
        var refused = Count(evidence);
        if (refused == 0)
        {
            return null;
        }

        var queue = AcceptQueueOverflow.Queue.Of(evidence);
        var established = full.Sum(counts => counts.Established);
        return new Finding(
            AcceptQueueOverflow.RuleName, Severity.Error,
            Prose.Sentences(
                $"The accept queue of {string.Join(" and ", full.Select(counts => counts.Address))} was full: {refused.Of("attempt")} "
                    + $"{refused.Were()} refused at once (EAGAIN), while {established.Text()} were established",
                queue.Sentence,
                $"Bursts have {evidence.BurstForEach().Text()} connections"),
            new Dictionary<string, double>
            {
                ["refused"] = refused,
                ["established"] = established,
                ["somaxconn"] = queue.SoMaxConn ?? 0,
                ["tcpBacklog"] = queue.Backlog ?? 0,
            },
            queue.Enlarge(evidence));
    }

    private static string Refused => Outcome.Refused.Name();

    private static IEnumerable<EndpointCounts> Full(Evidence evidence) => evidence.Load.ByEndpoint.Where(counts =>
        Endpoint.IsUnix(counts.Address) && counts.AttemptFailures.GetValueOrDefault(Refused) > 0
        && RefusedOnTheWay.Listened(evidence, counts.Address, counts.Established));
}
