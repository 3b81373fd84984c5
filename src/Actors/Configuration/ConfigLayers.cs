using System.Collections;

namespace ActorLoad.Configuration;

/// <summary>A source of configuration; later layers win.</summary>
public abstract record ConfigLayer;

/// <summary>The text of a run file. The host reads files.</summary>
/// <param name="Name">Its name in errors.</param>
/// <param name="Text">HOCON; its root holds the object <c>actorload</c>.</param>
/// <param name="Include">Returns the file for an <c>include "name"</c> of this file; throws <see cref="SettingsException"/> if it
/// cannot. Null forbids includes.</param>
/// <param name="Variable">Returns the environment variable for a <c>${NAME}</c> that the configuration does not have, or null. A null
/// function forbids the environment: a stranger's file must not read it.</param>
public sealed record FileLayer(
    string Name, string Text, Func<string, FileLayer>? Include = null, Func<string, string?>? Variable = null) : ConfigLayer;

/// <summary>One value from an option or an environment variable.</summary>
/// <param name="Source">The option or variable, as the user wrote it.</param>
/// <param name="Path">Path under <c>actorload</c>; a number is an index into a list: <c>load.0.connections</c>.</param>
/// <param name="Value">For a text key, the text as it is. For any other key, HOCON in which a bare word is a string.</param>
/// <param name="Variable">Resolves a <c>${NAME}</c> in the value, as for <see cref="FileLayer"/>.</param>
public sealed record OverrideLayer(string Source, string Path, string Value, Func<string, string?>? Variable = null) : ConfigLayer
{
    /// <summary>True if it sets the value at <paramref name="path"/>, or a part of it.</summary>
    public bool IsWithin(string path)
    {
        var (own, outer) = (OverridePath.Steps(Path), OverridePath.Steps(path));
        return own.Length >= outer.Length && own.AsSpan(0, outer.Length).SequenceEqual(outer);
    }
}

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

/// <summary>The run files that come with the program.</summary>
public static class BuiltIn
{
    /// <summary>The name of <see cref="ReferenceConf"/> in errors.</summary>
    public const string ReferenceName = "reference.conf";

    /// <summary>Every key with its default and its meaning: the schema of run files.</summary>
    public static string ReferenceConf { get; } = Read("ActorLoad.reference.conf");

    /// <summary>The run without a file, against the embedded target.</summary>
    public static string QuickConf { get; } = Read("ActorLoad.quick.conf");

    private static string Read(string resource)
    {
        using var stream = typeof(BuiltIn).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the program was built without {resource}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
