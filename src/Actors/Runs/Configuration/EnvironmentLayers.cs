using System.Collections;

namespace ActorLoad.Runs.Configuration;

/// <summary>Reads settings from environment variables such as <c>ACTORLOAD__CONNECTION__MAX_OPEN=100</c>.</summary>
public static class EnvironmentLayers
{
    private const string Prefix = "ACTORLOAD__";

    /// <summary>One layer for each variable that starts with <c>ACTORLOAD__</c>, in the order of their paths: <c>__</c> parts keys,
    /// <c>_</c> stands for <c>-</c>, case does not matter, numbers are indexes into lists.</summary>
    public static IReadOnlyList<OverrideLayer> From(IDictionary variables) =>
        [.. variables.Cast<DictionaryEntry>()
            .Select(variable => (Name: (string)variable.Key, Value: (string?)variable.Value ?? ""))
            .Where(variable => variable.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(variable => new OverrideLayer(variable.Name, PathOf(variable.Name), variable.Value))
            .OrderBy(layer => SortKey(layer.Path), StringComparer.Ordinal)
            .ThenBy(layer => layer.Source, StringComparer.Ordinal)];

    private static string PathOf(string name) =>
        string.Join('.', name[Prefix.Length..].Split("__")).Replace('_', '-').ToLowerInvariant();

    // Item 2 before item 10: each appends the next one.
    private static string SortKey(string path) =>
        string.Join('.', path.Split('.').Select(step => step.All(char.IsAsciiDigit) ? step.PadLeft(10, '0') : step));
}
