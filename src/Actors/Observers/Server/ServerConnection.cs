using System.Net;
using System.Net.Sockets;
using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Observers.Server;

/// <summary>One connection to a server, over which questions are asked one after the other. It is never opened again once it is
/// lost.</summary>
/// <remarks>It says AUTH (if there is a password) and PING when it opens, and after that only what it is told to ask.</remarks>
public sealed class ServerConnection : IDisposable
{
    private const int LongestComplaint = 120;

    // In times of an answer's limit: a server that sends a byte now and then is not waited for without end.
    private const int LongestDialogue = 5;

    private readonly ServerLine _line;
    private readonly TimeProvider _clock;

    private ServerConnection(ServerLine line, bool isLocal, ServerWords words, TimeProvider clock) =>
        (_line, IsLocal, Words, _clock) = (line, isLocal, words, clock);

    /// <summary>True if its address is one of this machine, in this network namespace.</summary>
    public bool IsLocal { get; }

    /// <summary>How words of the server are kept.</summary>
    public ServerWords Words { get; }

    /// <summary>True if the server has hung up.</summary>
    public bool HasClosed => _line.HasHungUp;

    /// <summary>How the connection ended, once it has: <c>reset the connection</c>.</summary>
    public Task<string> Ended => _line.Ended;

    /// <summary>When the server last said something: a timestamp of the clock that the connection was opened with.</summary>
    public long HeardAt => _line.HeardAt;

    /// <summary>How often this machine's kernel has sent a segment of it again.</summary>
    public long Resent => _line.Resent;

    /// <summary>Opens one. Throws <see cref="ServerUnavailableException"/> if a step of it takes longer than <paramref name="limit"/>, or
    /// for any other reason. <paramref name="words"/> say how words of the server are kept; null: without the password.</summary>
    public static async Task<ServerConnection> OpenAsync(
        Endpoint endpoint, Credentials credentials, TimeSpan limit, TimeProvider clock, ServerWords? words,
        CancellationToken stop = default)
    {
        words ??= new ServerWords(credentials.Password);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(stop);
        time.CancelAfter(limit);
        var socket = await ConnectAsync(endpoint, limit, time.Token).ConfigureAwait(false);
        time.CancelAfter(limit); // anew: a far server is slow to connect to, and slow to answer
        var tls = credentials.Tls is null ? null
            : await TlsGreeting.SecureAsync(socket, endpoint, credentials.Tls, limit, words, clock, time.Token).ConfigureAwait(false);
        var (line, isLocal) = (new ServerLine(socket, clock, tls), IsOfThisMachine(socket));
        time.CancelAfter(limit);
        string? complaint = null;
        try
        {
            await GreetAsync().WaitAsync(time.Token).ConfigureAwait(false);
            return new ServerConnection(line, isLocal, words, clock);
        }
        catch (Exception cause) when (cause is ServerUnavailableException or OperationCanceledException)
        {
            var resent = line.Resent; // while it is open
            var obstacle = Unavailable(cause, complaint, line, limit, words, resent);
            line.Dispose();
            throw obstacle;
        }

        // A server without a password refuses AUTH and answers PING.
        async Task GreetAsync()
        {
            byte[][] greeting = [credentials.AuthCommand, RespCommand.Encode("PING")];
            foreach (var command in greeting.Where(command => command.Length > 0))
            {
                var answer = await line.AskAsync(command).ConfigureAwait(false);
                complaint ??= answer?.Error;
                if (answer is null || (command == greeting[^1] && answer.Texts is not ["PONG"]))
                {
                    var said = words.Keep(answer?.Texts is [{ } text, ..] ? text : "", LongestComplaint);
                    throw new ServerUnavailableException($"answers PING with something else: \"{said}\"");
                }
            }
        }
    }

    /// <summary>Waits for what is asked as long as the server answers: throws <see cref="ServerUnavailableException"/> once nothing has
    /// come for <paramref name="limit"/>, or if it takes some times as long in all. A far server answers each question late, but it
    /// answers.</summary>
    public async Task<T> WhileItAnswersAsync<T>(Task<T> asking, TimeSpan limit, CancellationToken stop)
    {
        var began = _clock.GetTimestamp();
        while (true)
        {
            var since = Math.Max(began, HeardAt);
            try
            {
                return await asking.WaitAsync(Later(limit - _clock.GetElapsedTime(since)), _clock, stop).ConfigureAwait(false);
            }
            catch (TimeoutException) when (HeardAt > since && _clock.GetElapsedTime(began) < limit * LongestDialogue)
            {
                // Something has come meanwhile.
            }
            catch (TimeoutException cause)
            {
                throw new ServerUnavailableException(HeardAt > since
                    ? $"answered, and had not told all within {(limit * LongestDialogue).TotalSeconds:0.###} s"
                    : $"answered at first, and then did not answer within {limit.TotalSeconds:0.###} s", cause)
                { WasConnected = true, Resent = Resent };
            }
        }
    }

