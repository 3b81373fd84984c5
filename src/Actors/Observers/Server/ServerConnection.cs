using System.Net;
using System.Net.Sockets;
using ActorLoad.Metrics;
using StackExchange.Redis;

namespace ActorLoad.Observers.Server;

/// <summary>One connection to a server, to ask it things; one TCP connection, no more, and none again when it is lost.</summary>
/// <remarks>It says AUTH (if there is a password) and PING when it opens, and then what it is asked to say.</remarks>
public sealed class ServerConnection : IDisposable
{
    // Longer than a run: whoever asks has a limit of his own, and a slow server keeps its connection.
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    private const int LongestComplaint = 120;

    // Of an answer's limit: a server that sends a byte now and then keeps nobody for ever.
    private const int LongestDialogue = 5;

    private readonly ServerStream _stream;
    private readonly ConnectionMultiplexer _client;
    private readonly IDatabase _commands;
    private readonly TimeProvider _clock;

    private ServerConnection(ServerStream stream, ConnectionMultiplexer client, bool isLocal, ServerWords words, TimeProvider clock)
    {
        (_stream, _clock) = (stream, clock);
        Words = words;
        _client = client;
        _commands = client.GetDatabase();
        IsLocal = isLocal;
    }

    /// <summary>True if its address is one of this machine, in this network namespace.</summary>
    public bool IsLocal { get; }

    /// <summary>How words of the server are kept.</summary>
    public ServerWords Words { get; }

    /// <summary>True if the server has ended it.</summary>
    public bool HasClosed => _stream.End is not null && _stream.HasHungUp;

    /// <summary>When the server last said something: a timestamp of the clock that it was opened with.</summary>
    public long HeardAt => _stream.HeardAt;

    /// <summary>How often this machine's kernel has sent a segment of it again.</summary>
    public long Resent => _stream.Resent;

    /// <summary>Waits for what is asked as long as the server answers: throws <see cref="ServerUnavailableException"/> once nothing has come for
    /// <paramref name="limit"/>, or it is not over after some times that. A far server answers each question late, and is none that does not answer.</summary>
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

    /// <summary>Opens one. Throws <see cref="ServerUnavailableException"/> if a step of it takes longer than <paramref name="limit"/>, or for any other
    /// reason. <paramref name="words"/> say how words of the server are kept; null: without the password.</summary>
    public static async Task<ServerConnection> OpenAsync(
        IPEndPoint endpoint, string? username, string? password, TimeSpan limit, TimeProvider clock, ServerWords? words, CancellationToken stop = default)
    {
        words ??= new ServerWords(password ?? "");
        using var time = CancellationTokenSource.CreateLinkedTokenSource(stop);
        time.CancelAfter(limit);
        var stream = new ServerStream(await ConnectAsync(endpoint, limit, time.Token).ConfigureAwait(false), clock);
        time.CancelAfter(limit); // anew: a far server is slow to connect to, and slow to answer
        var opening = ConnectionMultiplexer.ConnectAsync(Options(endpoint, username, password, limit, stream));
        try
        {
            return new ServerConnection(stream, await opening.WaitAsync(time.Token).ConfigureAwait(false), IsOfThisMachine(stream.Socket), words, clock);
        }
        catch (Exception cause)
        {
            var resent = stream.Resent; // while it is open
            await stream.DisposeAsync().ConfigureAwait(false);
            _ = DisposeAsync(opening);
            throw Unavailable(cause, stream, limit, words, resent);
        }
    }

    /// <summary>Says a command and gives the reply as the server wrote it, which nobody may keep but through <see cref="Words"/>: an array's elements,
    /// or the one string; null for what is no text. Throws <see cref="ServerUnavailableException"/> if the connection is lost,
    /// <see cref="ServerRefusedException"/> for an error reply.</summary>
    public async Task<IReadOnlyList<string?>> AskAsync(string command, params object[] arguments)
    {
        _stream.Asked();
        try
        {
            var reply = await _commands.ExecuteAsync(command, arguments).ConfigureAwait(false);
            return reply is null || reply.IsNull ? []
                : IsList(reply) ? [.. Enumerable.Range(0, reply.Length).Select(index => Text(reply[index]))]
                : [Text(reply)];
        }
        catch (RedisServerException refusal)
        {
            throw new ServerRefusedException(Words.Keep(refusal.Message));
        }
        catch (Exception cause) when (cause is RedisException or ObjectDisposedException)
        {
            throw new ServerUnavailableException(_stream.End ?? $"could not be asked ({FirstSentence(cause, Words)})") { WasConnected = true, Kind = LossKind.End };
        }
    }

    private static TimeSpan Later(TimeSpan rest) => rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    private static bool IsList(RedisResult reply) => reply.Length >= 0;

    private static string? Text(RedisResult? reply) =>
        reply is null || reply.IsNull || IsList(reply) || reply.Resp2Type == ResultType.Error ? null : (string?)reply;

