using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;

namespace ActorLoad.Hosting.Commands;

/// <summary>Answers a shell that completes a command line: <c>actorload [suggest:POSITION] "LINE"</c>, which the scripts of
/// <see cref="CompletionCommand"/> call. Only parses; opens and starts nothing.</summary>
internal static class Completion
{
    private const string Directive = "[suggest";

    /// <summary>True if the arguments are such a question.</summary>
    public static bool IsAsked(string[] args) => args is [var first, _] && first.StartsWith(Directive, StringComparison.Ordinal);

    /// <summary>What the word at the cursor can become, the whole word each.</summary>
    /// <param name="root">The command line.</param>
    /// <param name="args">The question.</param>
    public static IEnumerable<string> Answer(RootCommand root, string[] args)
    {
        var digits = args[0][Directive.Length..].Trim(':', ']');
        var line = int.TryParse(digits, out var position) && position < args[1].Length ? args[1][..position] : args[1];
        string[] words = [.. CommandLineParser.SplitCommandLine(line).Skip(1)];
        var begun = words.Length > 0 && !char.IsWhiteSpace(line[^1]) ? words[^1] : "";
        string[] before = begun.Length > 0 ? words[..^1] : words;
        return Of(root, before, begun).Where(word => word.StartsWith(begun, StringComparison.Ordinal)).Distinct();
    }

    private static IEnumerable<string> Of(RootCommand root, string[] before, string begun)
    {
        string[] args = before.Length == 0 && !begun.StartsWith('-') ? [begun] : RootCommandLine.WithCommand([.. before, begun]);
        var parsed = RootCommandLine.Parse(root, args[..^1]);
        var context = RootCommandLine.Parse(root, args).GetCompletionContext();
        var command = parsed.CommandResult.Command;
        if (before is [.., var last] && OptionOf(command, last) is { } option && option.Arity.MaximumNumberOfValues > 0
            && !(option.Arity.MinimumNumberOfValues == 0 && begun.StartsWith('-')))
        {
            return ValuesOf(option.CompletionSources, context);
        }

        if (begun.StartsWith('-') && begun.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
        {
            return OptionOf(command, begun[..equals]) is { } named
                ? ValuesOf(named.CompletionSources, context).Select(value => $"{begun[..(equals + 1)]}{value}") : [];
        }

        return begun.StartsWith('-') ? Options(parsed, command)
            : command is RootCommand ? root.Subcommands.Where(each => !each.Hidden).Select(each => each.Name)
            : ArgumentAt(parsed, command) is { } argument ? ValuesOf(argument.CompletionSources, context) : [];
    }

    // An option that may be given once, and was, is not offered again.
    private static IEnumerable<string> Options(ParseResult parsed, Command command) => All(command)
        .Where(option => !option.Hidden)
        .Where(option => option.Arity.MaximumNumberOfValues > 1 || parsed.GetResult(option) is null or { Implicit: true })
        .Select(option => option.Name);

    private static IEnumerable<Option> All(Command command) => command.Options
        .Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)));

    private static Option? OptionOf(Command command, string name) =>
        All(command).FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    private static Argument? ArgumentAt(ParseResult parsed, Command command) => command.Arguments.FirstOrDefault(argument =>
        (parsed.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MaximumNumberOfValues);

    private static IEnumerable<string> ValuesOf(
        IEnumerable<Func<CompletionContext, IEnumerable<CompletionItem>>> sources, CompletionContext context) =>
        sources.SelectMany(source => source(context)).Select(item => item.Label);
}
