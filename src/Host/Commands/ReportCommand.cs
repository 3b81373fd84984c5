using System.CommandLine;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload report DIR</c>: one HTML file of a run, also of one that was killed. Opens files only.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR")
        {
            Description = "The directory that --out wrote.",
            CompletionSources = { context => PathCompletion.Folders(context.WordToComplete) },
        };
        ConfigurationOptions.RefuseOptions(directory);
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = $"Where to write the report. Without it: {RunJournal.ReportFile} in DIR.",
        };
        var command = new Command("report", "Write a report of a run: one HTML file that opens offline. The run may have been killed.");
        command.Add(directory);
        command.Add(output);
        command.SetAction(async parsed => await WriteAsync(parsed.GetValue(directory)!, parsed.GetValue(output)));
        return command;
    }

    /// <summary>Writes the report of the run that has just ended. Its result is safe, so a failure only costs the report.</summary>
    /// <param name="directory">The directory of the run's files; null for none.</param>
    public static async Task WriteAfterRunAsync(string? directory)
    {
        if (directory is null)
        {
            return;
        }

        try
        {
            var run = RunView.Read(directory);
            WriteTables(run, directory);
            await ReportFile.WriteAsync(run, Path.Combine(directory, RunJournal.ReportFile));
        }
        catch (Exception exception)
        {
            var cause = exception is SettingsException { Errors: [var error, ..] } ? $"{error}" : exception.Message;
            ErrorLines.Write($"actorload: {RunJournal.ReportFile} could not be made: {cause}");
        }
    }

    /// <summary>Carries out what writes a report to that file. Says why it is not possible, if so.</summary>
    public static async Task<bool> TryWriteAsync(string file, Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (SettingsException exception)
        {
            ErrorLines.Write(exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ErrorLines.Write($"actorload: the report cannot be written to {file}: {exception.Message}");
        }

        return false;
    }

    private static async Task<int> WriteAsync(string directory, string? output)
    {
        var place = Directory.Exists(directory) ? directory : Path.GetDirectoryName(directory) ?? "";
        var file = output ?? Path.Combine(place, RunJournal.ReportFile);
        var isWritten = await TryWriteAsync(file, async () =>
        {
            var run = RunView.Read(directory);
            if (output is null)
            {
                WriteTables(run, place);
            }

            await ReportFile.WriteAsync(run, file);
        });
        if (!isWritten)
        {
            return ExitCodes.BadUsage;
        }

        Console.Out.WriteLine(file);
        return ExitCodes.Done;
    }

    private static void WriteTables(RunView run, string directory)
    {
        foreach (var missing in RunTables.Write(run, directory))
        {
            ErrorLines.Write($"actorload: {missing}");
        }
    }
}
