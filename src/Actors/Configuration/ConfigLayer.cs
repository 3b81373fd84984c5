namespace ActorLoad.Configuration;

/// <summary>A source of configuration; later layers win over earlier ones.</summary>
public abstract record ConfigLayer;

/// <summary>The text of a run file. Reading files is the host's business.</summary>
/// <param name="Name">How errors call it.</param>
/// <param name="Text">HOCON; its root holds the object <c>actorload</c>.</param>
/// <param name="Include">Answers an <c>include "name"</c> of this file with that file; throws <see cref="SettingsException"/> if it
/// cannot. Null forbids includes.</param>
/// <param name="Variable">Answers a <c>${NAME}</c> that the configuration does not have with the environment variable of that name,
/// or null. Null in place of a function leaves the environment alone: a stranger's file must not read it.</param>
public sealed record FileLayer(
    string Name, string Text, Func<string, FileLayer>? Include = null, Func<string, string?>? Variable = null) : ConfigLayer;

/// <summary>One value from an option or an environment variable.</summary>
/// <param name="Source">The option or variable, as the user wrote its name.</param>
/// <param name="Path">Path under <c>actorload</c>; a number is an index into a list: <c>load.0.connections</c>.</param>
/// <param name="Value">For a key that is a text: that text as it is. For any other: HOCON, where a bare word is a string.</param>
/// <param name="Variable">Answers a <c>${NAME}</c> in the value, as for <see cref="FileLayer"/>.</param>
public sealed record OverrideLayer(string Source, string Path, string Value, Func<string, string?>? Variable = null) : ConfigLayer
{
    /// <summary>True if it sets the value at <paramref name="path"/>, or one within that.</summary>
    public bool IsWithin(string path)
    {
        var (own, outer) = (OverridePath.Steps(Path), OverridePath.Steps(path));
        return own.Length >= outer.Length && own.AsSpan(0, outer.Length).SequenceEqual(outer);
    }
}
