namespace ActorLoad.Connections;

/// <summary>One use of a script: its exchanges in parts, of which the middle one comes again and again.</summary>
/// <param name="first">The first part; empty only if the script is.</param>
/// <param name="again">Each part between the first and the last.</param>
/// <param name="rounds">Number of parts before the last.</param>
/// <param name="last">The last part; may be empty.</param>
internal sealed class ScriptUse(Exchange[] first, Exchange[] again, int rounds, Exchange[] last)
{
    /// <summary>Number of parts.</summary>
    public int Parts { get; } = first.Length == 0 ? 0 : rounds + (last.Length > 0 ? 1 : 0);

    /// <summary>True if a part that another one follows has no exchange, so that nothing tells when that one begins.</summary>
    public bool HasEmptyPart => rounds > 1 && (first.Length == 0 || again.Length == 0);

    /// <summary>All different exchanges.</summary>
    public IEnumerable<Exchange> Exchanges => [.. first, .. again, .. last];

    /// <summary>A part by its number; an empty one if there is none.</summary>
    public Exchange[] Part(int number) => number == 0 ? first : number < rounds ? again : last;
}
