using System.Text.Json.Nodes;
using ActorLoad.Runs.Configuration;

namespace ActorLoad.Hosting.Commands;

/// <summary>What short options put aside when they replace <c>load</c>: nothing of it may be lost without a word.</summary>
internal static class ReplacedLoad
{
    private const string Load = "load";
    private const int MostNamed = 5;

    /// <summary>An error for each <c>--set</c> that says something about a load which short options replace.</summary>
    public static IEnumerable<SettingsError> Lost(IEnumerable<OverrideLayer> set, IReadOnlyCollection<OverrideLayer> shorts) =>
        shorts.Count == 0 || Options(shorts) is not { Length: > 0 } options ? []
            : set.Where(layer => layer.Path.Split('.', '[')[0] == Load).Select(layer => new SettingsError(
                layer.Source, null, layer.Path, $"{options} replaces load, so that this would be lost", "short options alone, or --set alone"));

    /// <summary>Which phases short options replace by which; null if nobody wrote any.</summary>
    public static string? Sentence(
        IReadOnlyCollection<ConfigLayer> below, IReadOnlyCollection<OverrideLayer> shorts, LoadedConfiguration loaded)
    {
        if (shorts.FirstOrDefault(layer => layer.Path == Load) is not { } replacing)
        {
            return null;
        }

        try
        {
            var written = ConfigLoader.Load(below).Settings;
            if (written.Load.SequenceEqual(ConfigLoader.Load([.. below, replacing]).Settings.Load))
            {
                return null;
            }

            var phases = (JsonArray)written.Configuration[Load]!;
            var named = string.Join(", ", phases.Take(MostNamed).Select(Shown));
            var more = phases.Count > MostNamed ? $" and {phases.Count - MostNamed} more" : "";
            return $"{Options(shorts)} replaces load: not {(phases.Count == 1 ? "the phase" : $"the {phases.Count} phases")} {named}{more}, "
                + $"but one phase {Shown(loaded.Settings.Configuration[Load]![0])}";
        }
        catch (SettingsException)
        {
            // What is wrong in a load that is replaced is nobody's concern, but that it is replaced still is.
            return $"{Options(shorts)} replaces load, in which there are errors";
        }
    }

    private static string Options(IEnumerable<OverrideLayer> shorts) => string.Join(
        " with ", shorts.Where(layer => layer.Path.StartsWith($"{Load}.", StringComparison.Ordinal)).Select(layer => layer.Source));

    private static string Shown(JsonNode? phase) =>
        $"\"{phase!["name"]}\" ({string.Join(", ", phase.AsObject().Where(key => key.Key is not ("name" or "shape")).Select(key => $"{key.Key} {key.Value}"))})";
}
