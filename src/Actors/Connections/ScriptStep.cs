namespace ActorLoad.Connections;

/// <summary>One compiled command of a script.</summary>
/// <param name="Command">Its bytes.</param>
/// <param name="Words">Its words, with placeholders as written.</param>
/// <param name="Source">What the run file says of its replies.</param>
internal sealed record ScriptStep(ScriptCommand Command, string[] Words, ScriptLine Source)
{
    /// <summary>Compiles words. <paramref name="problem"/> says why they cannot be sent.</summary>
    public static bool TryCompile(
        IReadOnlyList<ScriptWord> words, in ScriptLine source, string fleet, out ScriptStep? step, out string problem)
    {
        var isRight = ScriptCommand.TryCompile(words, fleet, out var command, out problem);
        step = isRight ? new ScriptStep(command, [.. words.Select(word => word.Text)], source) : null;
        return isRight;
    }

    /// <summary>Compiles words that can be sent. Throws <see cref="ArgumentException"/> for others.</summary>
    public static ScriptStep Of(IReadOnlyList<ScriptWord> words, string fleet) =>
        TryCompile(words, default, fleet, out var step, out var problem) ? step! : throw new ArgumentException(problem, nameof(words));

    /// <summary>A command without placeholders.</summary>
    public static ScriptStep Literal(params string[] words) => Of([.. words.Select(ScriptWord.Literal)], "");
}
