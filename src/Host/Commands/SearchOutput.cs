using ActorLoad.Configuration;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>Where a search's progress and answer go.</summary>
/// <param name="directory">For its file; null for none.</param>
/// <param name="json">Print the file in place of the table.</param>
/// <param name="quiet">Show no progress.</param>
internal sealed class SearchOutput(string? directory, bool json, bool quiet)
{
    /// <summary>True if there is no progress.</summary>
    public bool Quiet => quiet;

    /// <summary>True if the file could not be written.</summary>
    public bool IsUnsaved { get; private set; }

    /// <summary>The first line.</summary>
    public void Announce(SearchPlan plan, RunSettings settings)
    {
        if (!quiet)
        {
            var load = plan.Load;
            ErrorLines.Write($"actorload: searching {load.Word} of {load.Path} from {load.Number(plan.Start)}, at most "
                + $"{load.Number(plan.Most)}, within {Figures.Span(plan.Limit)}; the first probe storms {Announcement.Storm(settings)}");
        }
    }

    /// <summary>The file; null without a directory. Throws a <see cref="SettingsException"/> if the directory cannot be written.</summary>
    public SearchFile? CreateFile(SearchReport report)
    {
        try
        {
            return directory is null ? null : SearchFile.Create(directory, report);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SettingsException([new SettingsError("--out", null, "", $"cannot write to {directory}: {exception.Message}", "")]);
        }
    }

    /// <summary>Saves the search, and shows a probe in one line.</summary>
    public void Probed(Probe probe, SearchReport report, SearchFile? file)
    {
        Save(report, file);
        if (!quiet)
        {
            ErrorLines.Write(SearchTable.Line(probe, report));
        }
    }

    /// <summary>Saves the search so far. A problem is told once and delays nothing.</summary>
    public void Save(SearchReport report, SearchFile? file)
    {
        try
        {
            file?.Write(report);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!IsUnsaved)
            {
                ErrorLines.Write($"actorload: {SearchFile.Name} is not complete: {exception.Message}");
            }

            IsUnsaved = true;
        }
    }

    /// <summary>Prints the answer on stdout.</summary>
    public void Print(SearchReport report)
    {
        if (json)
        {
            Console.Out.WriteLine(SearchJson.Of(report));
        }
        else
        {
            SearchTable.Write(Look.Console(Console.Out, Console.IsOutputRedirected), report);
        }
    }
}
