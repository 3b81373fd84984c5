using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace ActorLoad.Hosting.Commands;

/// <summary>Man pages, made of the same descriptions as the help: one of the program, and one of each command.</summary>
internal static class ManPages
{
    private const string Program = "actorload";

    private static readonly string _version = typeof(ManPages).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The pages by the names of their files, such as <c>actorload-run.1</c>.</summary>
    public static IEnumerable<(string File, string Text)> Of(RootCommand root)
    {
        Command[] commands = [.. root.Subcommands.Where(command => !command.Hidden)];
        yield return ($"{Program}.1", OfProgram(root, commands));
        foreach (var command in commands)
        {
            yield return ($"{Program}-{command.Name}.1", OfCommand(command));
        }
    }

    private static string OfProgram(RootCommand root, Command[] commands)
    {
        var page = Page(Program, "make connection storms against servers of the Redis protocol", "[COMMAND] [OPTION]...");
        Section(page, "DESCRIPTION", root.Description!);
        page.Append(".SH COMMANDS\n");
        foreach (var command in commands)
        {
            Item(page, RootHelp.Taken(command), command.Description + $" See {Program}-{command.Name}(1).");
        }

        Options(page, root);
        page.Append(".SH FILES\n");
        Item(page, "/etc/actorload/daemon.conf", "The configuration of the daemon, where it is installed as a service.");
        Item(page, "/var/lib/actorload", "Its results.");
        page.Append(".SH ENVIRONMENT\n");
        Item(page, "ACTORLOAD__KEY", "Sets a key of the run, over its file: ACTORLOAD__CONNECTION__MAX_OPEN=100.");
        Item(page, "NO_COLOR", "If it is set, nothing is coloured.");
        return SeeAlso(page, commands.Select(command => $"{Program}-{command.Name}(1)"));
    }

    private static string OfCommand(Command command)
    {
        var taken = RootHelp.Taken(command);
        var summary = command.Description!.Split(". ")[0].TrimEnd('.');
        var page = Page($"{Program}-{command.Name}", char.ToLowerInvariant(summary[0]) + summary[1..], $"{taken} [OPTION]...");
        Section(page, "DESCRIPTION", command.Description!);
        if (command.Arguments.Count > 0)
        {
            page.Append(".SH ARGUMENTS\n");
            foreach (var argument in command.Arguments)
            {
                Item(page, argument.Name, argument.Description ?? "");
            }
        }

        Options(page, command);
        return SeeAlso(page, [$"{Program}(1)"]);
    }

    private static StringBuilder Page(string name, string summary, string taken) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $".TH {name.ToUpperInvariant()} 1 \"\" \"ActorLoad {_version}\" \"ActorLoad\"\n")
        .Append(CultureInfo.InvariantCulture, $".SH NAME\n{Escaped(name)} \\- {Escaped(summary)}\n")
        .Append(CultureInfo.InvariantCulture, $".SH SYNOPSIS\n.B {Program}\n{Escaped(taken)}\n");

    private static void Options(StringBuilder page, Command command)
    {
        page.Append(".SH OPTIONS\n");
        foreach (var option in command.Options.Where(option => !option.Hidden))
        {
            string[] names = [.. option.Aliases.Where(alias => alias.StartsWith('-')).Order(StringComparer.Ordinal), option.Name];
            Item(page, string.Join(", ", names) + (option.HelpName is { } value ? $" {value}" : ""), option.Description ?? "");
        }
    }

    private static void Section(StringBuilder page, string head, string text)
    {
        page.Append(CultureInfo.InvariantCulture, $".SH {head}\n");
        page.AppendJoin(".PP\n", text.ReplaceLineEndings("\n").Split("\n\n").Select(paragraph => $"{Escaped(paragraph.Trim())}\n"));
    }

    private static void Item(StringBuilder page, string head, string text) =>
        page.Append(CultureInfo.InvariantCulture, $".TP\n\\fB{Escaped(head)}\\fR\n{Escaped(text)}\n");

    private static string SeeAlso(StringBuilder page, IEnumerable<string> pages) =>
        page.Append(".SH SEE ALSO\n").AppendJoin(",\n", pages.Select(Escaped)).Append('\n').ToString();

    // A backslash, a hyphen, and a dot or quote at the beginning of a line mean something to troff.
    private static string Escaped(string text) => string.Join('\n', text
        .Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Split('\n')
        .Select(line => line.TrimStart()).Select(line => line.StartsWith('.') || line.StartsWith('\'') ? $"\\&{line}" : line));
}
