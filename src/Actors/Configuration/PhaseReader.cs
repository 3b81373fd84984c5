using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Load;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>load</c>, each element over <c>phase-defaults</c>.</summary>
internal sealed class PhaseReader(
    SettingsSchema schema, HoconObject reference, SettingsProblems problems, KeysRead keysRead, NamedFiles? files)
{
    private const int MaxPhases = 1000;
    private const int MaxBursts = 1_000_000;
    private const string Count = "count";
    private const string Duration = "duration";

    /// <summary>The phases; empty if none is usable.</summary>
    public ImmutableArray<PhaseSettings> Read(SettingsReader settings, HoconObject conformed)
    {
        var defaults = (HoconObject)conformed.Fields[SettingsSchema.PhaseDefaults];
        _ = ReadPhase(
            defaults, $"{SettingsProblems.Root}.{SettingsSchema.PhaseDefaults}", key => defaults.Fields[key].Origin.Order > 0, null,
            out var shownDefaults);
        settings.Json[SettingsSchema.PhaseDefaults] = shownDefaults;
        return ReadList(settings, defaults, "load", $"{SettingsProblems.Root}.load", 0);
    }

    /// <summary>The phases of one fleet.</summary>
    /// <param name="settings">The object that has them as <c>load</c>.</param>
    /// <param name="defaults">What a phase does not write.</param>
    /// <param name="key">The path of the list, as <c>--set</c> names it.</param>
    /// <param name="place">The same for messages.</param>
    /// <param name="fleet">Number of the fleet.</param>
    public ImmutableArray<PhaseSettings> ReadList(SettingsReader settings, HoconObject defaults, string key, string place, int fleet)
    {
        var list = new JsonArray();
        settings.Json["load"] = list;
        if (settings.Items("load", "a list of phases such as [ { connections = 5 } ]") is not { } elements)
            return [];
        if (elements.Count is 0 or > MaxPhases)
            settings.Problem("load", $"{elements.Count} phases", $"1 to {MaxPhases}");

        var phases = ImmutableArray.CreateBuilder<PhaseSettings>();
        for (var index = 0; index < Math.Min(elements.Count, MaxPhases); index++)
        {
            var path = $"{place}[{index}]";
            var written = elements[index] as HoconObject;
            var element = schema.Conform(reference, defaults, elements[index], path);
            var number = (fleet * MaxPhases) + index;
            var phase = ReadPhase(element, path, own => written?.Fields.ContainsKey(own) == true, number, out var shown);
            list.Add(shown);
            if (phase is not null)
                phases.Add(phase with { Path = $"{key}.{index}" });
        }

        return phases.ToImmutable();
    }

    // Without an index these are the defaults, whose keys may belong to any shape.
    private PhaseSettings? ReadPhase(HoconObject fields, string path, Func<string, bool> isWritten, int? index, out JsonObject shown)
    {
        shown = [];
        var reader = new SettingsReader(fields, path, SettingsSchema.PhaseDefaults, shown, problems, keysRead, files);
        var name = reader.Text("name", NameProblem);
        var shape = reader.Choice<LoadShape>("shape");
        var repeat = reader.Integer("repeat", 1, 1_000_000);
        var bursts = ReadBursts(reader, fields, isWritten, name ?? "", shape ?? LoadShape.Bursts, shown);
        var paced = new ShapeReader(reader, fields);
        if (index is not { } number || shape is not { } known || name is null || repeat is not { } times)
            return null;
        ShapeKeys.RefuseOthers(reader, known, isWritten);
        PhaseSettings? phase = known == LoadShape.Bursts ? bursts.Settings
            : paced.Read(name, known, number, (bursts.Connections, bursts.Duration), files);
        ShapeKeys.HideOthers(shown, known);
        if (known == LoadShape.Population && times > 1)
            reader.Problem("repeat", "a population that begins again while its connections are open", "repeat = 1, and a longer duration");
        return phase is null ? null : phase with { Repeat = times };
    }

    private static (BurstSettings? Settings, int? Connections, TimeSpan? Duration) ReadBursts(
        SettingsReader reader, HoconObject fields, Func<string, bool> isWritten, string name, LoadShape shape, JsonObject shown)
    {
        var connections = reader.Integer("connections", 1, 1_000_000);
        var gap = reader.Duration("gap", "0s", "1d");
        var duration = reader.Duration(Duration, "1ms", "30d");
        var count = reader.Integer(Count, 0, MaxBursts);
        var pacing = reader.Choice<Pacing>("pacing");

        var counted = shape == LoadShape.Bursts && count > 0;
        if (counted && isWritten(Duration) && !isWritten(Count))
            counted = false;
        if (counted && isWritten(Duration))
            counted = Settle(reader, fields);
        // Only one of the two is shown, so that the shown text can be loaded again.
        shown.Remove(counted ? Duration : Count);

        if (connections is not { } many || gap is not { } wait || duration is not { } whole || count is null || pacing is not { } from)
            return (null, connections, duration);
        if (shape == LoadShape.Bursts && !counted && from == Pacing.Fixed)
            CheckFixed(reader, wait, whole);
        return (new BurstSettings(name, many, wait, whole, counted ? count : null, from), many, whole);
    }

    /// <summary>Both were written: an option beats a file, otherwise it is a contradiction. True if the count is valid.</summary>
    private static bool Settle(SettingsReader reader, HoconObject fields)
    {
        var (count, duration) = (fields.Fields[Count].Origin, fields.Fields[Duration].Origin);
        if (count.IsOption == duration.IsOption)
            reader.Contradiction(Count, Duration, "count and duration in one phase",
                "one of them: a number of bursts, or the time in which they begin");
        return count.IsOption || !duration.IsOption;
    }

    private static void CheckFixed(SettingsReader reader, TimeSpan gap, TimeSpan duration)
    {
        if (gap == TimeSpan.Zero)
            reader.Contradiction("gap", "pacing", "pacing = fixed with gap = 0s and a duration has no end of bursts",
                "a longer gap, a count, or pacing = after-burst");
        else if (duration / gap > MaxBursts)
            reader.Contradiction("gap", Duration, $"duration / gap makes more than {MaxBursts} bursts",
                "a longer gap, a shorter duration, or a count");
    }

    private static (string Problem, string Allowed)? NameProblem(string name) =>
        name.Length is 0 or > 100 || name.Any(char.IsControl) ? ("not a name", "1 to 100 characters on one line") : null;
}
