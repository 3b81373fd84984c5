using ActorLoad.Diagnosis;
using ActorLoad.Hosting.Reports;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A comparison on a terminal: the runs, then each against the first, within 80 columns.</summary>
internal static class ComparisonTables
{
    private const int MostListed = 12;
    private const int Padding = 2;

    /// <summary>Prints a comparison.</summary>
    public static void Write(IAnsiConsole console, ComparisonReport report)
    {
        Line(console, 3, ("A  ", Look.Strong), Run(report.Base));
        foreach (var (index, comparison) in report.Comparisons.Index())
        {
            Line(console, 3, ($"{Letter(index)}  ", Look.Strong), Run(comparison.Other));
        }

        foreach (var (index, comparison) in report.Comparisons.Index())
        {
            console.WriteLine();
            Write(console, comparison, Letter(index));
        }

        if (report.Conditions.Count > 0)
        {
            console.WriteLine();
            foreach (var condition in report.Conditions)
            {
                Line(console, 2, condition.Fails ? ("FAILS", Look.Bad) : ("ok", Look.Good), (
                    $" {FailIf.Option} \"{condition.Condition.Expression}\" in {condition.Run}: {condition.Found}", Look.Plain));
            }
        }
    }

    /// <summary>The letter of another run: <c>B</c> is the first.</summary>
    public static string Letter(int index) => index < 25 ? $"{(char)('B' + index)}" : $"run {index + 2}";

    private static (string Text, Style Style) Run(StoredResult stored) =>
        ($"{stored.Source}: {StoredResult.Name(stored.Result.Verdict)}, {SummaryLines.Run(stored.Result, int.MaxValue)}", Look.Plain);

    private static void Write(IAnsiConsole console, Comparison comparison, string letter)
    {
        var isComparable = comparison.Comparability.IsComparable;
        if (isComparable)
        {
            Line(console, 2, ($"{letter} against A: {ComparisonReport.Sum(comparison)}", Look.Strong));
        }
        else
        {
            Line(
                console, 2, ($"{letter} and A are not comparable", Look.Bad),
                ($": they differ in what matters (A -> {letter})", Look.Plain));
            List(console, comparison.Comparability.Obstacles);
        }

        if (comparison.Comparability.Remarks.Count > 0)
        {
            Line(console, 2, ($"{(isComparable ? "They differ" : "They also differ")} in (A -> {letter}):", Look.Dim));
            List(console, comparison.Comparability.Remarks);
        }

        console.WriteLine();
        console.Write(Table(comparison, letter));
        var (gone, both, added) = comparison.Findings;
        Findings(console, $"New in {letter}", added);
        Findings(console, "In both", both);
        Findings(console, "Only in A", gone);
    }

    private static Table Table(Comparison comparison, string letter)
    {
        var isComparable = comparison.Comparability.IsComparable;
        var table = isComparable ? Look.Table("Metric", "A", letter, "difference", "noise", "")
            : Look.Table("Metric", "A", letter, "difference");
        foreach (var column in table.Columns)
        {
            column.Padding = new Padding(0, 0, Padding, 0);
        }

        foreach (var metric in comparison.Metrics)
        {
            string[] cells =
            [
                metric.Metric, metric.Unit.Shown(metric.Base), metric.Unit.Shown(metric.Other),
                metric.Unit.Difference(metric.Base, metric.Other), metric.Unit.Limit(metric.Limit), metric.Change.Words(),
            ];
            table.AddRow(cells.Take(table.Columns.Count).Select((cell, column) =>
                new Text(cell, column == cells.Length - 1 ? Style(metric.Change) : Look.Plain)));
        }

        if (isComparable)
        {
            table.Columns[^1].LeftAligned();
        }

        return table;
    }

    private static Style Style(Change change) => change switch
    {
        Change.Better => Look.Good,
        Change.Worse => Look.Bad,
        _ => Look.Dim,
    };

    private static void Findings(IAnsiConsole console, string head, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            Line(
                console, 2, ($"{head}: {finding.Rule}: ", FindingList.Style(finding.Severity)),
                ($"{finding.Sentence.TrimEnd('.')}.", Look.Plain));
        }
    }

    private static void List(IAnsiConsole console, IReadOnlyList<Difference> differences)
    {
        foreach (var difference in differences.Take(MostListed))
        {
            Line(console, 4, ($"  {difference}", Look.Plain));
        }

        if (differences.Count > MostListed)
        {
            Line(console, 4, ($"  and {differences.Count - MostListed} more; --json has all", Look.Dim));
        }
    }

    private static void Line(IAnsiConsole console, int indent, params (string Text, Style Style)[] words)
    {
        foreach (var line in PageLine.Fold(console.Profile.Width, int.MaxValue, indent, words))
        {
            line.Write(console);
        }
    }
}
