using System.Text.Json.Nodes;

namespace ActorLoad.Runs;

/// <summary>The commands of a run's script by their names, as its configuration has them. Pure.</summary>
internal static class ScriptVerbs
{
    // They answer when something happens, or never.
    private static readonly HashSet<string> Waiting =
    [
        "BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "XREAD BLOCK", "XREADGROUP BLOCK", "WAIT", "WAITAOF",
        "CLIENT REPLY", "CLIENT PAUSE",
    ];

    private static readonly HashSet<string> WithSubcommand = ["CLIENT"];

    /// <summary>Names in capitals, in the order of the script: <c>PING</c>, <c>CLIENT REPLY</c>, <c>XREAD BLOCK</c>.</summary>
    public static IReadOnlyList<string> Of(JsonObject configuration) => configuration["connection"]?["script"] is not JsonArray script ? []
        : [.. script.Select(step => (step is JsonObject parts ? parts["send"] : step) is JsonValue command && command.TryGetValue<string>(out var text) ? Name(text) : "")
            .Where(name => name.Length > 0)];

    /// <summary>True for a command that may be answered late, or not at all, by a server that is well.</summary>
    public static bool Waits(string name) => Waiting.Contains(name);

    private static string Name(string command)
    {
        var words = command.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [] => "",
            [var verb, var sub, ..] when WithSubcommand.Contains(verb) => $"{verb} {sub}",
            ["XREAD" or "XREADGROUP", ..] when words.Contains("BLOCK") => $"{words[0]} BLOCK",
            _ => words[0],
        };
    }
}
