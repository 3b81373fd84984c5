using System.Net;
using ActorLoad.Metrics;

namespace ActorLoad.Observers;

/// <summary>One connection of an observer from which INFO can be had, and what was learnt when it was opened.</summary>
/// <param name="Connection">To be disposed of.</param>
/// <param name="Reader">Knows the server's form of INFO.</param>
/// <param name="Reading">The first reading.</param>
/// <param name="Configuration">Settings that INFO does not tell.</param>
/// <param name="Process">What /proc tells.</param>
internal sealed record ServerSession(
    ServerConnection Connection, ServerInfoReader Reader, ServerReading Reading, ServerConfiguration Configuration, ServerProcess? Process)
{
    public const string MaxClients = "maxclients";
    public const string TcpBacklog = "tcp-backlog";

    /// <summary>Opens one; throws <see cref="ServerUnavailableException"/> if an answer takes longer than <paramref name="limit"/>. <paramref name="words"/>
    /// as for <see cref="ServerConnection.OpenAsync"/>.</summary>
    public static async Task<ServerSession> OpenAsync(
        IPEndPoint endpoint, string? username, string? password, TimeSpan limit, TimeProvider time, ServerWords? words, CancellationToken stop)
    {
        var connection = await ServerConnection.OpenAsync(endpoint, username, password, limit, time, words, stop).ConfigureAwait(false);
        try
        {
            var session = await connection.WhileItAnswersAsync(BeginAsync(connection), limit, stop).ConfigureAwait(false);
            stop.Register(connection.Dispose); // whoever asked for it may be gone by now
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Takes a reading; throws as <see cref="ServerInfoReader.ReadAsync"/> does.</summary>
    public async Task<ServerReading> ReadAsync() => ServerReading.Of(await Reader.ReadAsync().ConfigureAwait(false));

    private static async Task<ServerSession> BeginAsync(ServerConnection connection)
    {
        var reader = new ServerInfoReader(connection);
        var reading = ServerReading.Of(await reader.ReadAsync().ConfigureAwait(false));
        string[] names = reading.MaxClients is null ? [MaxClients, TcpBacklog] : [TcpBacklog];
        var configuration = await ServerConfiguration.ReadAsync(connection, names).ConfigureAwait(false);
        var process = ServerProcess.Find(reading, connection.IsLocal);
        return new ServerSession(connection, reader, reading, configuration, process);
    }
}
