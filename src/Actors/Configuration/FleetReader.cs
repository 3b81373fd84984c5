using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ActorLoad.Configuration.Hocon;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>fleets</c>: each element over the keys of the whole run.</summary>
/// <param name="schema">Compares keys with the reference.</param>
/// <param name="reference">The reference's keys of the run.</param>
/// <param name="phases">Reads the phases of each fleet.</param>
/// <param name="problems">Takes problems.</param>
/// <param name="mostOpen">Most that <c>connection.max-open</c> can be.</param>
internal sealed class FleetReader(
    SettingsSchema schema, HoconObject reference, PhaseReader phases, SettingsProblems problems, int mostOpen)
{
    /// <summary>The key of the list.</summary>
    public const string Key = "fleets";

    private const string Name = "name";
    private const int Most = 16;

    private static readonly string[] Parts = ["target", "load", "connection", "supervision"];

    /// <summary>The fleets; empty if the run file names none.</summary>
    public ImmutableArray<FleetSettings> Read(SettingsReader settings, HoconObject conformed)
    {
        var shown = new JsonArray();
        settings.Json[Key] = shown;
        if (settings.Items(Key, "a list of fleets such as [ { name = web, load = [ { connections = 5 } ] } ]") is not { } elements)
            return [];
        if (elements.Count > Most)
            settings.Problem(Key, $"{elements.Count} fleets", $"at most {Most}");

        var known = Only(reference, reference.Origin);
        var phaseDefaults = (HoconObject)conformed.Fields[SettingsSchema.PhaseDefaults];
        var fleets = ImmutableArray.CreateBuilder<FleetSettings>();
        for (var index = 0; index < Math.Min(elements.Count, Most); index++)
        {
            var path = $"{SettingsProblems.Root}.{Key}[{index}]";
            var fields = schema.Conform(known, Only(conformed, elements[index].Origin), elements[index], path);
            var reader = settings.OfItem(Key, fields, path);
            shown.Add(reader.Json);
            var name = reader.Text(Name, text => NameProblem(text, fleets));
            var target = TargetReader.Read(reader.Section("target"));
            var hasOwn = (elements[index] as HoconObject)?.Fields.ContainsKey("load") == true;
            var load = phases.ReadList(reader, phaseDefaults, hasOwn ? $"{Key}.{index}.load" : "load", $"{path}.load", index);
            var keysOfConnection = reader.Section("connection");
            var connection = ConnectionReader.Read(keysOfConnection, schema, problems, mostOpen, name ?? "");
            PoolReader.Check(keysOfConnection, connection.Pool, load);
            var supervision = SupervisionReader.Read(reader.Section("supervision"));
            fleets.Add(new FleetSettings(name ?? "", target, load, connection, supervision));
        }

        if (fleets.Any(fleet => fleet.Target.IsEmbedded) && !fleets.All(fleet => fleet.Target.IsEmbedded))
            settings.Problem(Key, "\"embedded\" in one fleet and other endpoints in another", "\"embedded\" in all, or in none");
        return fleets.ToImmutable();
    }

    /// <summary>The keys that a fleet can have, from those of a run.</summary>
    public static HoconObject KeysOf(HoconObject run) => Only(run, run.Origin);

    // The keys that a fleet can have. A missing name is a mistake of the element.
    private static HoconObject Only(HoconObject run, HoconOrigin element)
    {
        var only = new HoconObject(run.Origin);
        only.Put(Name, new HoconScalar(element, "", true));
        foreach (var part in Parts)
            only.Put(part, run.Fields[part]);
        return only;
    }

    private static (string Problem, string Allowed)? NameProblem(string name, IReadOnlyList<FleetSettings> others) =>
        name.Length is 0 or > 100 || name.Any(char.IsControl) ? ("not a name", "1 to 100 characters on one line")
        : others.Any(fleet => fleet.Name == name) ? ($"a second fleet called {ShownText.Quote(name)}", "a name of its own") : null;
}
