using System.CommandLine;
using System.CommandLine.Parsing;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Commands;

/// <summary>The errors of a command line, a sentence each, with the command or option that the user probably meant.</summary>
internal static class UsageErrors
{
    /// <summary>The sentences, without the program's name. Errors that only follow from an unknown name are left out.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand && parsed.UnmatchedTokens is [var name, ..])
        {
            return [Command(command, name)];
        }

        string[] unknown = [.. parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens.Select(token => token.Value))
            .Concat(parsed.UnmatchedTokens).Where(IsOption)];
        string[] extra = [.. parsed.UnmatchedTokens.Where(token => !IsOption(token))];
        string[] others = [.. parsed.Errors.Select(error => error.Message)
            .Where(message => !extra.Any(word => message.Contains($"'{word}'", StringComparison.Ordinal)))];
        return unknown.Length == 0
            ? [.. extra.Select(word => Extra(command, word)), .. others.Length > 0 ? [.. others, "see 'actorload --help'"] : others]
            : [.. unknown.Select(option => Option(command, option)), .. parsed.Errors.Where(IsOfValue).Select(error => error.Message)];
    }

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-';

    private static bool IsOfValue(ParseError error) =>
        (error.SymbolResult is ArgumentResult ? error.SymbolResult.Parent : error.SymbolResult) is OptionResult { Tokens.Count: > 0 };

    private static string Command(Command root, string name)
    {
        string[] known = [.. root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name)];
        return NearestKey.Find(name, known) is { } meant ? $"unknown command '{name}'; did you mean '{meant}'?"
            : name.EndsWith(".conf", StringComparison.Ordinal) || File.Exists(name)
                ? $"unknown command '{name}'; did you mean 'run {name}'?"
            : $"unknown command '{name}'; it is one of {string.Join(", ", known)}";
    }

    // A second file, or an option without its dashes.
    private static string Extra(Command command, string word) => $"unexpected argument '{word}'; "
        + (NearestKey.Find($"--{word}", Options(command)) is { } meant ? $"did you mean '{meant}'?"
            : $"'actorload {command.Name} --help' says what it takes");

    // The options of run stand alone too, beside those of the program.
    private static IEnumerable<string> Options(Command command) => command.Options
        .Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options
            .Where(option => option.Recursive || (option is VersionOption && command.Name == RootCommandLine.Usual))))
        .Where(option => !option.Hidden).Select(option => option.Name);

    private static string Option(Command command, string token)
    {
        var name = token.Split('=', ':')[0];
        return NearestKey.Find(name, Options(command)) is { } meant ? $"unknown option '{name}'; did you mean '{meant}'?"
            : command.Arguments.Count > 0 ? $"unknown option '{name}'; a file of that name is ./{token}"
            : $"unknown option '{name}'; 'actorload {command.Name} --help' lists all options";
    }
}
