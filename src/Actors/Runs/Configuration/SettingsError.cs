namespace ActorLoad.Runs.Configuration;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Source">File name, option (<c>--set</c>, <c>--cps</c>) or environment variable that holds it.</param>
/// <param name="Line">Line in the file, from 1; null where there is none.</param>
/// <param name="Key">Path under <c>actorload</c>, such as <c>load[0].connections</c>; empty when the whole source is at fault.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Allowed">What is allowed, or the nearest known key.</param>
public sealed record SettingsError(string Source, int? Line, string Key, string Problem, string Allowed)
{
    /// <summary>The error on one line: <c>storm.conf:12: load[0].conections: unknown key; did you mean "connections"?</c></summary>
    public override string ToString() =>
        $"{Source}{(Line is { } line ? $":{line}" : "")}: {(Key.Length > 0 ? Key + ": " : "")}{Problem}{(Allowed.Length > 0 ? "; " + Allowed : "")}";
}

/// <summary>A configuration that cannot be used, with everything that is wrong with it.</summary>
public sealed class SettingsException(IReadOnlyList<SettingsError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>All errors, in the order of their sources.</summary>
    public IReadOnlyList<SettingsError> Errors { get; } = errors;
}
