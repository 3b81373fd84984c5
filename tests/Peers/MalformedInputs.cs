using System.Globalization;

namespace ActorLoad.Peers;

/// <summary>How many malformed inputs a spec tries: few each time, as many as ACTORLOAD_MALFORMED says when somebody asks for more.</summary>
public static class MalformedInputs
{
    /// <summary>Seeds, the same each time.</summary>
    public static IEnumerable<int> Seeds(int usually) =>
        Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("ACTORLOAD_MALFORMED"), CultureInfo.InvariantCulture, out var asked) ? asked : usually);
}
