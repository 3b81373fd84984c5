using ActorLoad.Diagnosis;

namespace ActorLoad.Doctor;

/// <summary>The result of a check, the worst last.</summary>
public enum CheckState
{
    /// <summary>The run has what it needs.</summary>
    Ok,

    /// <summary>Not visible from here. The sentence says why, and what would show it.</summary>
    Unseen,

    /// <summary>The run works, but its numbers suffer.</summary>
    Warn,

    /// <summary>Connections would fail.</summary>
    Fail,
}

/// <summary>One need of a run, and the present value.</summary>
/// <param name="Name">The setting, such as <c>net.core.somaxconn</c>: one of <c>TuningKeys</c>, or another name.</param>
/// <param name="Subject">Its owner: <c>this machine</c>, <c>the run</c>, <c>the server's machine</c>, or a server's HOST:PORT.</param>
/// <param name="State">The result.</param>
/// <param name="Present">The present value; null if not known.</param>
/// <param name="Needed">The value that the run needs; null without one.</param>
/// <param name="Sentence">The reason, without the last full stop.</param>
/// <param name="Remedies">The changes that would help, the likeliest first, as in a diagnosis; empty if all is well.</param>
/// <param name="Look">The command that shows the value, where it is visible; null if it was seen.</param>
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

    internal static Check Warn(
        string name, string subject, string? present, string? needed, string sentence, params IReadOnlyList<Remedy> remedies) =>
        new(name, subject, CheckState.Warn, present, needed, sentence, remedies);

    internal static Check Fail(
        string name, string subject, string? present, string? needed, string sentence, params IReadOnlyList<Remedy> remedies) =>
        new(name, subject, CheckState.Fail, present, needed, sentence, remedies);

    internal static Check Unseen(string name, string subject, string? needed, string sentence, string? look = null) =>
        new(name, subject, CheckState.Unseen, null, needed, sentence, [], look);
}
