using System.Text.Json.Nodes;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Transport;

namespace ActorLoad.Configuration;

/// <summary>Turns layers of configuration over <c>reference.conf</c> into checked settings.</summary>
public static class ConfigLoader
{
    private static readonly string[] DaemonsOwn = ["safety", "daemon"];

    // Only read. Merging starts with a fresh copy.
    private static readonly Lazy<HoconObject> Schema = new(() => Reference(HoconDocument.Reader(new SettingsProblems())));

    private static readonly Lazy<KeysRead> Known = new(() =>
    {
        var keys = new KeysRead();
        Read([], null, keys);
        return keys;
    });

    /// <summary>Every key of a run file, with its default.</summary>
    internal static HoconObject Keys => (HoconObject)Schema.Value.Fields[SettingsProblems.Root];

    /// <summary>The words that the value of a key can have; empty if it is no choice. Phases are <c>phase-defaults</c> here.</summary>
    internal static IReadOnlyList<string> Choices(string key) => Known.Value.Choices.GetValueOrDefault(key) ?? [];

    /// <summary>The merged settings, later layers over earlier ones. Throws <see cref="SettingsException"/> with every error, in the order
    /// of layers and lines. A replaced value is not judged.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="files">Reads the files that a run file names; null if there can be none.</param>
    public static LoadedConfiguration Load(IEnumerable<ConfigLayer> layers, NamedFiles? files = null) =>
        Read(layers, null, new KeysRead(), files);

    /// <summary>A run file from the daemon's API. It cannot change <c>safety</c> and <c>daemon</c>, nor raise <c>connection.max-open</c>
    /// and <c>transport.loops</c> above the daemon's own. It cannot include files, or reach a secret or an environment variable of the
    /// daemon. Throws <see cref="SettingsException"/>.</summary>
    public static LoadedConfiguration LoadStranger(FileLayer body, LoadedConfiguration daemon)
    {
        var own = daemon.Settings.Configuration;
        var limits = new JsonObject
        {
            ["safety"] = own["safety"]!.DeepClone(),
            ["connection"] = new JsonObject { ["max-open"] = own["connection"]!["max-open"]!.DeepClone() },
            ["transport"] = new JsonObject { ["loops"] = own["transport"]!["loops"]!.DeepClone() },
        };
        ConfigLayer[] layers = [new FileLayer("daemon", HoconText.Print(limits)), body with { Include = null, Variable = null }];
        var loaded = Read(layers, daemon.Settings, new KeysRead());
        StrangerPlan.Check(loaded.Settings, body.Name, daemon.Settings.Daemon.MaxDuration, daemon.Settings.Safety);
        // A stranger's result must not show where the daemon listens and keeps its results.
        loaded.Settings.Configuration.Remove("daemon");
        return new LoadedConfiguration(loaded.Settings with { Safety = daemon.Settings.Safety, Daemon = daemon.Settings.Daemon });
    }

    /// <summary>Loads; a stranger's layers are the <paramref name="host"/>'s limits and the body.</summary>
    internal static LoadedConfiguration Read(
        IEnumerable<ConfigLayer> layers, RunSettings? host, KeysRead keysRead, NamedFiles? files = null)
    {
        var problems = new SettingsProblems();
        var read = HoconDocument.Reader(problems, key => Known.Value.FormOf(key));
        var root = Reference(read);
        foreach (var layer in layers)
            root.PutAll(read(layer));
        if (problems.StructureLost)
            problems.ThrowIfAny();

        var reference = Schema.Value;
        var schema = (HoconObject)reference.Fields[SettingsProblems.Root];
        var written = new HoconResolver(root, problems).Resolve();
        if (host is not null)
            RefuseDaemonsOwn(written, problems);
        var checker = new SettingsSchema(schema, problems);
        var conformed = (HoconObject)checker.Conform(reference, reference, written, "").Fields[SettingsProblems.Root];
        var settings = RunSettingsReader.Read(
            conformed, schema, checker,
            new PhaseReader(checker, (HoconObject)schema.Fields[SettingsSchema.PhaseDefaults], problems, keysRead, files),
            problems, keysRead, files, host?.Connection.MaxOpen ?? ConnectionReader.MostOpen,
            host is null ? TransportSettings.Limit : host.Transport.Loops ?? LoopCount.For([], Environment.ProcessorCount));
        problems.ThrowIfAny();
        return new LoadedConfiguration(settings);
    }

    private static HoconObject Reference(Func<ConfigLayer, HoconObject> read) =>
        read(new FileLayer(BuiltIn.ReferenceName, BuiltIn.ReferenceConf));

    private static void RefuseDaemonsOwn(HoconObject written, SettingsProblems problems)
    {
        const int Body = 2; // after reference.conf and the daemon's limits
        foreach (var key in DaemonsOwn)
        {
            var node = (written.Fields.GetValueOrDefault(SettingsProblems.Root) as HoconObject)?.Fields.GetValueOrDefault(key);
            var origin = node is null ? null : Origins(node).Where(origin => origin.Order >= Body).MinBy(origin => origin.Line);
            if (origin is not null)
                problems.Add(origin, SettingsProblems.Child(SettingsProblems.Root, key), "this is the daemon's own",
                    "nothing: a run over the API cannot set it");
        }
    }

    private static IEnumerable<HoconOrigin> Origins(HoconNode node) => node switch
    {
        HoconObject fields => fields.Fields.Values.SelectMany(Origins).Append(fields.Origin),
        HoconArray list => list.Items.SelectMany(Origins).Append(list.Origin),
        _ => [node.Origin],
    };
}
