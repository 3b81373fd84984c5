using System.Collections.Immutable;
using System.Globalization;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Load;

namespace ActorLoad.Hosting.Runs;

/// <summary>What a search changes from probe to probe.</summary>
internal enum SearchOf
{
    /// <summary><c>connections</c> of the last phase of bursts.</summary>
    Connections,

    /// <summary><c>rate</c> of the last phase with that shape.</summary>
    Rate,
}

/// <summary>The phase of a run whose value is searched.</summary>
/// <param name="Of">The value.</param>
/// <param name="Phase">Its place in <c>load</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Present">Its value in the run file, at least 1; of a rate the whole connections per second.</param>
/// <param name="Most">The highest value of a probe: <c>connection.max-open</c>, or the highest rate that a run file can have there.</param>
/// <param name="IsOneBurst">True if the phase is a single burst.</param>
internal sealed record SearchedLoad(SearchOf Of, int Phase, string Name, int Present, int Most, bool IsOneBurst = false)
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
        var (rate, bursts) = (load.LastOrDefault(phase => phase.Shape == LoadShape.Rate), load.OfType<BurstSettings>().LastOrDefault());
        if (wanted == SearchOf.Rate && rate is PacedSettings { Arrivals: var arrivals })
        {
            var most = Math.Min(UnitText.HighestRate, int.MaxValue / arrivals.Duration.TotalSeconds);
            return new SearchedLoad(wanted, Place(rate), rate.Name, Math.Max(1, (int)arrivals.Peak), Math.Max(1, (int)most));
        }

        if (wanted == SearchOf.Connections && bursts is not null)
        {
            return new SearchedLoad(
                wanted, Place(bursts), bursts.Name, bursts.Connections, settings.Connection.MaxOpen, bursts is { Count: 1, Repeat: 1 });
        }

        var there = string.Join(", ", load.Select(phase => phase.Shape.Word()).Distinct());
        var missing = of is null ? "bursts or rate" : wanted == SearchOf.Rate ? "rate" : "bursts";
        var other = of is null || (rate is null && bursts is null) ? ""
            : $"{Option} {(wanted == SearchOf.Rate ? "connections" : "rate")}, or ";
        errors.Add(new SettingsError(
            Option, null, "load", $"no phase has shape = {missing}, and no other shape ({there}) has one value to be searched",
            $"{other}a phase with shape = {missing}"));
        return null;

        // Phases can be equal, but not the same.
        int Place(PhaseSettings searched) => load.Index().First(phase => ReferenceEquals(phase.Item, searched)).Index;
    }

    /// <summary>The setting of a probe, over those of the run.</summary>
    public OverrideLayer Layer(int value)
    {
        var number = value.ToString(CultureInfo.InvariantCulture);
        return new OverrideLayer(
            Option, string.Create(CultureInfo.InvariantCulture, $"load.{Phase}.{Word}"), Of == SearchOf.Rate ? $"{number}/s" : number);
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
