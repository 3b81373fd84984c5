using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Observers.Server;

/// <summary>One connection of an observer to a server that answers INFO, and what was learnt when it was opened.</summary>
/// <param name="Connection">The user of the session disposes of it.</param>
/// <param name="Reader">Knows the server's form of INFO.</param>
/// <param name="Reading">The first reading.</param>
/// <param name="Configuration">Settings that INFO does not tell.</param>
/// <param name="Process">What /proc tells.</param>
internal sealed record ServerSession(
    ServerConnection Connection, ServerInfoReader Reader, ServerReading Reading, ServerConfiguration Configuration, ServerProcess? Process)
{
    public const string MaxClients = "maxclients";
    public const string TcpBacklog = "tcp-backlog";
    public const string Bind = "bind";

    // A server that takes its counts from time to time may be a little late.
    private static readonly TimeSpan SampleMargin = TimeSpan.FromMilliseconds(300);

    /// <summary>Why the listener is not the server's, see <see cref="ListenerJudge"/>; null if it is, or nothing tells.</summary>
    public string? Proxy { get; init; }

    /// <summary>True if the server's own process was seen to hold the listener, so that there is no proxy.</summary>
    public bool IsServersListener { get; init; }

    /// <summary>How long it takes until a change is in the counts of the server.</summary>
    public TimeSpan SampleTime =>
        Reading.Kind.SampleSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) + SampleMargin : TimeSpan.Zero;

    /// <summary>True if a second connection may reach another server.</summary>
    public bool MayBeOneOfSeveral => !IsServersListener && Reading.RunId is not null;

    /// <summary>Opens one; throws <see cref="ServerUnavailableException"/> if an answer takes longer than <paramref name="limit"/>.
    /// <paramref name="words"/> as for <see cref="ServerConnection.OpenAsync"/>.</summary>
    public static async Task<ServerSession> OpenAsync(
        Endpoint endpoint, Credentials credentials, TimeSpan limit, TimeProvider time, ServerWords? words, CancellationToken stop)
    {
        var connection = await ServerConnection.OpenAsync(endpoint, credentials, limit, time, words, stop).ConfigureAwait(false);
        try
        {
            var session = await connection.WhileItAnswersAsync(BeginAsync(connection, endpoint), limit, stop).ConfigureAwait(false);
            stop.Register(connection.Dispose); // the one who asked for it may be gone by now
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

    /// <summary>Why the listener is not the server's if several servers share an address: the end of a sentence that begins with the
    /// server.</summary>
    public const string OneOfSeveral = "is one of several: connections to this address reach different servers (run_id)";

    /// <summary>True if a second connection reaches another server than this one, as it may where several are behind one address. False if
    /// it reaches the same, or fails: a server that has no place for a second connection is there all the same.</summary>
    public async Task<bool> IsOneOfSeveralAsync(
        Endpoint endpoint, Credentials credentials, TimeSpan limit, TimeProvider time, ServerWords? words, CancellationToken stop)
    {
        if (!MayBeOneOfSeveral)
        {
            return false;
        }

        using var until = CancellationTokenSource.CreateLinkedTokenSource(stop);
        until.CancelAfter(limit);
        try
        {
            using var connection = await ServerConnection
                .OpenAsync(endpoint, credentials, limit, time, words, until.Token).ConfigureAwait(false);
            var info = await new ServerInfoReader(connection).ReadAsync().WaitAsync(until.Token).ConfigureAwait(false);
            return info.Text("run_id") is { } another && another != Reading.RunId;
        }
        catch (Exception cause) when (cause is ServerUnavailableException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static async Task<ServerSession> BeginAsync(ServerConnection connection, Endpoint endpoint)
    {
        var reader = new ServerInfoReader(connection);
        var reading = ServerReading.Of(await reader.ReadAsync().ConfigureAwait(false));
        var process = ServerProcess.Find(reading, connection.IsLocal);
        var look = ListenerLook.At(endpoint, connection.IsLocal, process);
        var configuration = await ServerConfiguration.ReadAsync(connection, Names(reading, endpoint, look)).ConfigureAwait(false);
        return new ServerSession(connection, reader, reading, configuration, process)
        {
            Proxy = ListenerJudge.Proxy(endpoint, reading, configuration, look),
            IsServersListener = look.IsServers == true,
        };
    }

    // No more than is needed, for each is a command.
    private static IEnumerable<string> Names(ServerReading reading, Endpoint endpoint, ListenerLook look)
    {
        if (reading.MaxClients is null)
        {
            yield return MaxClients;
        }

        yield return TcpBacklog;
        if (look.IsServers != true && reading.Listeners is [{ Addresses.Count: 0 } only] && only.Port == endpoint.Address?.Port)
        {
            yield return Bind;
        }
    }
}
