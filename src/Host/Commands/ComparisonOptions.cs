using System.CommandLine;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Reports;

namespace ActorLoad.Hosting.Commands;

/// <summary>What <c>compare</c> and <c>run --baseline</c> have in common.</summary>
internal sealed class ComparisonOptions
{
    private readonly Option<string[]> _failIf = new(FailIf.Option)
    {
        HelpName = "CONDITION",
        Description = "Exit code 3 if it holds, such as \"connect.p99 > +10%\": the change against the first result. May be repeated.",
    };

    private readonly Option<string?> _baseline = new("--baseline")
    {
        HelpName = "DIR",
        Description = "Compare the result with that of an earlier run, as `compare` does.",
        CompletionSources = { context => PathCompletion.Results(context.WordToComplete) },
    };

    /// <summary>Adds the condition to a command, and the baseline to <c>run</c>.</summary>
    public void AddTo(Command command, bool hasBaseline)
    {
        command.Add(_failIf);
        if (hasBaseline)
        {
            command.Add(_baseline);
        }
    }

    /// <summary>The baseline of a run, and its conditions; null without one.</summary>
    public Baseline? Baseline(ParseResult parsed, List<SettingsError> errors)
    {
        if (parsed.GetValue(_baseline) is not { } path)
        {
            if (parsed.GetValue(_failIf) is { Length: > 0 })
            {
                errors.Add(new SettingsError(FailIf.Option, null, "", "there is nothing to compare the run with", "add --baseline DIR"));
            }

            return null;
        }

        var stored = StoredResult.ReadAll([path], errors);
        var conditions = Conditions(parsed, stored, errors);
        return stored is [var baseline] ? new Baseline(baseline, conditions) : null;
    }

    /// <summary>The conditions on results. A metric of an unreadable result is unknown, too: its error tells why.</summary>
    public IReadOnlyList<FailIf> Conditions(ParseResult parsed, IReadOnlyList<StoredResult> results, List<SettingsError> errors)
    {
        var numbers = results.Select(result => result.Numbers).ToList();
        var conditions = new List<FailIf>();
        foreach (var text in parsed.GetValue(_failIf) ?? [])
        {
            if (!FailIf.TryParse(text, out var condition, out var problem, out var allowed))
            {
                errors.Add(new SettingsError(FailIf.Option, null, "", problem, allowed));
            }
            else if (!ResultNumbers.IsKnown(condition.Metric, numbers))
            {
                errors.Add(new SettingsError(FailIf.Option, null, condition.Metric, "unknown metric", Known(condition.Metric, numbers)));
            }
            else
            {
                conditions.Add(condition);
            }
        }

        return conditions;
    }

    private static string Known(string metric, IEnumerable<ResultNumbers> numbers) =>
        ResultNumbers.Nearest(metric, numbers) is { } meant ? $"did you mean \"{meant}\"?"
            : "it is success-ratio, a count such as failed, <step>.<statistic> such as connect.p99, or a path of result.json";
}
