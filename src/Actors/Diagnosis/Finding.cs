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

/// <summary>On which machine a remedy is carried out.</summary>
public enum RemedyHost
{
    /// <summary>Where ActorLoad runs.</summary>
    Client,

    /// <summary>Where the target runs.</summary>
    Server,

    /// <summary>In the run file.</summary>
    Run,

    /// <summary>Where the proxy runs that stands before the target.</summary>
    Proxy,
}

/// <summary>What a run has shown, and what would change it: an element of <c>findings</c> in <c>result.json</c>.</summary>
/// <param name="Rule">Name of the rule, such as <c>accept-queue-overflow</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Sentence">What happened, in one sentence with its numbers.</param>
/// <param name="Numbers">The evidence, by name.</param>
/// <param name="Remedies">What to change, the likeliest first; may be empty.</param>
public sealed record Finding(
    string Rule, Severity Severity, string Sentence, IReadOnlyDictionary<string, double> Numbers, IReadOnlyList<Remedy> Remedies)
{
    /// <summary>Failed attempts that this cause explains; 0 where it explains none, or nobody can count them.</summary>
    public long Explains { get; init; }
}

/// <summary>One setting to change. <c>doctor</c> proposes it in the same words.</summary>
/// <param name="Key">The setting, such as <c>net.core.somaxconn</c>, <c>tcp-backlog</c> or <c>connection.ports</c>.</param>
/// <param name="Present">Its value; null if it is not known.</param>
/// <param name="Proposed">The value to give it.</param>
/// <param name="Host">Where.</param>
/// <param name="Command">The command, or line of a file, that does it.</param>
public sealed record Remedy(string Key, string? Present, string Proposed, RemedyHost Host, string Command);