    /// <summary>Tells, once, how the connection was lost; at once if it is lost already.</summary>
    public void WhenLost(Action<string> tell)
    {
        _stream.Ended = tell;
        if (_stream.End is { } end)
        {
            tell(end);
        }
    }

    /// <summary>Ends it with a RST, so that nothing of it stays in TIME_WAIT.</summary>
    public void Dispose()
    {
        _stream.Ended = null;
        _stream.Dispose();
        _client.Dispose();
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endpoint, TimeSpan limit, CancellationToken stop)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        try
        {
            await socket.ConnectAsync(endpoint, stop).ConfigureAwait(false);
            await Task.Yield(); // not on the thread that polls the sockets of the storm
            return socket;
        }
        catch (Exception cause) when (cause is SocketException or OperationCanceledException)
        {
            await Task.Yield();
            socket.Dispose();
            throw new ServerUnavailableException(
                cause switch
                {
                    SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "refused the connection: nobody listens there",
                    SocketException => $"could not be reached ({cause.Message})",
                    _ => $"did not take a connection within {limit.TotalSeconds:0.###} s",
                },
                cause)
            { Kind = LossKind.NoConnection };
        }
    }

    /// <summary>No discovery (an Envoy proxy is one of which nothing can be found out), no second connection, no second try.</summary>
    private static ConfigurationOptions Options(IPEndPoint endpoint, string? username, string? password, TimeSpan limit, ServerStream stream) => new()
    {
        EndPoints = { endpoint },
        User = username,
        Password = password,
        Tunnel = new ServerTunnel(stream),
        CommandMap = CommandMap.Create(["AUTH", "PING", "INFO", "CONFIG"]),
        Proxy = Proxy.Envoyproxy,
        DefaultVersion = new Version(2, 6), // before the library asks of its own accord for a role
        Protocol = RedisProtocol.Resp2,
        AllowAdmin = true, // the library calls INFO a command for administrators
        AbortOnConnectFail = true,
        ConnectRetry = 1,
        ReconnectRetryPolicy = new NoRetry(),
        ConnectTimeout = (int)(limit * LongestDialogue).TotalMilliseconds, // ours is the shorter one, and knows what it waited for
        AsyncTimeout = (int)Never.TotalMilliseconds,
        SyncTimeout = (int)Never.TotalMilliseconds,
        KeepAlive = (int)Never.TotalSeconds,
        ConfigCheckSeconds = 0,
        BacklogPolicy = BacklogPolicy.FailFast,
        SetClientLibrary = false,
    };

    private static ServerUnavailableException Unavailable(Exception cause, ServerStream stream, TimeSpan limit, ServerWords words, long resent)
    {
        if (stream.Complaint is { IsResp: false } other)
        {
            return new($"does not speak the Redis protocol: it said \"{words.Keep(other.Text, LongestComplaint)}\"") { IsFinal = true, WasConnected = true };
        }

        if (stream.Complaint is not { } complaint)
        {
            // One that was ended without a word waited in the queue of a process that died: nobody counts it.
            var isEnded = stream.End is not (null or ServerStream.GivenUp);
            return new(
                isEnded ? stream.End!
                    : !stream.HasSpoken ? $"took a connection and did not answer within {limit.TotalSeconds:0.###} s"
                    : cause is OperationCanceledException ? $"answered, and had not taken the observer's AUTH and PING within {limit.TotalSeconds:0.###} s"
                    : $"could not be asked ({FirstSentence(cause, words)})")
            {
                WasConnected = stream.HasSpoken || !isEnded,
                Kind = isEnded ? LossKind.End : LossKind.Silence,
                Resent = resent,
            };
        }

        var error = words.Keep(complaint.Text, LongestComplaint);
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

    /// <summary>The two that are counted in rejected_connections.</summary>
    private static bool IsRejection(string error) =>
        error.StartsWith("ERR max number of clients", StringComparison.Ordinal) || error.StartsWith("DENIED", StringComparison.Ordinal);

    /// <summary>The library may still be at it when its time is over.</summary>
    private static async Task DisposeAsync(Task<ConnectionMultiplexer> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what it throws now comes of the stream's end, and that is told
        if (opening.IsCompletedSuccessfully)
        {
            await (await opening.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }

    private static bool IsOfThisMachine(Socket socket) =>
        socket is { RemoteEndPoint: IPEndPoint { Address: var remote }, LocalEndPoint: IPEndPoint { Address: var local } }
        && (IPAddress.IsLoopback(remote) || remote.Equals(local));

    // The library quotes the server in some.
    private static string FirstSentence(Exception cause, ServerWords words) => words.Keep(cause.Message.ReplaceLineEndings(" ").Split(';', 2)[0]);

    private sealed class NoRetry : IReconnectRetryPolicy
    {
        public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) => false;
    }
}
