using System.Net.Sockets;
using Akka.Dispatch;

namespace ActorLoad.Transport.Sockets;

/// <summary>
/// Event arguments and buffers of one operation at a time. Links borrow it from their loop's stock, and return it only when the socket
/// engine no longer uses it: until then a late completion may still write to a buffer.
/// </summary>
internal sealed class SocketOperation : IRunnable, IDisposable
{
    private const int UsualCommand = 128;

    private readonly byte[] _received;
    private byte[] _outgoing = new byte[UsualCommand];

    public SocketOperation(SocketLoop loop, int receiveBuffer)
    {
        _received = new byte[receiveBuffer];
        Arguments = new SocketAsyncEventArgs(true);
        Arguments.Completed += (_, _) => loop.Complete(this);
    }

    public SocketAsyncEventArgs Arguments { get; }

    public int ReceiveBuffer => _received.Length;

    public SocketLink? Link { get; set; }

    /// <summary>When the engine brought its last completion.</summary>
    public long CompletedAt { get; set; }

    public ReadOnlySpan<byte> Incoming => _received.AsSpan(0, Arguments.BytesTransferred);

    public Span<byte> Outgoing(int size)
    {
        if (_outgoing.Length < size)
        {
            _outgoing = new byte[size];
        }

        return _outgoing;
    }

    public ReadOnlySpan<byte> Written(int size) => _outgoing.AsSpan(0, size);

    public void AimToSend(int size) => Arguments.SetBuffer(_outgoing, 0, size);

    public void AimToReceive() => Arguments.SetBuffer(_received, 0, _received.Length);

    public void AimAtNothing() => Arguments.SetBuffer(null, 0, 0);

    public void Run() => Link!.Complete(this);

    public void Execute() => Run();

    public void Dispose() => Arguments.Dispose();
}
