namespace ActorLoad.Configuration;

/// <summary>One error in a configuration.</summary>
/// <param name="Source">Its file, option (<c>--set</c>, <c>--cps</c>) or environment variable.</param>
/// <param name="Line">Line in the file, from 1; else null.</param>
/// <param name="Key">Path under <c>actorload</c>, such as <c>load[0].connections</c>; empty for an error in the whole source.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Allowed">What is allowed, or the nearest known key.</param>
public sealed record SettingsError(string Source, int? Line, string Key, string Problem, string Allowed)
{
    /// <summary>The error on one line: <c>storm.conf:12: load[0].conections: unknown key; did you mean "connections"?</c></summary>
    public override string ToString() =>
        $"{ShownText.OneLine(Source)}{(Line is { } line ? $":{line}" : "")}: {(Key.Length > 0 ? Key + ": " : "")}{Problem}"
        + (Allowed.Length > 0 ? "; " + Allowed : "");
}

/// <summary>An unusable configuration, with its first hundred errors and the number of further ones.</summary>
public sealed class SettingsException(IReadOnlyList<SettingsError> errors, int more = 0)
    : Exception(string.Join(Environment.NewLine, errors.Take(MostListed)))
{
    /// <summary>Most listed errors.</summary>
    public const int MostListed = 100;

    /// <summary>The first errors, in the order of their sources.</summary>
    public IReadOnlyList<SettingsError> Errors { get; } = errors.Count <= MostListed ? errors : [.. errors.Take(MostListed)];

    /// <summary>Number of unlisted errors.</summary>
    public int More { get; } = more + Math.Max(0, errors.Count - MostListed);

    /// <summary>One error per line, then the number of unlisted ones.</summary>
    public IEnumerable<string> Lines => More == 0 ? Errors.Select(error => error.ToString())
        : [.. Errors.Select(error => error.ToString()), $"and {More} more {(More == 1 ? "error" : "errors")}"];
}
