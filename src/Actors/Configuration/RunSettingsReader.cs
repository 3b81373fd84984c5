using System.Text.Json.Nodes;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Configuration;

/// <summary>Reads everything under <c>actorload</c>.</summary>
internal static class RunSettingsReader
{
    private const string GeneratorLimited = "generator-limited";

    /// <summary>The settings; worthless if a problem was noted.</summary>
    public static RunSettings Read(
        HoconObject conformed, HoconObject reference, SettingsSchema schema, PhaseReader phases, SettingsProblems problems,
        KeysRead keysRead, NamedFiles? files, int mostOpen, int mostLoops)
    {
        var shown = new JsonObject();
        var reader = new SettingsReader(conformed, SettingsProblems.Root, "", shown, problems, keysRead, files);
        var target = TargetReader.Read(reader.Section("target"));
        var load = phases.Read(reader, conformed);
        var seed = reader.Integer("seed", 0, int.MaxValue) ?? default;
        var keysOfConnection = reader.Section("connection");
        var connection = ConnectionReader.Read(keysOfConnection, schema, problems, mostOpen);
        var supervision = SupervisionReader.Read(reader.Section("supervision"));
        var fleets = new FleetReader(schema, reference, phases, problems, mostOpen).Read(reader, conformed);
        if (fleets.IsEmpty)
        {
            PoolReader.Check(keysOfConnection, connection.Pool, load);
            fleets = [new FleetSettings("", target, load, connection, supervision)];
        }

        if (fleets.Any(fleet => fleet.Connection.PingEvery > TimeSpan.Zero && !IsHeld(fleet)))
            reader.Problem("connection", $"{ConnectionReader.PingEvery} where no connection is held",
                "connection.hold, shape = population, or ping-every = 0s");
        Session[] ofClusters =
            [.. fleets.Where(fleet => fleet.Target.IsCluster).Select(fleet => Session.Of(fleet.Target.Credentials, fleet.Connection))];
        if (ofClusters.Any(session => session.DifferentKeys > KeyPlaceholder.MostKeys))
            keysOfConnection.Problem("script",
                $"{ofClusters.Max(session => session.DifferentKeys)} different {{key}} placeholders in a cluster",
                $"at most {KeyPlaceholder.MostKeys} that differ in prefix or count, or target.cluster = off");
        if (ofClusters.Any(session => session.HasLongKey))
            keysOfConnection.Problem("script", $"more than {KeyPlaceholder.MostAround} bytes around a {{key}} of a cluster",
                $"at most {KeyPlaceholder.MostAround} bytes in the same argument, or target.cluster = off");
        fleets = [.. fleets.Select(fleet => fleet with { Load = [.. fleet.Load.Select(phase => phase.Seeded(seed))] })];
        var ofRun = target;
        target = fleets.Length == 1 ? fleets[0].Target : FleetSettings.TargetOf(fleets, target);
        var observers = ObserversReader.Read(reader.Section("observers"), target, connection);
        var settings = new RunSettings(
            target,
            [.. fleets.SelectMany(fleet => fleet.Load)],
            fleets.Length == 1 ? fleets[0].Connection : FleetSettings.ConnectionOf(fleets),
            ReadTransport(reader.Section("transport"), mostLoops),
            fleets.Length == 1 ? fleets[0].Supervision : FleetSettings.SupervisionOf(fleets),
            new MetricsSettings(reader.Section("metrics").Duration("interval", "100ms", "1h") ?? default),
            observers,
            ThresholdReader.Read(reader, schema, target, observers, fleets),
            TargetReader.ReadSafety(reader.Section("safety")),
            DaemonReader.Read(reader.Section("daemon")),
            seed,
            shown)
        {
            Fleets = fleets,
            OwnTarget = ofRun,
            Deadline = reader.Section("run").Duration("deadline", "0s", "365d") ?? default,
            AllowsGeneratorLimited = ReadAllowed(reader.Section("verdict")),
        };
        return settings;
    }

    private static bool IsHeld(FleetSettings fleet) =>
        fleet.Connection.Hold > TimeSpan.Zero || fleet.Load.Any(phase => phase.Shape == LoadShape.Population);

    private static TransportSettings ReadTransport(SettingsReader transport, int mostLoops) =>
        new(transport.Choice<TransportKind>("kind") ?? default, transport.IntegerOr("loops", "auto", 1, mostLoops).Number)
        {
            MostLoops = mostLoops,
        };

    private static bool ReadAllowed(SettingsReader verdict) =>
        verdict.List<string>("allow", $"[\"{GeneratorLimited}\"]", word => word == GeneratorLimited ? (word, "", "")
            : (null, $"{ShownText.Quote(word)} cannot be allowed"
                + (NearestKey.Find(word, [GeneratorLimited]) is null ? "" : $" (did you mean \"{GeneratorLimited}\"?)"),
                $"\"{GeneratorLimited}\"; an aborted or interrupted run has an exit code of its own")) is { Length: > 0 };
}
