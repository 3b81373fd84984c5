using ActorLoad.Configuration;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Lines for stderr: what is wrong, one a line. A terminal obeys nothing in them.</summary>
internal static class ErrorLines
{
    /// <summary>Writes one line, or several.</summary>
    public static void Write(string line) => Console.Error.WriteLine(ForeignText.ShownLines(line));

    /// <summary>Writes each error of a configuration on a line of its own.</summary>
    public static void Write(SettingsException exception)
    {
        foreach (var line in exception.Lines)
        {
            // One error, one line, whatever a value in it holds.
            Write(line.ReplaceLineEndings(" "));
        }
    }
}
