using ActorLoad.Diagnosis;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>What the difference of a metric means.</summary>
public enum Change
{
    /// <summary>Nothing is said: the runs cannot be compared, or a run did not measure it.</summary>
    None,

    /// <summary>The numbers are equal.</summary>
    Same,

    /// <summary>It is no larger than what differs within the runs.</summary>
    WithinNoise,

    /// <summary>It is known of whole runs only, so nothing says how much of it is chance.</summary>
    NoEstimate,

    Better,
    Worse,
}

/// <summary>One metric of both runs.</summary>
/// <param name="Metric">Its path.</param>
/// <param name="Base">In the base; null if not measured.</param>
/// <param name="Other">In the other run; null if not measured.</param>
/// <param name="Noise">How far it may differ by chance; null without an estimate.</param>
/// <param name="Change">What the difference means.</param>
public sealed record ComparedMetric(string Metric, double? Base, double? Other, Noise? Noise, Change Change)
{
    /// <summary>The unit of both numbers.</summary>
    public NumberUnit Unit => NumberUnits.Of(Metric);

    /// <summary>How far the other may be off by chance, on its side of the base: a fraction of it for times, else in the metric's
    /// unit.</summary>
    public double? Limit => Noise?.Limit(Other < Base);
}

/// <summary>One run against the base.</summary>
/// <param name="Base">The base.</param>
/// <param name="Other">The other run.</param>
/// <param name="Comparability">Whether the figures can be compared.</param>
/// <param name="Metrics">The metrics that at least one of them measured.</param>
public sealed record Comparison(
    StoredResult Base, StoredResult Other, Comparability Comparability, IReadOnlyList<ComparedMetric> Metrics)
{
    // For these, more is better. Of connections that were due or cancelled, neither is.
    private static readonly string[] MoreIsBetter = [ResultNumbers.SuccessRatio, "succeeded"];
    private static readonly string[] Neutral = ["planned", "cancelled"];

    private static readonly string[] Percentiles = ["p50", "p90", "p99", "p999", "max"];

    // Troubles are left out where they are 0 in both runs.
    private static readonly string[] TroublesOfConnections =
    [
        "failed", "dropped", "cancelled", "retries",
        .. Outcomes.All.Select(outcome => outcome.Name()).Except([Outcome.Succeeded.Name(), Outcome.Cancelled.Name()]),
    ];

    private static readonly string[] TroublesInLedgers =
    [
        "server.rejected", "server.errors", "kernel.ListenOverflows", "kernel.ListenDrops", "kernel.TCPReqQFullDrop",
        "kernel.TCPSynRetrans", "kernel.RetransSegs", "kernel.ConntrackDrop", "ledgers.timeWait.after", ResultNumbers.Unexplained,
        ResultNumbers.FindingCount,
    ];

    private static readonly HashSet<string> Troubles = [.. TroublesOfConnections, .. TroublesInLedgers];

    /// <summary>The metrics in the order of the table.</summary>
    private static readonly string[] Order =
    [
        ResultNumbers.SuccessRatio, "planned", "succeeded", .. TroublesOfConnections,
        .. Steps.All.Select(step => step.Name()).SelectMany(step => Percentiles.Select(percentile => $"{step}.{percentile}")),
        ResultNumbers.BurstDuration, ResultNumbers.Cpu, ResultNumbers.GcPause, ResultNumbers.PeakMemory, ResultNumbers.MemoryPerConnection,
        "bystander.p50", "bystander.p99", "bystander.max", "server.cpuSeconds", .. TroublesInLedgers,
    ];

    /// <summary>Findings of both runs, by rule: those of the base alone, of both, and of the other alone.</summary>
    public (IReadOnlyList<Finding> Gone, IReadOnlyList<Finding> Both, IReadOnlyList<Finding> New) Findings
    {
        get
        {
            var (before, now) = (Base.Result.Findings, Other.Result.Findings);
            return (
                [.. before.Where(finding => !Has(now, finding))], [.. now.Where(finding => Has(before, finding))],
                [.. now.Where(finding => !Has(before, finding))]);

            static bool Has(IReadOnlyList<Finding> findings, Finding wanted) => findings.Any(finding => finding.Rule == wanted.Rule);
        }
    }

    /// <summary>Compares two results.</summary>
    public static Comparison Of(StoredResult @base, StoredResult other)
    {
        var comparability = Comparability.Of(@base.Result, other.Result);
        return new Comparison(@base, other, comparability, [.. Order
            .Select(metric => Of(metric, @base, other, comparability.IsComparable))
            .Where(metric => metric is not { Base: null, Other: null }
                && !(Troubles.Contains(metric.Metric) && metric is { Base: 0 or null, Other: 0 or null }))]);
    }

    private static ComparedMetric Of(string metric, StoredResult @base, StoredResult other, bool isComparable)
    {
        var (from, to) = (@base.Numbers.Find(metric), other.Numbers.Find(metric));
        if (!isComparable || from is not { } before || to is not { } now)
        {
            return new ComparedMetric(metric, from, to, null, Change.None);
        }

        var noise = Noise.Of(Series.Of(@base.Result, metric), Series.Of(other.Result, metric));
        return new ComparedMetric(metric, from, to, noise, Judge(metric, before, now, noise));
    }

    private static Change Judge(string metric, double before, double now, Noise? noise) =>
        before.Equals(now) ? Change.Same
        : Neutral.Contains(metric) ? Change.None
        : noise is null ? Change.NoEstimate
        : !noise.IsExceededBy(before, now) ? Change.WithinNoise
        : now > before == MoreIsBetter.Contains(metric) ? Change.Better
        : Change.Worse;
}

/// <summary>The words for changes.</summary>
internal static class Changes
{
    /// <summary>Such as <c>within noise</c>; empty where nothing is said.</summary>
    public static string Words(this Change change) => change switch
    {
        Change.Same => "same",
        Change.WithinNoise => "within noise",
        Change.NoEstimate => "no estimate",
        Change.Better => "better",
        Change.Worse => "worse",
        _ => "",
    };
}
