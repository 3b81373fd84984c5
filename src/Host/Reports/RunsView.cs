namespace ActorLoad.Hosting.Reports;

/// <summary>Several runs for one page.</summary>
public sealed class RunsView
{
    /// <param name="runs">The runs; the first is the base.</param>
    /// <param name="report">Each of the others against the base.</param>
    internal RunsView(IReadOnlyList<RunView> runs, ComparisonReport report) => (Runs, Report) = (runs, report);

    /// <summary>The runs; the first is the base.</summary>
    public IReadOnlyList<RunView> Runs { get; }

    /// <summary>Each of the others against the base.</summary>
    internal ComparisonReport Report { get; }

    /// <summary>Reads the directories of a comparison. Throws <see cref="Configuration.SettingsException"/> if one has gone.</summary>
    internal static RunsView Of(ComparisonReport report) => new(
        [
            .. report.Comparisons.Select(comparison => comparison.Other.Source).Prepend(report.Base.Source)
                .Select(source => RunView.Read(source)),
        ],
        report);
}
