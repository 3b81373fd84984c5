using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Doctor;

/// <summary>Reads the values of a server. Changes nothing there, and throws only for a cancellation.</summary>
public static class ServerProbe
{
    private static readonly string[] MoreSettings = ["save", "appendonly", "disable-thp"];

    /// <summary>The values that need no question: whether it is here, and its listener. Takes a fraction of a millisecond.</summary>
    public static ServerReadings Look(Endpoint endpoint)
    {
        if (endpoint.Address is not { } address || !LoopCount.IsHere(address.Address))
        {
            return new ServerReadings($"{endpoint}", IsHere: endpoint.Address is null);
        }

        using var diag = new SocketDiag([address]);
        var sockets = diag.ReadListeners(new UnseenNotes());
        return new ServerReadings($"{endpoint}", IsHere: true)
        {
            QueueLimit = sockets?.AcceptQueueLimit,
            IsElsewhere = sockets is { Listeners: 0 },
        };
    }

    /// <summary>All visible values, over one connection with one INFO and a few CONFIG GET.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="credentials">How it signs in.</param>
    /// <param name="limit">The time limit.</param>
    /// <param name="time">The clock of its connection.</param>
    /// <param name="stop">Cancels it.</param>
    /// <param name="words">Keeps the server's words; null masks only the password.</param>
    public static async Task<ServerReadings> AskAsync(
        Endpoint endpoint, Credentials credentials, TimeSpan limit, TimeProvider time, CancellationToken stop,
        ServerWords? words = null)
    {
        var seen = Look(endpoint) with { User = credentials.User };
        try
        {
            var session = await ServerSession.OpenAsync(endpoint, credentials, limit, time, words, stop).ConfigureAwait(false);
            using var connection = session.Connection;
            var configuration = session.Configuration;
            if (configuration.Refusal is null)
            {
                var question = ServerConfiguration.ReadAsync(connection, MoreSettings);
                var more = await connection.WhileItAnswersAsync(question, limit, stop).ConfigureAwait(false);
                configuration = configuration.With(more);
            }

            var isOneOfSeveral = session.Proxy is null
                && await session.IsOneOfSeveralAsync(endpoint, credentials, limit, time, words, stop).ConfigureAwait(false);
            return WithProcess(seen with { IsElsewhere = seen.IsElsewhere && session.Process is null }, session) with
            {
                Reading = session.Reading,
                Configuration = configuration,
                Proxy = isOneOfSeveral ? ServerSession.OneOfSeveral : session.Proxy,
            };
        }
        catch (ServerUnavailableException cause)
        {
            stop.ThrowIfCancellationRequested();

            // A run may work although INFO is refused. If nothing listens, there is no container either.
            var (obstacle, problem) = (ServerObstacles.Of(cause), cause.Message);
            (obstacle, problem) = obstacle switch
            {
                // A server that stopped at that moment would close on any command.
                ServerObstacle.ClosesOnInfo when !await AnswersAsync().ConfigureAwait(false) => (ServerObstacle.Silence, problem),
                // A server that answered PING does not want TLS.
                ServerObstacle.Silence when credentials.Tls is null && cause is { WasConnected: true, Kind: not LossKind.End }
                    && await TlsGreeting.IsAnsweredAsync(endpoint, limit, stop).ConfigureAwait(false) =>
                        (ServerObstacle.Tls, "wants TLS, which this run does not speak"),
                _ => (obstacle, problem),
            };
            return seen with
            {
                Problem = problem,
                Obstacle = obstacle,
                IsDown = obstacle is not (ServerObstacle.Permission or ServerObstacle.NoInfo or ServerObstacle.ClosesOnInfo),
                IsElsewhere = seen.IsElsewhere && cause.WasConnected,
            };
        }

        async Task<bool> AnswersAsync()
        {
            try
            {
                var opening = ServerConnection.OpenAsync(endpoint, credentials, limit, time, words, stop);
                using var connection = await opening.ConfigureAwait(false);
                return true;
            }
            catch (ServerUnavailableException)
            {
                stop.ThrowIfCancellationRequested();
                return false;
            }
        }
    }

    private static ServerReadings WithProcess(ServerReadings seen, ServerSession session) =>
        session.Process is { Id: { } id, OpenFilesLimit: { } soft, OpenFilesHard: { } hard }
            ? seen with { ProcessId = id, Descriptors = (soft, hard) } : seen;
}
