namespace ActorLoad.Connections;

/// <summary>Stand-in: replaced when the scripts are merged.</summary>
public sealed class Script
{
    /// <summary>No commands.</summary>
    public static Script Empty { get; } = new(0);

    private Script(int count) => Count = count;

    /// <summary>Number of commands.</summary>
    public int Count { get; }

    /// <summary>Takes any commands that are not blank.</summary>
    public static bool TryParse(IReadOnlyList<string> commands, out Script? script, out string problem)
    {
        var blank = commands.Any(string.IsNullOrWhiteSpace);
        script = blank ? null : new Script(commands.Count);
        problem = blank ? "a command is empty" : "";
        return !blank;
    }
}
