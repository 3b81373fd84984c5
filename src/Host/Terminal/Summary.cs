using ActorLoad.Runs;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The end of a run for a tired reader. The first and last row say what happened, and whether the figures can be
/// believed.</summary>
internal static class Summary
{
    // A terminal of 80 x 24; the prompt takes the last row.
    private const int Width = 80;
    private const int Narrowest = 40;
    private const int MostRows = 23;

    /// <summary>Prints a result.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="result">The result.</param>
    /// <param name="directory">The directory of its files; null if there are none.</param>
    /// <param name="details">Print everything, however many rows.</param>
    public static void Write(IAnsiConsole console, RunResult result, string? directory, bool details = false)
    {
        if (details)
        {
            WriteAll(console, result, directory);
            return;
        }

        foreach (var line in Page(result, directory, Math.Clamp(console.Profile.Width, Narrowest, Width)))
        {
            line.Write(console);
        }
    }

    /// <summary>The short summary: at most 23 rows of <paramref name="width"/> cells.</summary>
    internal static IReadOnlyList<PageLine> Page(RunResult result, string? directory, int width)
    {
        var sections = new SummarySections(result, width);
        return PageSection.Fit([.. sections.All(directory)], MostRows);
    }

    private static void WriteAll(IAnsiConsole console, RunResult result, string? directory)
    {
        var headline = Headline.Of(result, console.Profile.Width);
        headline.Write(console);
        Line(SummaryLines.Run(result, int.MaxValue), Look.Dim);
        foreach (var reason in result.VerdictReasons)
        {
            Line($"  - {reason}", Look.Plain);
        }

        foreach (var part in SummaryDetails.Of(result))
        {
            console.WriteLine();
            console.Write(new Rows(part));
        }

        console.WriteLine();
        if (directory is not null)
        {
            Line(SummaryLines.Files(directory), Look.Dim);
        }

        headline.Write(console);

        void Line(string text, Style style)
        {
            console.Write(new Text(text, style));
            console.WriteLine();
        }
    }
}
