using System.CommandLine;
using System.CommandLine.Parsing;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload completion bash|zsh|fish</c>: prints the script with which that shell completes command lines.</summary>
internal static class CompletionCommand
{
    public const string Name = "completion";

    private static readonly string[] _shells = ["bash", "zsh", "fish"];

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL")
        {
            Description = "bash, zsh or fish.",
            CompletionSources = { _shells },
        };
        shell.Validators.Add(Check);
        var command = new Command(Name, "Print the script with which a shell completes commands, options, files and keys.")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            Console.Out.Write(Script(parsed.GetValue(shell)!));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Script(string shell)
    {
        var name = $"ActorLoad.completion.{shell}";
        using var stream = typeof(CompletionCommand).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the program was built without {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Check(ArgumentResult result)
    {
        if (result.Tokens is [{ Value: var word }] && !_shells.Contains(word))
        {
            result.AddError(NearestKey.Find(word, _shells) is { } meant ? $"unknown shell '{word}'; did you mean '{meant}'?"
                : $"unknown shell '{word}'; it is one of {string.Join(", ", _shells)}");
        }
    }
}
