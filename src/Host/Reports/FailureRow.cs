using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>An outcome of a run.</summary>
/// <param name="Outcome">Its name.</param>
/// <param name="Connections">Connections that ended so.</param>
/// <param name="Attempts">Attempts that failed so, retried ones included.</param>
/// <param name="First">End of the first interval in which a connection ended so, in seconds since the start; null if none tells.</param>
/// <param name="Last">End of the last such interval.</param>
internal sealed record FailureRow(string Outcome, long Connections, long Attempts, double? First, double? Last)
{
    /// <summary>The outcomes that were seen, the most frequent first; success is the last.</summary>
    public static IReadOnlyList<FailureRow> Of(RunView run)
    {
        var times = new Dictionary<string, (double First, double Last)>();
        foreach (var sample in run.Samples)
        {
            foreach (var (name, count) in sample.Outcomes)
            {
                if (count > 0)
                {
                    times[name] = (times.TryGetValue(name, out var known) ? known.First : sample.At, sample.At);
                }
            }
        }

        return
        [
            .. Outcomes.All.Select(outcome => outcome.Name())
                .Select(name => new FailureRow(
                    name, run.Result.Outcomes.GetValueOrDefault(name), run.Result.AttemptFailures.GetValueOrDefault(name),
                    times.TryGetValue(name, out var seen) ? seen.First : null, times.TryGetValue(name, out seen) ? seen.Last : null))
                .Where(row => row.Connections > 0 || row.Attempts > 0)
                .OrderBy(row => row.Outcome == ActorLoad.Metrics.Outcome.Succeeded.Name())
                .ThenByDescending(row => row.Connections + row.Attempts),
        ];
    }
}
