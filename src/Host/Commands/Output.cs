using ActorLoad.Configuration;
using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary>Where a run's progress and result go.</summary>
/// <param name="Directory">The run's files; null for none.</param>
/// <param name="Json">Print the result as JSON on stdout, in place of the summary.</param>
/// <param name="Quiet">Show no progress.</param>
/// <param name="Details">Print the whole summary.</param>
internal sealed record Output(string? Directory, bool Json, bool Quiet, bool Details = false)
{
    /// <summary>Files for other programs.</summary>
    public IReadOnlyList<SummaryFile> Summaries { get; init; } = [];

    /// <summary>The collector of OpenTelemetry's variables; null if there is none.</summary>
    public OtlpSettings? Collector { get; init; }

    /// <summary>True if progress is redrawn in place, on a terminal that supports it.</summary>
    public bool WantsLive => !Quiet && IsTerminal(Console.IsErrorRedirected);

    /// <summary>True if that stream is a terminal that can redraw.</summary>
    public static bool IsTerminal(bool isRedirected) =>
        !isRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>The journal in <see cref="Directory"/>, and the lock that reserves it for this run. Throws a
    /// <see cref="SettingsException"/> if the directory or a file for other programs cannot be written.</summary>
    public (RunJournal? Journal, DirectoryLock? Lock) CreateJournal(RunHeader header)
    {
        SummaryFile.Prepare(Summaries);
        DirectoryLock? taken = null;
        try
        {
            taken = Directory is null ? null : DirectoryLock.Take(Directory);
            return (Directory is null ? null : RunJournal.Create(Directory, header), taken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            taken?.Dispose();
            throw new SettingsException([new SettingsError("--out", null, "", $"cannot write to {Directory}: {exception.Message}", "")]);
        }
    }

    /// <summary>Prints how the run ended.</summary>
    public void Write(RunProtocol.RunEnded ended, string? directory)
    {
        if (ended.Result is not { } result)
        {
            ErrorLines.Write($"actorload: the run did not begin: {ended.Error}");
        }
        else if (Json)
        {
            Console.Out.WriteLine(RunResultJson.Serialize(result));
        }
        else
        {
            Summary.Write(Look.Console(Console.Out, Console.IsOutputRedirected), result, directory, Details);
        }
    }
}
