using System.Net;
using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Doctor;

/// <summary>Takes the readings of a server. Changes nothing there, and never throws but for a cancellation.</summary>
public static class ServerProbe
{
    private static readonly string[] MoreSettings = ["save", "appendonly", "disable-thp"];

    /// <summary>What can be seen without asking it: whether it is here, and its listener. Takes a fraction of a millisecond.</summary>
    public static ServerReadings Look(Endpoint endpoint)
    {
        if (!LoopCount.IsHere(endpoint.Address.Address))
        {
            return new ServerReadings($"{endpoint}", IsHere: false);
        }

        using var diag = new SocketDiag([endpoint.Address]);
        var sockets = diag.ReadListeners(new UnseenNotes());
        return new ServerReadings($"{endpoint}", IsHere: true) { QueueLimit = sockets?.AcceptQueueLimit, IsElsewhere = sockets is { Listeners: 0 } };
    }

    /// <summary>All that can be seen, over one connection with one INFO and a few CONFIG GET.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="credentials">How it signs in.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="time">Clock of its connection.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="words">How words of the server are kept; null: without the password.</param>
    public static async Task<ServerReadings> AskAsync(
        Endpoint endpoint, Credentials credentials, TimeSpan limit, TimeProvider time, CancellationToken stop, ServerWords? words = null)
    {
        var seen = Look(endpoint) with { User = credentials.User };
        try
        {
            var session = await ServerSession.OpenAsync(endpoint, credentials, limit, time, words, stop).ConfigureAwait(false);
            using var connection = session.Connection;
            var configuration = session.Configuration;
            if (configuration.Refusal is null)
            {
                var more = await connection.WhileItAnswersAsync(ServerConfiguration.ReadAsync(connection, MoreSettings), limit, stop).ConfigureAwait(false);
                configuration = configuration.With(more);
            }

            return WithProcess(seen with { IsElsewhere = seen.IsElsewhere && session.Process is null }, session) with
            {
                Reading = session.Reading,
                Configuration = configuration,
                Proxy = session.Proxy ?? (await session.IsOneOfSeveralAsync(endpoint, credentials, limit, time, words, stop).ConfigureAwait(false)
                    ? ServerSession.OneOfSeveral : null),
            };
        }
        catch (ServerUnavailableException cause)
        {
            stop.ThrowIfCancellationRequested();

            // What is refused to who asks for INFO need not be refused to a run. Where nobody listens there is no container either.
            var (obstacle, problem) = (ServerObstacles.Of(cause), cause.Message);
            (obstacle, problem) = obstacle switch
            {
                // A server that ended just then would close on anything.
                ServerObstacle.ClosesOnInfo when !await AnswersAsync().ConfigureAwait(false) => (ServerObstacle.Silence, problem),
                ServerObstacle.Silence when cause.WasConnected && await TlsGreeting.IsAnsweredAsync(endpoint, limit, stop).ConfigureAwait(false) =>
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
                using var connection = await ServerConnection.OpenAsync(endpoint, credentials, limit, time, words, stop).ConfigureAwait(false);
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
        session.Process is { Id: { } id, OpenFilesLimit: { } soft, OpenFilesHard: { } hard } ? seen with { ProcessId = id, Descriptors = (soft, hard) } : seen;
}
