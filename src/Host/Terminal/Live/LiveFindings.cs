using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>What can be said of a run before its end, while the ledgers of server and kernel are still open: what failed, and how often so
/// far.</summary>
/// <param name="At">When it was first seen, in seconds since the start.</param>
/// <param name="Name">Its name, such as an outcome's.</param>
/// <param name="Count">How often so far.</param>
/// <param name="Sentence">What it means.</param>
internal sealed record LiveFinding(double At, string Name, long Count, string Sentence);

/// <summary>Collects them, and knows which came last.</summary>
internal sealed class LiveFindings
{
    private readonly Dictionary<string, double> _firstAt = [];

    /// <summary>The finding that was first seen last; of several at once, the one with the most connections. Null without
    /// any.</summary>
    public LiveFinding? Newest { get; private set; }

    /// <summary>Looks at a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="heaps">Lost SYNs; see <see cref="ConnectTimes.Heaps"/>.</param>
    public void Look(RunSnapshot snapshot, IReadOnlyDictionary<int, long> heaps)
    {
        LiveFinding[] all = [.. Seen(snapshot, heaps).Where(finding => finding.Count > 0)];
        Newest = all.Select(finding => finding with { At = FirstAt(finding, snapshot) })
            .OrderByDescending(finding => finding.At).ThenByDescending(finding => finding.Count).FirstOrDefault();
    }

    private double FirstAt(LiveFinding finding, RunSnapshot snapshot)
    {
        var key = $"{finding.Name} {finding.Sentence}";
        return _firstAt.TryAdd(key, snapshot.ElapsedSeconds) ? snapshot.ElapsedSeconds : _firstAt[key];
    }

    private static IEnumerable<LiveFinding> Seen(RunSnapshot snapshot, IReadOnlyDictionary<int, long> heaps)
    {
        var (rejected, cancelled) = (Outcome.Rejected.Name(), Outcome.Cancelled.Name());
        foreach (var (name, count) in snapshot.AttemptFailures)
        {
            if (name != cancelled && (name != rejected || snapshot.Rejections.Count == 0))
            {
                yield return new LiveFinding(0, name, count, OutcomeWords.Of(name));
            }
        }

        foreach (var (prefix, count) in snapshot.Rejections)
        {
            yield return new LiveFinding(0, rejected, count, $"the server answered {prefix}");
        }

        yield return new LiveFinding(0, "dropped", snapshot.Connections.Dropped, "not started, because connection.max-open were open");
        yield return new LiveFinding(0, "slow connects", heaps.Values.Sum(),
            "connect took a whole second or more and a little: the kernel sent a lost SYN again");
    }
}
