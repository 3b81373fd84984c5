using System.CommandLine;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload config [FILE]</c>: what a run with the same arguments would do, secrets masked.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var command = new Command("config", "Print the merged configuration of a run, secrets masked; opens nothing.");
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            try
            {
                var loaded = options.Load(parsed);
                Console.Out.WriteLine(loaded.ToHocon().TrimEnd());
                foreach (var line in PlanPicture.Of(loaded.Settings))
                {
                    Console.Out.WriteLine($"# {line}".TrimEnd());
                }

                return ExitCodes.Done;
            }
            catch (SettingsException exception)
            {
                ErrorLines.Write(exception);
                return ExitCodes.BadUsage;
            }
        });
        return command;
    }
}
