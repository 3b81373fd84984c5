using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>The program's own help: each command with its arguments, optional ones in brackets. Commands use the parser's help.</summary>
/// <param name="ofCommands">The parser's help.</param>
internal sealed class RootHelp(SynchronousCommandLineAction ofCommands) : SynchronousCommandLineAction
{
    private const int Width = 80;
    private const int NameCells = 22;

    /// <summary>Replaces the parser's help.</summary>
    public static void AddTo(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new RootHelp((SynchronousCommandLineAction)help.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is not RootCommand root)
        {
            return ofCommands.Invoke(parseResult);
        }

        Console.Out.WriteLine(root.Description);
        Write("Usage", [("actorload [COMMAND] [OPTION]...", "")]);
        Write("Commands", root.Subcommands.Where(command => !command.Hidden).Select(command => (Taken(command), command.Description)));
        Write("Options", root.Options.Where(option => !option.Hidden).Select(option =>
            (string.Join(", ", [.. option.Aliases.Where(alias => alias[0] == '-').Order(), option.Name]), option.Description)));
        Console.Out.WriteLine("\n'actorload COMMAND --help' says more. The default command is run.");
        return ExitCodes.Done;
    }

    /// <summary>Such as <c>serve [FILE]...</c> and <c>monitor --port P</c>.</summary>
    internal static string Taken(Command command) => string.Join(' ',
    [
        command.Name,
        .. command.Options.Where(option => option.Required).Select(option => $"{option.Name} {option.HelpName}"),
        .. command.Arguments.Select(argument =>
            (argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name)
                + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")),
    ]);

    private static void Write(string head, IEnumerable<(string Name, string? Description)> rows)
    {
        Console.Out.WriteLine($"\n{head}:");
        foreach (var (name, description) in rows)
        {
            var lines = PageLine.Fold(Width, int.MaxValue, NameCells, ($"  {name}".PadRight(NameCells) + description, Look.Plain));
            Console.Out.WriteLine(string.Join('\n', lines.Select(line => line.Text)));
        }
    }
}
