using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Metrics;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The findings of <c>doctor</c>: the sum first, then each check, then the remedies.</summary>
internal static class CheckTable
{
    // On narrower terminals the reasons would be columns of single words; --json has them.
    private const int WidthForReasons = 110;

    /// <summary>Prints a report on the storm that <paramref name="storm"/> describes.</summary>
    public static void Write(IAnsiConsole console, DoctorReport report, string storm)
    {
        console.WriteLine();
        console.Write(Sum(report));
        console.Write(new Text(storm + Environment.NewLine, Look.Dim));
        foreach (var name in report.Unused ?? [])
        {
            console.Write(new Text($"{name}. target.addresses = all storms each{Environment.NewLine}", Look.Dim));
        }

        console.WriteLine();
        console.Write(Table(report, console.Profile.Width >= WidthForReasons));

        // Checks that are unseen for the same reason share one line.
        foreach (var same in report.Checks.Where(check => check.State != CheckState.Ok).GroupBy(check => (check.State, check.Sentence)))
        {
            var names = string.Join(", ", same.Select(Name));
            console.WriteLine();
            console.Write(new Paragraph().Append(Word(same.Key.State), Style(same.Key.State))
                .Append($" {names}: {same.Key.Sentence}.{Environment.NewLine}"));
            foreach (var (words, command) in ToDo([.. same]))
            {
                // Not through the console, which would fold it: a user copies a command as a whole.
                console.Write(new Text($"  {words}:{Environment.NewLine}", Look.Dim));
                console.Profile.Out.Writer.WriteLine(ForeignText.Shown($"    {command}"));
            }
        }
    }

    /// <summary><c>OK</c>, <c>WARN</c>, <c>FAIL</c>, or <c>?</c> for an unseen value.</summary>
    public static string Word(CheckState state) => state switch
    {
        CheckState.Ok => "OK",
        CheckState.Warn => "WARN",
        CheckState.Fail => "FAIL",
        _ => "?",
    };

    private static Paragraph Sum(DoctorReport report)
    {
        var (word, style) = report.State switch
        {
            CheckState.Fail => ("NOT READY", Look.Bad),
            CheckState.Warn => ("READY, WITH WARNINGS", Look.Warn),
            _ => ("READY", Look.Good),
        };
        var counts = Enum.GetValues<CheckState>().OrderDescending().Where(state => Count(state) > 0)
            .Select(state => $"{Count(state)} {Word(state)}");
        return new Paragraph().Append(word, style).Append($": {string.Join(", ", counts)}{Environment.NewLine}");

        int Count(CheckState state) => report.Checks.Count(check => check.State == state);
    }

    private static Table Table(DoctorReport report, bool hasReasons)
    {
        var table = hasReasons ? Look.Table("", "", "present", "needed", "") : Look.Table("", "", "present", "needed");
        table.Columns[1].LeftAligned();
        if (hasReasons)
        {
            table.Columns[4].LeftAligned().NoWrap = false;
        }

        foreach (var subject in report.Checks.GroupBy(check => check.Subject))
        {
            table.AddRow(new Text(""), new Text(subject.Key, Look.Strong));
            foreach (var check in subject)
            {
                var cells = new List<Text>
                {
                    new(Word(check.State), Style(check.State)), new("  " + Name(check)), new(check.Present ?? "-"),
                    new(check.Needed ?? "-"),
                };
                if (hasReasons)
                {
                    cells.Add(new Text(check.State == CheckState.Ok ? check.Sentence : "see below", Look.Dim));
                }

                table.AddRow(cells);
            }
        }

        return table;
    }

    private static IEnumerable<(string Words, string Command)> ToDo(IReadOnlyList<Check> checks)
    {
        var looks = checks.Select(check => check.Look).OfType<string>().ToList();
        return checks.SelectMany(check => check.Remedies).Select(remedy => (FindingList.Words(remedy), remedy.Command))
            .Concat(looks.Count > 0 ? [("to see it", string.Join("; ", looks))] : Array.Empty<(string, string)>());
    }

    // The only name that is a path, too long for a column.
    private static string Name(Check check) => check.Name == TuningKeys.HugePages ? "transparent_hugepage" : check.Name;

    private static Style Style(CheckState state) => state switch
    {
        CheckState.Ok => Look.Good,
        CheckState.Warn => Look.Warn,
        CheckState.Fail => Look.Bad,
        _ => Look.Dim,
    };
}
