using System.CommandLine;
using System.CommandLine.Invocation;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>The whole command line.</summary>
internal static class RootCommandLine
{
    /// <summary>The command that need not be named.</summary>
    public const string Usual = "run";

    private const string Description = """
        ActorLoad makes connection storms: bursts of short-lived connections to a
        Redis-protocol server, and says what happened to each.

        With no command it storms a server that it brings along, for ten seconds.

        Exit codes: 0 done and every threshold met, 1 unexpected error, 2 bad usage or
        configuration, 3 a threshold was not met, its figures cannot be believed, or a
        --fail-if holds (doctor: the run would lose connections; search: no value
        passed), 4 the run was aborted (the target is down), 130 interrupted.
        """;

    /// <summary>The arguments with their command: <c>actorload</c> alone is the quick run, and <c>actorload --cps 8000 --durs 20</c> works
    /// like the ancestor's flags.</summary>
    public static string[] WithCommand(string[] args) =>
        args.Length == 0 || (args[0].StartsWith('-') && args[0] is not ("-h" or "-?" or "--help" or "--version")) ? [Usual, .. args] : args;

    /// <summary>Parses the arguments, which begin with a command, and carries it out; returns the exit code.</summary>
    public static async Task<int> InvokeAsync(string[] args, TimeProvider time)
    {
        var root = Create(time);
        if (Completion.IsAsked(args))
        {
            foreach (var word in Completion.Answer(root, args))
            {
                Console.Out.WriteLine(word);
            }

            return ExitCodes.Done;
        }

        var parsed = Parse(root, args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var sentence in UsageErrors.Of(parsed))
            {
                ErrorLines.Write($"actorload: {sentence}");
            }

            return ExitCodes.BadUsage;
        }

        try
        {
            // Each command handles signals itself: StopSignals.
            return await parsed.InvokeAsync(
                new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception)
        {
            ErrorLines.Write(ResourceFailures.Sentence(exception) ?? $"actorload: unexpected error: {exception}");
            return ExitCodes.Error;
        }
    }

    /// <summary>Parses: "@name" is a plain value here, not a file of further arguments; "-abc" is never three options.</summary>
    internal static ParseResult Parse(RootCommand root, string[] args) =>
        root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });

    /// <summary>All commands.</summary>
    internal static RootCommand Create(TimeProvider time)
    {
        var root = new RootCommand(Description);
        var run = RunCommand.Create(time);
        root.Action = run.Action; // without it an unknown command would also report "no command"
        root.Add(run);
        root.Add(ServeCommand.Create(time));
        root.Add(ConfigCommand.Create());
        root.Add(DoctorCommand.Create(time));
        root.Add(TargetCommand.Create(time));
        root.Add(MonitorCommand.Create(time));
        root.Add(ReportCommand.Create());
        root.Add(CompareCommand.Create());
        root.Add(SearchCommand.Create(time));
        root.Add(CompletionCommand.Create());
        root.Add(ManualCommand.Create(root));
        RootHelp.AddTo(root);
        return root;
    }
}
