using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ActorLoad.Actors.Tests.Peers;

/// <summary>A bare socket that tells what it saw, to prove that a peer does what it promises.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public static async Task<RawClient> ConnectAsync(IPEndPoint target)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(target);
        return client;
    }

    public Task PingAsync() => SendAsync("*1\r\n$4\r\nPING\r\n");

    public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Exactly so many bytes.</summary>
    public async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var more = await _socket.ReceiveAsync(bytes.AsMemory(read));
            read += more > 0 ? more : throw new EndOfStreamException($"FIN after {read} of {count} bytes");
        }

        return Encoding.ASCII.GetString(bytes);
    }

    /// <summary>True for FIN; throws for RST.</summary>
    public async Task<bool> SeesFinAsync() => await _socket.ReceiveAsync(new byte[1]) == 0;

    public async Task<SocketError> ReceiveErrorAsync() =>
        (await Assert.ThrowsAsync<SocketException>(async () => await _socket.ReceiveAsync(new byte[1]))).SocketErrorCode;

    /// <summary>Ends our direction; true when the peer then ends its own without having sent another byte.</summary>
    public Task<bool> SeesSilenceToTheEndAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        return SeesFinAsync();
    }

    /// <summary>Ends with a RST, so that nothing stays in TIME_WAIT.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Ends with a FIN.</summary>
    public void Dispose() => _socket.Dispose();
}
