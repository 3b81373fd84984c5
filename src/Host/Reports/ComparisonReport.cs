namespace ActorLoad.Hosting.Reports;

/// <summary>Several runs against the first of them.</summary>
/// <param name="Base">The first.</param>
/// <param name="Comparisons">Each other run against it.</param>
/// <param name="Conditions">Each <c>--fail-if</c>, for each other run.</param>
internal sealed record ComparisonReport(
    StoredResult Base, IReadOnlyList<Comparison> Comparisons, IReadOnlyList<FailIfResult> Conditions)
{
    /// <summary>True if a <c>--fail-if</c> fails the comparison.</summary>
    public bool Fails => Conditions.Any(condition => condition.Fails);

    /// <summary>Compares results; the first is the base.</summary>
    public static ComparisonReport Of(StoredResult @base, IEnumerable<StoredResult> others, IReadOnlyList<FailIf> conditions)
    {
        var comparisons = others.Select(other => Comparison.Of(@base, other)).ToList();
        return new ComparisonReport(
            @base, comparisons, [.. comparisons.SelectMany(comparison => conditions.Select(condition => condition.Judge(comparison)))]);
    }

    /// <summary>The sum of a comparison: how many metrics are better, worse and so on; or that there is none, and why.</summary>
    public static string Sum(Comparison comparison)
    {
        if (!comparison.Comparability.IsComparable)
        {
            return $"not comparable: {string.Join("; ", comparison.Comparability.Obstacles)}";
        }

        var counts = comparison.Metrics.CountBy(metric => metric.Change).ToDictionary();
        var (worse, better) = (counts.GetValueOrDefault(Change.Worse), counts.GetValueOrDefault(Change.Better));
        string[] parts =
        [
            worse == 0 && better == 0 ? "nothing is better or worse" : $"{worse} worse, {better} better",
            $"{counts.GetValueOrDefault(Change.WithinNoise)} within noise", $"{counts.GetValueOrDefault(Change.Same)} the same",
            $"{counts.GetValueOrDefault(Change.NoEstimate)} without an estimate",
        ];
        return string.Join(", ", parts);
    }
}
