using ActorLoad.Runs;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The first and last row of a summary: what happened, and whether the figures can be believed.</summary>
internal static class Headline
{
    private const double MostLost = 0.5;

    /// <summary>Such as <c>46 % of 4,000 connections succeeded; the figures can be believed (valid)</c>; shorter on a narrow
    /// page.</summary>
    public static PageLine Of(RunResult result, int width)
    {
        var (success, look) = Success(result);
        var (sentence, words, style) = Belief(result.Verdict);
        var isShort = result.Connections.Planned == 0 || PageLine.Cells($"{success}; {sentence}") > width;
        return PageLine.Of(width, (success, look), ("; ", Look.Plain), (isShort ? words : sentence, style));
    }

    private static (string Sentence, Style Style) Success(RunResult result)
    {
        var counts = result.Connections;
        var judged = counts.Uses + counts.Dropped - counts.Cancelled;
        return judged switch
        {
            0 when counts.Planned == 0 => ("no connection was started", Look.Bad),
            0 => ($"all {Figures.Count(counts.Cancelled)} connections were cut off", Look.Warn),
            _ => (
                $"{Figures.Percent(counts.Succeeded, judged)} of {Figures.Count(judged)} connections succeeded",
                counts.Succeeded == judged ? Look.Good : counts.Succeeded < MostLost * judged ? Look.Bad : Look.Warn),
        };
    }

    private static (string Sentence, string Words, Style Style) Belief(Verdict verdict) => verdict switch
    {
        Verdict.Valid => ("the figures can be believed (valid)", "figures are valid", Look.Good),
        Verdict.GeneratorLimited => ("do not believe the figures (generator-limited)", "not credible (generator-limited)", Look.Bad),
        Verdict.Aborted => ("figures until it was given up (aborted)", "given up (aborted)", Look.Bad),
        _ => ("figures until it was stopped (interrupted)", "stopped (interrupted)", Look.Warn),
    };
}
