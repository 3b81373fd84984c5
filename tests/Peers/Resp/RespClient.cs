using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Peers.Resp;

/// <summary>One connection to any RESP server on loopback, for asking it what it counted.</summary>
public sealed class RespClient : IDisposable
{
    private readonly Socket _socket;
    private readonly RespSocket _resp;

    private RespClient(Socket socket) => (_socket, _resp) = (socket, new RespSocket(socket));

    public static async Task<RespClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return new RespClient(socket);
    }

    /// <summary>The reply as text; null for a null reply.</summary>
    public async Task<string?> CommandAsync(params string[] command)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await SendAsync(limit.Token, command);
        return await _resp.ReadReplyAsync(limit.Token);
    }

    /// <summary>Sends a command whose reply nobody waits for.</summary>
    public Task SendAsync(CancellationToken cancellation, params string[] command) => _resp.SendCommandAsync(command, cancellation);

    public void Dispose() => _socket.Dispose();
}
