namespace ActorLoad.Hosting.Terminal;

/// <summary>Lines for stderr: what is wrong, one a line.</summary>
internal static class ErrorLines
{
    /// <summary>Writes one line.</summary>
    public static void Write(string line) => Console.Error.WriteLine(line);

    /// <summary>Writes each error of a configuration on a line of its own.</summary>
    public static void Write(ActorLoad.Runs.Configuration.SettingsException exception)
    {
        foreach (var line in exception.Lines)
        {
            // One error, one line, whatever a value in it holds.
            Write(line.ReplaceLineEndings(" "));
        }
    }
}
