using System.Globalization;
using Spectre.Console;

namespace ActorLoad.Bench.Reporting;

/// <summary>The report as tables for a terminal, with a legend.</summary>
internal static class ReportTable
{
    private const int NarrowestWidth = 150;

    private const string Legend = """
        conn/s        connections / (first start to last close, by the contestant's own clock); median of the rounds
        CPU own       user + system time for each connection as the contestant counts it; ActorLoad: first start to last close,
                      redigo and epoll: their whole process
        CPU whole     the same for the whole process, start-up and JIT included, by getrusage(RUSAGE_CHILDREN) of this program
        memory        peak resident memory that the contestant reports
        received %    connections that the server counted, of those asked for: redigo's pool reuses some within a burst, and its
                      figures for each connection are divided by those asked for all the same
        errors        connections that did not do all their commands, in all rounds together
        x ...         ActorLoad / this contestant, taken within each round, then the median: conn/s above 1 and CPU below 1 are good
        get-50 has one GET for each connection, because redis-benchmark cannot do three commands; it leaves its sockets in TIME_WAIT
        """;

    public static void Write(BenchReport report, IAnsiConsole console)
    {
        console.Profile.Width = Math.Max(console.Profile.Width, NarrowestWidth);
        var machine = report.Machine;
        console.MarkupLineInterpolated($"{machine.Cores} cores, {machine.System}, {machine.Runtime}, {machine.Server}");
        if (report.Storms.Count > 0)
        {
            console.Write(Storms(report.Storms));
            console.WriteLine(Legend);
        }

        if (report.Figures.Count > 0)
        {
            console.Write(Figures(report.Figures));
        }

        foreach (var problem in report.Problems)
        {
            console.MarkupLineInterpolated($"[red]PROBLEM[/] {problem}");
        }
    }

    private static Table Storms(IReadOnlyList<StormReport> storms)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("storm").AddColumn("contestant");
        foreach (var name in new[] { "conn/s", "CPU own us/conn", "CPU whole us/conn", "memory MB", "received %", "errors", "x conn/s", "x CPU own", "x CPU whole" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var storm in storms)
        {
            foreach (var row in storm.Rows)
            {
                var ratio = storm.Ratios.FirstOrDefault(ratio => ratio.Peer == row.Contestant);
                var errors = row.Rounds.All(round => round is null) ? null : (double?)row.Rounds.Sum(round => round?.Errors ?? 0);
                table.AddRow(
                    storm.Name, row.Contestant, Text(row.MedianOf(round => round.PerSecond), "N0"),
                    Text(row.MedianOf(round => round.CpuMicros), "N1"), Text(row.MedianOf(round => round.WholeCpuMicros), "N1"),
                    Text(row.MedianOf(round => round.MemoryBytes / 1e6), "N1"),
                    Text(row.MedianOf(round => 100.0 * round.Received / round.Connections), "N1"), Text(errors, "N0"),
                    Text(ratio?.PerSecond, "N2"), Text(ratio?.Cpu, "N2"), Text(ratio?.WholeCpu, "N2"));
            }
        }

        return table;
    }

    private static Table Figures(IReadOnlyList<Figure> figures)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("cell", "figure").AddColumn(new TableColumn("value").RightAligned());
        table.AddColumns("bound", "met");
        foreach (var figure in figures)
        {
            var bound = figure switch
            {
                { AtMost: { } most } => $"<= {Text(most, "0.##")}",
                { AtLeast: { } least } => $">= {Text(least, "0.##")}",
                _ => "",
            };
            var met = figure.Met switch { true => "yes", false => "NO", null => "" };
            table.AddRow(figure.Cell, Markup.Escape(figure.What), $"{Text(figure.Value, "#,0.##")} {figure.Unit}".TrimEnd(), bound, met);
        }

        return table;
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
