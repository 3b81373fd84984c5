using ActorLoad.Diagnosis;

namespace ActorLoad.Doctor;

/// <summary>What a check comes to, the gravest last.</summary>
public enum CheckState
{
    /// <summary>There is what the run needs.</summary>
    Ok,

    /// <summary>It cannot be seen from here; the sentence says why, and what would show it.</summary>
    Unseen,

    /// <summary>The run goes through, and its numbers tell of this.</summary>
    Warn,

    /// <summary>Connections would fail of it.</summary>
    Fail,
}

/// <summary>One thing that a run needs, and what there is of it.</summary>
/// <param name="Name">The setting, such as <c>net.core.somaxconn</c>; one of <c>TuningKeys</c> where there is one.</param>
/// <param name="Subject">Whose it is: <c>this machine</c>, <c>the run</c>, <c>the server's machine</c>, or address and port of a server.</param>
/// <param name="State">What it comes to.</param>
/// <param name="Present">What there is; null if that is not known.</param>
/// <param name="Needed">What the run needs; null where that is no value.</param>
/// <param name="Sentence">Why, without a full stop.</param>
/// <param name="Remedies">What would mend it, the likeliest first, as a diagnosis would propose it; empty where all is well.</param>
/// <param name="Look">The command that shows it, to be carried out where it can be seen; null where it was seen.</param>
public sealed record Check(
    string Name, string Subject, CheckState State, string? Present, string? Needed, string Sentence, IReadOnlyList<Remedy> Remedies,
    string? Look = null)
{
    /// <summary>The machine on which ActorLoad runs.</summary>
    public const string Machine = "this machine";

    /// <summary>The run file.</summary>
    public const string Run = "the run";

    /// <summary>The machine on which the target runs.</summary>
    public const string ServerMachine = "the server's machine";

    internal static Check Ok(string name, string subject, string? present, string? needed, string sentence) =>
        new(name, subject, CheckState.Ok, present, needed, sentence, []);

    internal static Check Warn(string name, string subject, string? present, string? needed, string sentence, params IReadOnlyList<Remedy> remedies) =>
        new(name, subject, CheckState.Warn, present, needed, sentence, remedies);

    internal static Check Fail(string name, string subject, string? present, string? needed, string sentence, params IReadOnlyList<Remedy> remedies) =>
        new(name, subject, CheckState.Fail, present, needed, sentence, remedies);

    internal static Check Unseen(string name, string subject, string? needed, string sentence, string? look = null) =>
        new(name, subject, CheckState.Unseen, null, needed, sentence, [], look);
}
