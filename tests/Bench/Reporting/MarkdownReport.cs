using System.Globalization;
using System.Text;

namespace ActorLoad.Bench.Reporting;

/// <summary>The report as two tables of Markdown, for docs/performance.md: the storms with ActorLoad's ratios to its peers, and all other figures. A goal
/// stands beside its figure, kept or missed.</summary>
internal static class MarkdownReport
{
    public static string Text(BenchReport report)
    {
        var text = new StringBuilder();
        if (report.Storms.Count > 0)
        {
            text.AppendLine("| burst | client | conn/s | CPU us/conn | memory MB | errors | left in TIME_WAIT | ActorLoad's conn/s / this | ActorLoad's CPU / this |");
            text.AppendLine("|---|---|---|---|---|---|---|---|---|");
            foreach (var (storm, row) in report.Storms.SelectMany(storm => storm.Rows.Select(row => (storm, row))))
            {
                text.AppendLine(Row(report, storm, row));
            }

            text.AppendLine();
        }

        text.AppendLine("| cell | figure | value | goal |");
        text.AppendLine("|---|---|---|---|");
        foreach (var figure in report.Figures.Where(figure => !report.Storms.Any(storm => storm.Name == figure.Cell) || figure.What.StartsWith("start skew", StringComparison.Ordinal)))
        {
            text.AppendLine($"| {figure.Cell} | {figure.What} | {Number(figure.Value, "#,0.##")} {figure.Unit} | {Goal(figure)} |".Replace("  ", " ", StringComparison.Ordinal));
        }

        return text.ToString();
    }

    private static string Row(BenchReport report, StormReport storm, StormRow row)
    {
        var isOwn = row == storm.Own;
        var ratio = storm.Ratios.FirstOrDefault(ratio => ratio.Peer == row.Contestant);
        string[] cells =
        [
            isOwn ? storm.Script.Count == 1 ? $"{storm.Burst}, one {storm.Script[0].Split(' ')[0]}" : storm.Burst.ToString("N0", CultureInfo.InvariantCulture) : "",
            isOwn ? $"**{row.Contestant}**" : row.Contestant,
            Number(row.MedianOf(round => round.PerSecond), "N0"),
            Number(row.MedianOf(round => storm.Rows.All(CountsItsOwn) ? round.CpuMicros : round.WholeCpuMicros), "N1"),
            Number(row.MedianOf(round => round.MemoryBytes / 1e6), "N0"),
            Number(row.Rounds.Sum(round => round?.Errors ?? 0), "N0"),
            Number(row.Rounds.Max(round => round?.TimeWait ?? 0), "N0"),
            Ratio(report, storm, row, "connections per second", ratio?.PerSecond),
            Ratio(report, storm, row, "CPU", ratio?.Cpu ?? ratio?.WholeCpu),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static bool CountsItsOwn(StormRow row) => row.Rounds.All(round => round is null or { CpuMicros: not null });

    private static string Ratio(BenchReport report, StormReport storm, StormRow row, string quantity, double? value)
    {
        var figure = report.Figures.FirstOrDefault(figure => figure.Cell == storm.Name
            && figure.What.StartsWith(quantity, StringComparison.Ordinal) && figure.What.EndsWith($" / {row.Contestant}", StringComparison.Ordinal));
        var goal = figure is null ? "" : Goal(figure);
        return value is null ? "" : goal.Length > 0 ? $"{Number(value, "N2")} ({goal})" : Number(value, "N2");
    }

    private static string Goal(Figure figure)
    {
        var bound = figure switch
        {
            { AtMost: { } most } => $"at most {Number(most, "0.##")}",
            { AtLeast: { } least } => $"at least {Number(least, "#,0.##")}",
            _ => "",
        };
        return figure.Met == false ? $"**{bound}: missed**" : bound;
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
