using System.Net.Sockets;
using System.Text;
using ActorLoad.Peers.Resp;

namespace ActorLoad.Peers.Faults;

/// <summary>The server's side of one accepted connection: what a scripted peer does with it. Ends with an abort if nothing else ended it.</summary>
public sealed class PeerConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly RespSocket _resp;

    internal PeerConnection(Socket socket, long number)
    {
        _socket = socket;
        _resp = new RespSocket(socket);
        Number = number;
    }

    /// <summary>Which accepted connection of its peer this is, from 1.</summary>
    public long Number { get; }

    /// <summary>The next command, its words; null when the client sent FIN instead. Throws <see cref="SocketException"/> when it reset.</summary>
    public Task<IReadOnlyList<string>?> ReadCommandAsync(CancellationToken cancellation) => _resp.ReadCommandAsync(cancellation);

    public Task SendAsync(string text, CancellationToken cancellation) => SendAsync(Encoding.UTF8.GetBytes(text), cancellation);

    public Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => _resp.SendAsync(bytes, cancellation);

    /// <summary>What a real server would answer, if every key held <c>bar</c>.</summary>
    public static string ReplyTo(IReadOnlyList<string> command) => command[0].ToUpperInvariant() switch
    {
        "PING" => "+PONG\r\n",
        "GET" => "$3\r\nbar\r\n",
        _ => "+OK\r\n",
    };

    /// <summary>Answers <paramref name="commands"/> commands as a real server would; false when the client ended first.</summary>
    public async Task<bool> AnswerAsync(int commands, CancellationToken cancellation)
    {
        for (var i = 0; i < commands; i++)
        {
            if (await ReadCommandAsync(cancellation) is not { } command)
            {
                return false;
            }

            await SendAsync(ReplyTo(command), cancellation);
        }

        return true;
    }

    /// <summary>Ends with a RST.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Ends with a FIN, and a FIN only: unread data at the close would make it a RST, so everything is read first.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        _socket.Shutdown(SocketShutdown.Send);
        await DrainAsync(cancellation);
    }

    /// <summary>Takes a part of what the client sends.</summary>
    public async Task ReadSomeAsync(CancellationToken cancellation) => await _socket.ReceiveAsync(new byte[4096], SocketFlags.None, cancellation);

    /// <summary>Takes what the client sends and says nothing, until it ends the connection.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        while (await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellation) > 0)
        {
            // Nothing to do with it.
        }
    }

    public void Dispose() => _socket.Dispose();
}
