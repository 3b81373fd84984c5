using System.Globalization;
using StackExchange.Redis;

namespace ActorLoad.Observers;

/// <summary>Settings of a server as CONFIG GET tells them.</summary>
/// <param name="Values">Names and values, as the server writes them; what it does not have is absent.</param>
/// <param name="Refusal">Why it told nothing, in the server's words; null if it did.</param>
public sealed record ServerConfiguration(IReadOnlyDictionary<string, string> Values, string? Refusal)
{
    /// <summary>Asks for each name. Throws <see cref="ServerUnavailableException"/> if the connection is lost.</summary>
    public static async Task<ServerConfiguration> ReadAsync(ServerConnection connection, params IEnumerable<string> names)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            try
            {
                var pairs = await connection.AskAsync("CONFIG", "GET", name).ConfigureAwait(false);
                for (var i = 0; i + 1 < pairs.Count; i += 2)
                {
                    values[pairs[i]] = pairs[i + 1];
                }
            }
            catch (RedisServerException refusal)
            {
                return new ServerConfiguration(values, refusal.Message);
            }
        }

        return new ServerConfiguration(values, null);
    }

    /// <summary>A value that is a whole number; null if it is none or absent.</summary>
    public long? Number(string name) =>
        Values.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
