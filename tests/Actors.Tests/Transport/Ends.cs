using System.Net.Sockets;
using System.Threading.Channels;
using ActorLoad.Peers.Faults;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>How a peer saw its connections end: <see cref="SocketError.Success"/> is a FIN.</summary>
internal sealed class Ends
{
    private readonly Channel<SocketError> _seen = Channel.CreateUnbounded<SocketError>();

    /// <summary>A peer that says nothing and watches.</summary>
    public FaultPeer Peer() => Peer((connection, stop) => connection.DrainAsync(stop));

    /// <summary>A peer that does something else and watches.</summary>
    public FaultPeer Peer(Func<PeerConnection, CancellationToken, Task> script) =>
        FaultPeer.Scripted((connection, stop) => WatchAsync(script(connection, stop)));

    /// <summary>A peer that answers and watches.</summary>
    public FaultPeer AnsweringPeer() => Peer((connection, stop) => connection.AnswerAsync(int.MaxValue, stop));

    /// <summary>How the next connection ended; with a count, how the last of so many did.</summary>
    public async Task<SocketError> FirstAsync(int count = 1)
    {
        var end = SocketError.Success;
        for (var index = 0; index < count; index++)
        {
            end = await _seen.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        }

        return end;
    }

    private async Task WatchAsync(Task serving)
    {
        try
        {
            await serving;
            _seen.Writer.TryWrite(SocketError.Success);
        }
        catch (SocketException cause)
        {
            _seen.Writer.TryWrite(cause.SocketErrorCode);
        }
    }
}
