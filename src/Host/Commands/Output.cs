using ActorLoad.Configuration;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary>Where a run's progress and result go.</summary>
/// <param name="Directory">Its files; null for none.</param>
/// <param name="Json">The result as JSON on stdout in place of the summary.</param>
/// <param name="Quiet">No progress.</param>
/// <param name="Details">All of the summary.</param>
internal sealed record Output(string? Directory, bool Json, bool Quiet, bool Details = false)
{
    /// <summary>Redraw in place: only where somebody looks at a terminal that can.</summary>
    public bool WantsLive => !Quiet && IsTerminal(Console.IsErrorRedirected);

    /// <summary>True if that stream is a terminal on which something can be drawn anew.</summary>
    public static bool IsTerminal(bool isRedirected) =>
        !isRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>The journal in <see cref="Directory"/> and the lock that makes it this run's; a <see cref="SettingsException"/> if that cannot be
    /// written.</summary>
    public (RunJournal? Journal, DirectoryLock? Lock) CreateJournal(RunHeader header)
    {
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
