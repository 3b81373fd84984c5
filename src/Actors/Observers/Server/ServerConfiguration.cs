using System.Globalization;

namespace ActorLoad.Observers.Server;

/// <summary>Settings of a server as CONFIG GET tells them.</summary>
/// <param name="Values">Values by the names that were asked for. Settings that the server does not have are absent, and so are those that
/// it tells unasked.</param>
/// <param name="Refusal">Why it refused to answer, in the server's words; null if it did not refuse.</param>
public sealed record ServerConfiguration(IReadOnlyDictionary<string, string> Values, string? Refusal)
{
    // Larger than any real setting. JSON can carry it, and sums of it do not overflow.
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

    /// <summary>The same with the values of <paramref name="more"/>, and its refusal.</summary>
    public ServerConfiguration With(ServerConfiguration more) => new(Values.Concat(more.Values)
        .GroupBy(value => value.Key, StringComparer.Ordinal)
        .ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal), more.Refusal);

    // Two different values for one name count as no answer.
    private static string? Find(IReadOnlyList<string?> pairs, string name)
    {
        var values = pairs.Chunk(2)
            .Where(pair => pair is [{ } key, _] && key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(pair => pair[1]).Distinct().ToList();
        return values is [var value] ? value : null;
    }

    /// <summary>A value that is a whole number and not negative; null if it is something else, or absent.</summary>
    public long? Number(string name) =>
        Values.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= Largest ? number : null;
}
