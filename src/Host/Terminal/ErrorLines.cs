using ActorLoad.Configuration;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Error lines for stderr, without control characters that a terminal would obey.</summary>
internal static class ErrorLines
{
    /// <summary>Writes one line, or several.</summary>
    public static void Write(string line) => Console.Error.WriteLine(ForeignText.ShownLines(line));

    /// <summary>Writes each error of a configuration on a line of its own.</summary>
    public static void Write(SettingsException exception)
    {
        foreach (var line in exception.Lines)
        {
            // One line for each error, even if a value in it has line breaks.
            Write(line.ReplaceLineEndings(" "));
        }
    }
}
