using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Transport.Sockets;

/// <summary>Brings work from other threads to the engine's thread: a datagram to itself, which touches no TCP counter.</summary>
internal sealed class SocketBell : IDisposable
{
    private readonly SocketLoop _loop;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly SocketAsyncEventArgs _datagram = new(true);
    private int _rung;
    private volatile bool _disposed;

    public SocketBell(SocketLoop loop)
    {
        _loop = loop;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Connect(_socket.LocalEndPoint!);
        _datagram.SetBuffer(new byte[1]);
        _datagram.Completed += (_, _) =>
        {
            Hear();
            Listen();
            _loop.RingIfWorkIsLeft(); // after Listen: else a datagram that is there already would be heard at once, past the engine
        };
    }

    /// <summary>Has the loop hear of foreign work soon. Safe from any thread.</summary>
    public void Ring()
    {
        if (Interlocked.Exchange(ref _rung, 1) != 0 || _disposed)
        {
            return;
        }

        try
        {
            _socket.Send("!"u8);
        }
        catch (Exception cause) when (cause is ObjectDisposedException or SocketException)
        {
            // The engine's thread cannot be reached: any pool thread will do.
            ThreadPool.UnsafeQueueUserWorkItem(static bell =>
            {
                bell.Hear();
                bell._loop.RingIfWorkIsLeft();
            }, this, preferLocal: false);
        }
    }

    /// <summary>Waits for the next ring.</summary>
    public void Listen()
    {
        while (!_disposed && !ReceiveLater())
        {
            Hear();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _socket.Dispose();
    }

    private void Hear()
    {
        Interlocked.Exchange(ref _rung, 0);
        _loop.HearBell();
    }

    // False if a datagram was there already.
    private bool ReceiveLater()
    {
        try
        {
            return _socket.ReceiveAsync(_datagram);
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
