using System.CommandLine;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>Hidden: <c>actorload manual DIR</c> writes the man pages of the program, for its packages.</summary>
internal static class ManualCommand
{
    /// <param name="root">The whole command line.</param>
    public static Command Create(RootCommand root)
    {
        var directory = new Argument<string>("DIR") { Description = "Where to write them; made if it is missing." };
        var command = new Command("manual", "Write the man pages to a directory.") { Hidden = true };
        command.Add(directory);
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(directory)!;
            try
            {
                Directory.CreateDirectory(path);
                foreach (var (name, text) in ManPages.Of(root))
                {
                    File.WriteAllText(Path.Combine(path, name), text);
                }

                return ExitCodes.Done;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                ErrorLines.Write($"actorload manual: {path} cannot be written: {exception.Message}");
                return ExitCodes.Error;
            }
        });
        return command;
    }
}
