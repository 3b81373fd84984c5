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
