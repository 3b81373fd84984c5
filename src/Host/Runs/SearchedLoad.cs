using System.Collections.Immutable;
using System.Globalization;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Load;

namespace ActorLoad.Hosting.Runs;

/// <summary>What a search changes from probe to probe.</summary>
internal enum SearchOf
{
    /// <summary><c>connections</c> of each phase of bursts.</summary>
    Connections,

    /// <summary><c>rate</c> of the last phase with that shape.</summary>
    Rate,
}

/// <summary>The phases of a run whose value is searched.</summary>
/// <param name="Of">The value.</param>
/// <param name="Phases">Their places in <c>load</c>; at least one.</param>
/// <param name="Present">Their value in the run file, at least 1: the smallest of several, a rate per second without its fraction.</param>
/// <param name="Most">The highest value of a probe: <c>connection.max-open</c>, or the highest rate that a run file can have there.</param>
/// <param name="IsOneBurst">True if a run is a single burst.</param>
internal sealed record SearchedLoad(SearchOf Of, ImmutableArray<int> Phases, int Present, int Most, bool IsOneBurst = false)
{
    /// <summary>The option that names the value.</summary>
    public const string Option = "--of";

    /// <summary>The word of the value.</summary>
    public string Word => Of == SearchOf.Rate ? "rate" : "connections";

    /// <summary>The phases that can be changed; null with an error if there are none.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="of">The value; null takes that of the last phase.</param>
    /// <param name="errors">Gets the error.</param>
    public static SearchedLoad? Find(RunSettings settings, SearchOf? of, List<SettingsError> errors)
    {
        var load = settings.Load;
        var wanted = of ?? (load[^1].Shape == LoadShape.Rate ? SearchOf.Rate : SearchOf.Connections);
        var (rate, bursts) = (load.LastOrDefault(phase => phase.Shape == LoadShape.Rate), load.OfType<BurstSettings>().ToArray());
        if (wanted == SearchOf.Rate && rate is PacedSettings paced)
        {
            var arrivals = paced.Arrivals;
            var most = Math.Min(UnitText.HighestRate, int.MaxValue / arrivals.Duration.TotalSeconds);
            return new SearchedLoad(wanted, [load.LastIndexOf(rate)], Math.Max(1, (int)arrivals.Peak), Math.Max(1, (int)most));
        }

        if (wanted == SearchOf.Connections && bursts.Length > 0)
        {
            return new SearchedLoad(
                wanted, [.. load.Index().Where(phase => phase.Item is BurstSettings).Select(phase => phase.Index)],
                bursts.Min(phase => phase.Connections), settings.Connection.MaxOpen, load is [BurstSettings { Count: 1, Repeat: 1 }]);
        }

        var there = string.Join(", ", load.Select(phase => phase.Shape.Word()).Distinct());
        var missing = of is null ? "bursts or rate" : wanted == SearchOf.Rate ? "rate" : "bursts";
        var other = of is null || (rate is null && bursts.Length == 0) ? ""
            : $"{Option} {(wanted == SearchOf.Rate ? "connections" : "rate")}, or ";
        errors.Add(new SettingsError(
            Option, null, "load", $"no phase has shape = {missing}, and no other shape ({there}) has one value to be searched",
            $"{other}a phase with shape = {missing}"));
        return null;
    }

    /// <summary>The settings of a probe, over those of the run.</summary>
    /// <param name="value">The value.</param>
    /// <param name="source">What errors name as the source.</param>
    public IEnumerable<OverrideLayer> Layers(int value, string source = Option)
    {
        var number = value.ToString(CultureInfo.InvariantCulture);
        return Phases.Select(phase => new OverrideLayer(
            source, string.Create(CultureInfo.InvariantCulture, $"load.{phase}.{Word}"), Of == SearchOf.Rate ? $"{number}/s" : number));
    }

    /// <summary>A value in words: <c>3,200 connections in one burst</c>, <c>500/s</c>.</summary>
    public string Words(int value) => Of == SearchOf.Rate ? Number(value)
        : $"{Figures.Count(value)} {(value == 1 ? "connection" : "connections")} in {(IsOneBurst ? "one" : "each")} burst";

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

        var unit = Of == SearchOf.Rate ? ", connections per second" : ", which is connection.max-open";
        errors.Add(new SettingsError(
            option, null, "", $"\"{text}\" is not a value of {Word}", $"a whole number from 1 to {Figures.Count(Most)}{unit}"));
        return null;
    }
}
