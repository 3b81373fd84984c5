using ActorLoad.Connections;

namespace ActorLoad.Runs;

/// <summary>The commands of a run's script by their names. Pure.</summary>
internal static class ScriptVerbs
{
    // Their replies wait for an event, or never come.
    private static readonly HashSet<string> Waiting =
    [
        "BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "XREAD BLOCK", "XREADGROUP BLOCK", "WAIT",
        "WAITAOF",
        "CLIENT REPLY", "CLIENT PAUSE",
    ];

    private static readonly HashSet<string> WithSubcommand = ["CLIENT"];

    /// <summary>Names in capitals, in the order of the script: <c>PING</c>, <c>CLIENT REPLY</c>, <c>XREAD BLOCK</c>.</summary>
    public static IReadOnlyList<string> Of(Script script) => [.. script.Commands.Select(command => Name(command.Words))];

    /// <summary>True for a command to which even a healthy server may reply late or not at all.</summary>
    public static bool Waits(string name) => Waiting.Contains(name);

    private static string Name(string[] command)
    {
        string[] words = [.. command.Select(word => word.ToUpperInvariant())];
        return words switch
        {
            [var verb, var sub, ..] when WithSubcommand.Contains(verb) => $"{verb} {sub}",
            ["XREAD" or "XREADGROUP", ..] when words.Contains("BLOCK") => $"{words[0]} BLOCK",
            _ => words[0],
        };
    }
}
