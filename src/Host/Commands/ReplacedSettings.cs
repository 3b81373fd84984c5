using System.Text.Json.Nodes;
using ActorLoad.Configuration;

namespace ActorLoad.Hosting.Commands;

/// <summary>Names the settings that short options replace, so that the user notices.</summary>
internal static class ReplacedSettings
{
    private const string Load = "load";
    private const int MostNamed = 5;

    /// <summary>An error for each <c>--set</c> of a key that a short option replaces.</summary>
    public static IEnumerable<SettingsError> Lost(IEnumerable<OverrideLayer> set, IReadOnlyCollection<OverrideLayer> shorts) =>
        from layer in set
        let replacing = shorts.FirstOrDefault(option => layer.IsWithin(option.Path))
        where replacing is not null
        select new SettingsError(
            layer.Source, null, layer.Path,
            $"{(replacing.Path == Load ? Replacing(shorts) : $"{replacing.Source} replaces")} {replacing.Path}, "
                + "so this setting would be lost",
            "use short options alone, or --set alone");

    /// <summary>An error for a short option beside fleets, which may say otherwise; null if there is none. <c>--for</c> is the whole
    /// run's.</summary>
    public static SettingsError? BesideFleets(IEnumerable<OverrideLayer> shorts, LoadedConfiguration loaded) =>
        loaded.Settings.Fleets is [{ Name: { Length: > 0 } first }, ..]
            && shorts.FirstOrDefault(layer => layer.Path != "run.deadline") is { } option
            ? new SettingsError(
                option.Source, null, option.Path, $"the run file has fleets, such as \"{first}\"",
                $"--set fleets.0.{option.Path}=..., for each fleet that it is meant for")
            : null;

    /// <summary>The phases that short options replace, and their replacement; null if the user wrote no phases.</summary>
    public static string? Sentence(
        IReadOnlyCollection<ConfigLayer> below, IReadOnlyCollection<OverrideLayer> shorts, LoadedConfiguration loaded)
    {
        if (shorts.FirstOrDefault(layer => layer.Path == Load) is not { } replacing)
        {
            return null;
        }

        try
        {
            var written = ConfigLoader.Load(below, RunFiles.Named).Settings;
            if (written.Load.SequenceEqual(ConfigLoader.Load([.. below, replacing], RunFiles.Named).Settings.Load))
            {
                return null;
            }

            var phases = (JsonArray)written.Configuration[Load]!;
            var named = string.Join(", ", phases.Take(MostNamed).Select(Shown));
            var more = phases.Count > MostNamed ? $" and {phases.Count - MostNamed} more" : "";
            return $"{Replacing(shorts)} load: not {(phases.Count == 1 ? "the phase" : $"the {phases.Count} phases")} {named}{more}, "
                + $"but one phase {Shown(loaded.Settings.Configuration[Load]![0])}";
        }
        catch (SettingsException)
        {
            // Errors in a replaced load do not matter, but the user must hear about the replacement.
            return $"{Replacing(shorts)} load, which has errors";
        }
    }

    // Such as "--connections and --gap replace".
    private static string Replacing(IEnumerable<OverrideLayer> shorts)
    {
        var options = shorts.Where(layer => layer.Path.StartsWith($"{Load}.", StringComparison.Ordinal)).Select(layer => layer.Source)
            .ToArray();
        return options.Length == 1 ? $"{options[0]} replaces" : $"{string.Join(", ", options[..^1])} and {options[^1]} replace";
    }

    private static string Shown(JsonNode? phase)
    {
        var shown = phase!.AsObject();
        var keys = shown.Where(key => key.Key is not ("name" or "shape") && !IsOnce(key)).Select(key => $"{key.Key} {key.Value}");
        return $"\"{shown["name"]}\" ({string.Join(", ", keys)})";
    }

    private static bool IsOnce(KeyValuePair<string, JsonNode?> key) => key.Key == "repeat" && $"{key.Value}" == "1";
}
