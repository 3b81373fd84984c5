using System.Collections;

namespace ActorLoad.Configuration;

/// <summary>Reads settings from environment variables such as <c>ACTORLOAD__CONNECTION__MAX_OPEN=100</c>.</summary>
public static class EnvironmentLayers
{
    private const string Prefix = "ACTORLOAD__";

    /// <summary>One layer for each variable that starts with <c>ACTORLOAD__</c>, in the order of their paths. <c>__</c> separates keys,
    /// <c>_</c> stands for <c>-</c>, case does not matter, numbers are list indexes. <paramref name="variable"/> resolves a <c>${NAME}</c>
    /// in a value.</summary>
    public static IReadOnlyList<OverrideLayer> From(IDictionary variables, Func<string, string?>? variable = null) =>
        [.. variables.Cast<DictionaryEntry>()
            .Select(entry => (Name: (string)entry.Key, Value: (string?)entry.Value ?? ""))
            .Where(entry => entry.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(entry => new OverrideLayer(entry.Name, PathOf(entry.Name), entry.Value, variable))
            .OrderBy(layer => SortKey(layer.Path), StringComparer.Ordinal)
            .ThenBy(layer => layer.Source, StringComparer.Ordinal)];

    private static string PathOf(string name) =>
        string.Join('.', name[Prefix.Length..].Split("__")).Replace('_', '-').ToLowerInvariant();

    // Item 2 before item 10, because each appends the next one.
    private static string SortKey(string path) =>
        string.Join('.', path.Split('.').Select(step => step.All(char.IsAsciiDigit) ? step.PadLeft(10, '0') : step));
}
