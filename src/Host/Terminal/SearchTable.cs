using ActorLoad.Configuration.Thresholds;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Runs;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A search on a terminal: its curve, then the answer.</summary>
internal static class SearchTable
{
    private const int MostThresholds = 4;
    private const int Padding = 2;

    /// <summary>Prints the probes in the order of their values, and the sentences.</summary>
    public static void Write(IAnsiConsole console, SearchReport report)
    {
        if (report.Curve.Any())
        {
            console.Write(Table(report));
            console.WriteLine();
        }

        foreach (var (index, sentence) in report.Sentences.Index())
        {
            var style = index == 0 ? Look.Strong : Look.Plain;
            foreach (var line in PageLine.Fold(console.Profile.Width, int.MaxValue, 2, ($"{sentence}.", style)))
            {
                line.Write(console);
            }
        }
    }

    /// <summary>A probe in one line: its value, its answer and why.</summary>
    public static string Line(Probe probe, SearchReport report)
    {
        var words = report.Load.Tell(probe.Value);
        if (probe.Purpose == ProbePurpose.WarmUp)
        {
            return $"actorload: warm-up: {words}, not judged";
        }

        var again = probe.Purpose switch
        {
            ProbePurpose.Confirmation => ", to confirm it",
            ProbePurpose.Repetition => ", once more",
            _ => "",
        };
        var why = probe.Answer switch
        {
            ProbeAnswer.Unbelieved => $": {probe.Doubt}",
            ProbeAnswer.Failed => ": " + string.Join(", ", probe.Broken.Take(MostThresholds).Select(Measured))
                + (probe.Explanation(report.Best) is { } finding ? $" ({finding.Rule})" : ""),
            _ => ": " + string.Join(", ", probe.Result.Thresholds.Take(MostThresholds).Select(Measured)),
        };
        return $"actorload: probe {probe.Number}: {words}{again}: {probe.Word}{why}";
    }

    private static string Measured(ThresholdResult threshold) =>
        $"{threshold.Metric ?? threshold.Expression} {threshold.Value} ({threshold.Limit})";

    private static Table Table(SearchReport report)
    {
        var shown = Shown(report);
        var table = Look.Table([report.Load.Word, "answer", .. shown, "finding"]);
        foreach (var column in table.Columns)
        {
            column.Padding = new Padding(0, 0, Padding, 0);
        }

        table.Columns[0].RightAligned();
        table.Columns[1].LeftAligned();
        table.Columns[^1].LeftAligned();
        foreach (var probe in report.Curve)
        {
            var broken = probe.Broken.Select(threshold => threshold.Expression).ToHashSet();
            table.AddRow(
            [
                new Text(report.Load.Number(probe.Value), Look.Plain), new Text(probe.Word, Style(probe.Answer)),
                .. shown.Select(expression => new Text(
                    probe.Result.Thresholds.FirstOrDefault(threshold => threshold.Expression == expression)?.Value ?? "-",
                    broken.Contains(expression) ? Look.Bad : Look.Plain)),
                new Text(probe.Explanation(report.Best)?.Rule ?? "", Look.Plain),
            ]);
        }

        return table;
    }

    // The one that breaks first is the answer, so it comes first.
    private static string[] Shown(SearchReport report) =>
    [
        .. (report.Limiting?.Broken ?? []).Concat(report.Probes[0].Result.Thresholds)
            .Select(threshold => threshold.Expression).Distinct().Take(MostThresholds),
    ];

    private static Style Style(ProbeAnswer answer) => answer switch
    {
        ProbeAnswer.Passed => Look.Good,
        ProbeAnswer.Failed => Look.Bad,
        _ => Look.Warn,
    };
}
