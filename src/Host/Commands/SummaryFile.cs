using System.Text;
using ActorLoad.Configuration;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary>A file about the end of a run for somebody else's program, named on the command line.</summary>
/// <param name="Option">The option that names it.</param>
/// <param name="Path">Where it goes.</param>
/// <param name="Render">What it holds.</param>
internal sealed record SummaryFile(string Option, string Path, Func<RunProtocol.RunEnded, string> Render)
{
    private const string Remedy = "name a file in a directory that exists and can be written";

    /// <summary>Empties the files before the run, so that a killed run leaves nothing of an earlier one. Throws
    /// <see cref="SettingsException"/> if one cannot be written.</summary>
    public static void Prepare(IReadOnlyList<SummaryFile> files)
    {
        foreach (var file in files)
        {
            if (files.FirstOrDefault(other => other != file && FullPath(other) == FullPath(file)) is { } same)
            {
                throw file.Unusable($"{file.Path} is the file of {same.Option} too", "name another file");
            }

            file.Empty();
        }
    }

    /// <summary>Writes the end of the run. Throws what file operations throw.</summary>
    public void Write(RunProtocol.RunEnded ended)
    {
        using var stream = Open();
        stream.Write(Encoding.UTF8.GetBytes(Render(ended)));
    }

    private static string FullPath(SummaryFile file) => file.Path.Length == 0 ? "" : System.IO.Path.GetFullPath(file.Path);

    private void Empty()
    {
        try
        {
            Open().Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unusable($"cannot write to {Path}: {exception.Message}", Remedy);
        }
    }

    // Its mode is the usual one: such a file is made to be handed on.
    private FileStream Open() => new(Path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);

    private SettingsException Unusable(string problem, string remedy) => new([new SettingsError(Option, null, "", problem, remedy)]);
}
