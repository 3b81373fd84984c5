using System.Globalization;

namespace ActorLoad.Observers.Server;

/// <summary>Settings of a server as CONFIG GET tells them.</summary>
/// <param name="Values">Names, as they were asked for, and values; what the server does not have is absent, and what it tells beside.</param>
/// <param name="Refusal">Why it told nothing, in the server's words; null if it did.</param>
public sealed record ServerConfiguration(IReadOnlyDictionary<string, string> Values, string? Refusal)
{
    // More than any counts of a server: JSON carries it, and sums of it do not overflow.
    private const long Largest = 1L << 53;

    /// <summary>Asks for each name. Throws <see cref="ServerUnavailableException"/> if the connection is lost.</summary>
    public static async Task<ServerConfiguration> ReadAsync(ServerConnection connection, params IEnumerable<string> names)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            try
            {
                var pairs = await connection.AskAsync("CONFIG", "GET", name).ConfigureAwait(false);
                if (Find(pairs, name) is { } value)
                {
                    values[name] = connection.Words.KeepValue(value);
                }
            }
            catch (ServerRefusedException refusal)
            {
                return new ServerConfiguration(values, refusal.Message);
            }
        }

        return new ServerConfiguration(values, null);
    }

    /// <summary>The same with the names of <paramref name="more"/>, and its refusal.</summary>
    public ServerConfiguration With(ServerConfiguration more) => new(Values.Concat(more.Values)
        .GroupBy(value => value.Key, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal), more.Refusal);

    // A server that gives a name two values has told none.
    private static string? Find(IReadOnlyList<string?> pairs, string name)
    {
        var values = pairs.Chunk(2).Where(pair => pair is [{ } key, _] && key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(pair => pair[1]).Distinct().ToList();
        return values is [var value] ? value : null;
    }

    /// <summary>A value that is a whole number, not negative; null if it is none or absent.</summary>
    public long? Number(string name) =>
        Values.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= Largest ? number : null;
}
