using System.CommandLine;
using System.CommandLine.Parsing;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Runs;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Commands;

/// <summary>The arguments of <c>search</c>.</summary>
internal sealed class SearchOptions
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromHours(1);

    private readonly ConfigurationOptions _configuration = new();

    private readonly Option<SearchOf?> _of = new(SearchedLoad.Option)
    {
        CustomParser = Value,
        HelpName = "VALUE",
        Description = "connections, rate or population: that of the last phase of bursts, with a rate, or with a population. By default "
            + "that of the last phase.",
    };

    private readonly Option<string?> _from = new("--from")
    {
        HelpName = "N",
        Description = "The first value (that of the run file).",
    };

    private readonly Option<string?> _max = new("--max")
    {
        HelpName = "N",
        Description = "The highest value (what the run file allows: connection.max-open).",
    };

    private readonly Option<TimeSpan?> _for = DurationOption.Create(
        "--for", "1s", "30d", "End the search after this time, with what was found, 1s to 30d (1h).");

    /// <summary>Adds the options to the command.</summary>
    public void AddTo(Command command)
    {
        _configuration.AddWithoutLoadTo(command);
        _of.CompletionSources.Clear(); // the names as C# writes them
        _of.CompletionSources.Add([.. Enum.GetValues<SearchOf>().Select(of => of.Word())]);
        command.Add(_of);
        command.Add(_from);
        command.Add(_max);
        command.Add(_for);
    }

    /// <summary>The plan of a search; throws a <see cref="SettingsException"/> that lists every error.</summary>
    public SearchPlan Read(ParseResult parsed)
    {
        var errors = new List<SettingsError>();
        var layers = _configuration.Layers(parsed, errors);
        var written = ConfigurationOptions.LoadAll(layers, errors).Settings;
        if (written.Thresholds.IsEmpty)
        {
            errors.Add(new SettingsError(
                _configuration.File(parsed), null, "thresholds", "there are none, so every value would pass",
                "conditions such as thresholds = [\"success-ratio >= 0.999\", \"total.p99 <= 500ms\"]"));
        }

        if (SearchedLoad.Find(written, parsed.GetValue(_of), errors) is not { } load)
        {
            throw new SettingsException(errors);
        }

        var from = load.Read(_from.Name, parsed.GetValue(_from), errors);
        var most = load.Read(_max.Name, parsed.GetValue(_max), errors) ?? load.Most;
        if (from > most)
        {
            errors.Add(new SettingsError(_from.Name, null, "", $"{load.Number(from.Value)} is above the highest value, {load.Number(most)}",
                "a lower --from, or a higher --max"));
        }

        return errors.Count > 0 ? throw new SettingsException(errors)
            : new SearchPlan(load, Math.Min(from ?? load.Present, most), most, parsed.GetValue(_for) ?? UsualLimit, value =>
                ConfigLoader.Load([.. layers, load.Layer(value)], RunFiles.Named).Settings);
    }

    private static SearchOf? Value(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (SearchedLoad.Words.TryGetValue(text, out var of))
        {
            return of;
        }

        result.AddError($"{SearchedLoad.Option}: {text} cannot be searched; it is one of {string.Join(", ", SearchedLoad.Words.Keys)}");
        return null;
    }
}

/// <summary>A search to be carried out.</summary>
/// <param name="Load">What is changed.</param>
/// <param name="Start">The first value.</param>
/// <param name="Most">The highest value.</param>
/// <param name="Limit">The longest time.</param>
/// <param name="SettingsOf">The settings of a run with a value.</param>
internal sealed record SearchPlan(SearchedLoad Load, int Start, int Most, TimeSpan Limit, Func<int, RunSettings> SettingsOf);
