namespace ActorLoad.Diagnosis;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>It changed the numbers.</summary>
    Warning,

    /// <summary>It cost connections.</summary>
    Error,
}

/// <summary>The place of a remedy.</summary>
public enum RemedyHost
{
    /// <summary>ActorLoad's machine.</summary>
    Client,

    /// <summary>The target's machine.</summary>
    Server,

    /// <summary>The run file.</summary>
    Run,

    /// <summary>The machine of the proxy before the target.</summary>
    Proxy,
}

/// <summary>A cause of trouble and its remedies: an element of <c>findings</c> in <c>result.json</c>.</summary>
/// <param name="Rule">Name of the rule, such as <c>accept-queue-overflow</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Sentence">What happened, with its numbers, in one or more sentences without the last full stop.</param>
/// <param name="Numbers">The evidence, by name.</param>
/// <param name="Remedies">The changes, the likeliest first; may be empty.</param>
public sealed record Finding(
    string Rule, Severity Severity, string Sentence, IReadOnlyDictionary<string, double> Numbers, IReadOnlyList<Remedy> Remedies)
{
    /// <summary>Failed attempts that this cause explains; 0 also if they cannot be counted.</summary>
    public long Explains { get; init; }
}

/// <summary>One setting to change, in the same words as in <c>doctor</c>.</summary>
/// <param name="Key">The setting, such as <c>net.core.somaxconn</c>, <c>tcp-backlog</c> or <c>connection.ports</c>.</param>
/// <param name="Present">Its present value; null if not known.</param>
/// <param name="Proposed">The value to give it.</param>
/// <param name="Host">Where it is set.</param>
/// <param name="Command">The command, or the line of a file, that sets it.</param>
public sealed record Remedy(string Key, string? Present, string Proposed, RemedyHost Host, string Command);
