using System.CommandLine;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload compare RESULT RESULT...</c>: results side by side, each against the first. Opens files only.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var results = new Argument<string[]>("RESULT")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Directories that --out wrote, or their result.json; two or more. The first is the base.",
            CompletionSources = { context => PathCompletion.Results(context.WordToComplete) },
        };
        ConfigurationOptions.RefuseOptions(results);
        results.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1)
            {
                result.AddError($"compare: {result.Tokens[0].Value} alone cannot be compared; name two results or more");
            }
        });
        var options = new ComparisonOptions();
        var json = new Option<bool>("--json") { Description = "Print the comparison as JSON alone on stdout." };
        var markdown = new Option<bool>("--markdown") { Description = "Print it as Markdown, for a pull request." };
        var page = new Option<string?>("--report")
        {
            HelpName = "FILE",
            Description = "Write the runs over each other as one HTML file, too.",
        };
        var command = new Command(
            "compare", "Show results of runs side by side, and what is better or worse than chance. Exit code 3 if a --fail-if holds.");
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(markdown))
            {
                result.AddError("compare: --json and --markdown exclude each other");
            }
        });
        command.Add(results);
        options.AddTo(command, hasBaseline: false);
        command.Add(json);
        command.Add(markdown);
        command.Add(page);
        command.SetAction(async parsed =>
        {
            var errors = new List<SettingsError>();
            var stored = StoredResult.ReadAll(parsed.GetValue(results)!, errors);
            var conditions = options.Conditions(parsed, stored, errors);
            if (errors.Count > 0)
            {
                ErrorLines.Write(new SettingsException(errors));
                return ExitCodes.BadUsage;
            }

            var report = ComparisonReport.Of(stored[0], stored.Skip(1), conditions);
            Print(report, parsed.GetValue(json), parsed.GetValue(markdown));
            var isWritten = parsed.GetValue(page) is not { } file
                || await ReportCommand.TryWriteAsync(file, () => ReportFile.WriteAsync(RunsView.Of(report), file));
            return !isWritten ? ExitCodes.BadUsage : report.Fails ? ExitCodes.ThresholdNotMet : ExitCodes.Done;
        });
        return command;
    }

    private static void Print(ComparisonReport report, bool json, bool markdown)
    {
        if (json)
        {
            Console.Out.WriteLine(ComparisonJson.Of(report));
        }
        else if (markdown)
        {
            Console.Out.Write(ComparisonMarkdown.Of(report));
        }
        else
        {
            ComparisonTables.Write(Look.Console(Console.Out, Console.IsOutputRedirected), report);
        }
    }
}