    /// <summary>Says a command and gives the reply as the server wrote it: the elements of a list, or the one text; null for what is no
    /// text. Keep it only through <see cref="Words"/>. Throws <see cref="ServerUnavailableException"/> if the connection is lost, and
    /// <see cref="ServerRefusedException"/> for an error reply.</summary>
    public async Task<IReadOnlyList<string?>> AskAsync(params IReadOnlyList<string> command) =>
        (await AnswerAsync(command).ConfigureAwait(false)).Texts;

    /// <summary>The same, with lists in lists.</summary>
    public async Task<ServerValue> AskForTreeAsync(params IReadOnlyList<string> command) =>
        (await AnswerAsync(command).ConfigureAwait(false)).Tree;

    private async Task<ServerAnswer> AnswerAsync(IReadOnlyList<string> command) =>
        await _line.AskAsync(RespCommand.Encode(command)).ConfigureAwait(false) switch
        {
            null => throw new ServerUnavailableException(_line.End!) { WasConnected = true, Kind = LossKind.End },
            { Error: { } error } => throw new ServerRefusedException(Words.Keep(error)),
            var answer => answer,
        };

    /// <summary>Ends it with a RST, so that nothing of it stays in TIME_WAIT.</summary>
    public void Dispose() => _line.Dispose();

    private static TimeSpan Later(TimeSpan rest) => rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    private static async Task<Socket> ConnectAsync(Endpoint endpoint, TimeSpan limit, CancellationToken stop)
    {
        var socket = ObserverSocket.For(endpoint);
        try
        {
            await socket.ConnectAsync(endpoint.Place, stop).ConfigureAwait(false);
            await Task.Yield(); // not on the thread that polls the sockets of the storm
            return socket;
        }
        catch (Exception cause) when (cause is SocketException or OperationCanceledException)
        {
            await Task.Yield();
            socket.Dispose();
            var reason = cause switch
            {
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "refused the connection: nothing listens there",
                SocketException refusal when endpoint.Path is not null => ObserverSocket.Words(refusal.SocketErrorCode),
                SocketException => $"could not be reached ({cause.Message})",
                _ => $"did not take a connection within {limit.TotalSeconds:0.###} s",
            };
            throw new ServerUnavailableException(reason, cause) { Kind = LossKind.NoConnection };
        }
    }

    private static ServerUnavailableException Unavailable(
        Exception cause, string? complaint, ServerLine line, TimeSpan limit, ServerWords words, long resent)
    {
        if (complaint is not null)
        {
            return Refused(words.Keep(complaint, LongestComplaint));
        }

        if (line.Foreign is { } foreign)
        {
            return new($"does not speak the Redis protocol: it said \"{words.Keep(foreign, LongestComplaint)}\"")
            { IsFinal = true, WasConnected = true };
        }

        // A connection that ended without a word waited in the queue of a process that died. No server counts it.
        var end = line.End;
        var within = $"within {limit.TotalSeconds:0.###} s";
        var reason = end
            ?? (!line.HasSpoken ? $"took a connection and did not answer {within}"
            : cause is OperationCanceledException ? $"answered, and had not taken the observer's AUTH and PING {within}"
            : cause.Message);
        return new(reason)
        {
            WasConnected = line.HasSpoken || end is null,
            Kind = end is not null ? LossKind.End : LossKind.Silence,
            Resent = resent,
        };
    }

    private static ServerUnavailableException Refused(string error)
    {
        var (said, isFinal) = error.Split(' ')[0] switch
        {
            "NOAUTH" => ("wants a password", true),
            "WRONGPASS" => ("does not take the user and password", true),
            "NOPERM" => ("does not let this user in; +ping and +info are what an observer needs", true),
            "DENIED" => ("is in protected mode", true),
            _ => ("turned the observer away", error.StartsWith("ERR AUTH", StringComparison.OrdinalIgnoreCase)),
        };
        return new($"{said} ({error})") { IsFinal = isFinal, WasConnected = true, WasRejected = IsRejection(error), Error = error };
    }

    // These two are counted in rejected_connections.
    private static bool IsRejection(string error) =>
        error.StartsWith("ERR max number of clients", StringComparison.Ordinal) || error.StartsWith("DENIED", StringComparison.Ordinal);

    private static bool IsOfThisMachine(Socket socket) => socket.AddressFamily == AddressFamily.Unix
        || socket is { RemoteEndPoint: IPEndPoint { Address: var remote }, LocalEndPoint: IPEndPoint { Address: var local } }
        && (IPAddress.IsLoopback(remote) || remote.Equals(local));
}
