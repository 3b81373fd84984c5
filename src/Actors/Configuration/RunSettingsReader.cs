using System.Text.Json.Nodes;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Configuration;

/// <summary>Reads everything under <c>actorload</c>.</summary>
internal static class RunSettingsReader
{
    /// <summary>The settings; worthless if a problem was noted.</summary>
    public static RunSettings Read(HoconObject conformed, SettingsSchema schema, PhaseReader phases, SettingsProblems problems,
        KeysRead keysRead, int mostOpen, int mostLoops)
    {
        var shown = new JsonObject();
        var reader = new SettingsReader(conformed, SettingsProblems.Root, "", shown, problems, keysRead);
        var target = TargetReader.Read(reader.Section("target"));
        var load = phases.Read(reader, conformed);
        var seed = reader.Integer("seed", 0, int.MaxValue) ?? default;
        var connection = ConnectionReader.Read(reader.Section("connection"), schema, mostOpen);
        var settings = new RunSettings(
            target,
            [.. load.Select(phase => phase.Seeded(seed))],
            connection,
            ReadTransport(reader.Section("transport"), mostLoops),
            SupervisionReader.Read(reader.Section("supervision")),
            new MetricsSettings(reader.Section("metrics").Duration("interval", "100ms", "1h") ?? default),
            ObserversReader.Read(reader.Section("observers"), target, connection),
            reader.List<Threshold>("thresholds", "[\"success-ratio >= 0.99\"]", ReadThreshold) ?? [],
            TargetReader.ReadSafety(reader.Section("safety")),
            DaemonReader.Read(reader.Section("daemon")),
            seed,
            shown)
        {
            Deadline = reader.Section("run").Duration("deadline", "0s", "365d") ?? default,
        };
        foreach (var secret in connection.Script.Secrets)
            problems.Hide(secret);
        HideSecrets(shown["connection"]!["script"], problems);
        return settings;
    }

    // An unknown command may also hold the password.
    private static void HideSecrets(JsonNode? script, SettingsProblems problems)
    {
        for (var index = 0; script is JsonArray commands && index < commands.Count; index++)
        {
            if (commands[index] is not JsonObject step)
                commands[index] = problems.WithoutSecrets(commands[index]!.GetValue<string>());
            else if (step["send"] is { } send)
                step["send"] = problems.WithoutSecrets(send.GetValue<string>());
        }
    }

    private static TransportSettings ReadTransport(SettingsReader transport, int mostLoops) =>
        new(transport.Choice<TransportKind>("kind") ?? default, transport.IntegerOr("loops", "auto", 1, mostLoops).Number)
        {
            MostLoops = mostLoops,
        };

    private static (Threshold? Value, string Problem, string Allowed) ReadThreshold(string text) =>
        Threshold.TryParse(text, out var threshold, out var problem) ? (threshold, "", "") : (null, problem, "");
}
