using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Journal;

/// <summary>The files that are made of the others after a run. A new run takes those of an earlier one away.</summary>
internal static class DerivedFiles
{
    public const string Bursts = "bursts.csv";
    public const string Samples = "samples.csv";
    public const string Outcomes = "outcomes.csv";

    private static readonly string[] Names =
    [
        RunJournal.ReportFile, Bursts, Samples, Outcomes,
        .. Steps.All.SelectMany(step => new[] { new MeasuredStep(step, false), new MeasuredStep(step, true) }).Select(Distribution),
    ];

    /// <summary>The file with the percentiles of a step.</summary>
    public static string Distribution(MeasuredStep step) => step.Tag + ".hgrm";

    /// <summary>Deletes all of them, and what a killed process left of them. Throws what file operations throw.</summary>
    public static void Delete(string directory)
    {
        foreach (var name in Names)
        {
            var path = Path.Combine(directory, name);
            File.Delete(path);
            File.Delete(AtomicFile.TemporaryOf(path));
        }
    }
}
