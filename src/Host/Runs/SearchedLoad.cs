using System.Collections.Immutable;
using System.Globalization;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Runs;

/// <summary>What a search changes from probe to probe: a value of the last phase that has it.</summary>
internal enum SearchOf
{
    /// <summary><c>connections</c> of a phase of bursts.</summary>
    Connections,

    /// <summary><c>rate</c> of a phase with that shape.</summary>
    Rate,

    /// <summary><c>connections</c> of a population.</summary>
    Population,
}

/// <summary>The phase of a run whose value is searched.</summary>
/// <param name="Of">The value.</param>
/// <param name="Path">Its place, as <c>--set</c> names it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Present">Its value in the run file, at least 1; of a rate the whole connections per second.</param>
/// <param name="Most">The highest value of a probe.</param>
/// <param name="Bound">What sets that, such as <c>connection.max-open</c>.</param>
/// <param name="IsOneBurst">True if the phase is a single burst.</param>
internal sealed record SearchedLoad(SearchOf Of, string Path, string Name, int Present, int Most, string Bound, bool IsOneBurst = false)
{
    private const string MaxOpen = "connection.max-open";

    /// <summary>The option that names the value.</summary>
    public const string Option = "--of";

    /// <summary>The values that can be named.</summary>
    public static readonly ImmutableSortedDictionary<string, SearchOf> Words = Enum.GetValues<SearchOf>()
        .ToImmutableSortedDictionary(Named, of => of, StringComparer.Ordinal);

    /// <summary>The word of the value.</summary>
    public string Word => Named(Of);

    /// <summary>The value that can be changed; null with an error if no phase has it.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="of">The value; null takes that of the last phase.</param>
    /// <param name="errors">Gets the error.</param>
    public static SearchedLoad? Find(RunSettings settings, SearchOf? of, List<SettingsError> errors)
    {
        var load = settings.Load;
        var values = settings.Fleets.SelectMany(fleet => fleet.Load.Select(phase => ValueOf(phase, fleet.Connection.MaxOpen))).ToArray();
        if ((of is null ? values[^1] : values.LastOrDefault(value => value?.Of == of)) is { } found)
        {
            return found;
        }

        var there = string.Join(", ", load.Select(phase => phase.Shape.Word()).Distinct());
        var others = values.OfType<SearchedLoad>().Select(value => $"{Option} {value.Word}, or ").Distinct();
        var (shapes, remedy) = of is { } wanted ? (Shape(wanted).Word(), $"a phase with shape = {Shape(wanted).Word()}")
            : ("bursts, rate or population", "a last phase with one of these shapes");
        errors.Add(new SettingsError(
            Option, null, "load",
            $"{(of is null ? "the last phase has no" : "no phase has")} shape = {shapes}, whose value can be searched; here are {there}",
            string.Concat(others) + remedy));
        return null;
    }

    /// <summary>The setting of a probe, over those of the run.</summary>
    public OverrideLayer Layer(int value)
    {
        var (key, text) = Of == SearchOf.Rate ? ("rate", $"{Plain(value)}/s") : ("connections", Plain(value));
        return new OverrideLayer(Option, $"{Path}.{key}", text);
    }

    /// <summary>A value in words: <c>3,200 connections in one burst</c>, <c>500/s</c>.</summary>
    public string Tell(int value) => Of == SearchOf.Rate ? Number(value)
        : $"{Figures.Count(value)} {(value == 1 ? "connection" : "connections")} "
        + (Of == SearchOf.Population ? "kept open" : IsOneBurst ? "in one burst" : "in each burst");

    /// <summary>A value without its noun: <c>3,200</c>, <c>500/s</c>.</summary>
    public string Number(int value) => Of == SearchOf.Rate ? $"{Figures.Count(value)}/s" : Figures.Count(value);

    /// <summary>Reads a value: a whole number, for a rate also <c>500/s</c>. Null with an error if it is none.</summary>
    public int? Read(string option, string? text, List<SettingsError> errors)
    {
        if (text is null)
        {
            return null;
        }

        var digits = Of == SearchOf.Rate && text.EndsWith("/s", StringComparison.Ordinal) ? text[..^2].TrimEnd() : text;
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= Most)
        {
            return value;
        }

        errors.Add(new SettingsError(
            option, null, "", $"\"{text}\" is not a value of {Word}", $"a whole number from 1 to {Figures.Count(Most)}, which is {Bound}"));
        return null;
    }

    private static SearchedLoad? ValueOf(PhaseSettings phase, int maxOpen) => phase switch
    {
        BurstSettings bursts => new SearchedLoad(
            SearchOf.Connections, phase.Path, phase.Name, bursts.Connections, maxOpen, MaxOpen, bursts is { Count: 1, Repeat: 1 }),
        PacedSettings { Population: not null } paced => OfPopulation(paced, maxOpen),
        PacedSettings { Shape: LoadShape.Rate, Arrivals: var arrivals } => new SearchedLoad(
            SearchOf.Rate, phase.Path, phase.Name, Math.Max(1, (int)arrivals.Peak), MostPerSecond(arrivals.Duration),
            "the highest rate of a phase of that duration"),
        _ => null,
    };

    // It must have opened before its phase ends.
    private static SearchedLoad OfPopulation(PacedSettings phase, int maxOpen)
    {
        var opened = Math.Floor(phase.Arrivals.Peak * phase.Duration.TotalSeconds);
        return new SearchedLoad(
            SearchOf.Population, phase.Path, phase.Name, phase.Population!.Connections, (int)Math.Max(1, Math.Min(maxOpen, opened)),
            opened < maxOpen ? "what open-rate opens in the duration" : MaxOpen);
    }

    // A phase has at most so many connections as an int can number.
    private static int MostPerSecond(TimeSpan duration) =>
        (int)Math.Max(1, Math.Min(UnitText.HighestRate, int.MaxValue / duration.TotalSeconds));

    private static LoadShape Shape(SearchOf of) => of switch
    {
        SearchOf.Rate => LoadShape.Rate,
        SearchOf.Population => LoadShape.Population,
        _ => LoadShape.Bursts,
    };

    private static string Named(SearchOf of) => of.ToString().ToLowerInvariant();

    private static string Plain(int value) => value.ToString(CultureInfo.InvariantCulture);
}
