using System.Net;
using System.Net.Sockets;
using ActorLoad.Peers.Kernel;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

/// <summary>Bare sockets in a namespace, on one listener that accepts only when it is told to.</summary>
internal sealed class NamespaceSockets : IDisposable
{
    private const int IpProtoTcp = 6;
    private const int TcpDeferAccept = 9;

    private readonly NetworkNamespace _network;
    private readonly List<Socket> _made = [];
    private readonly Socket _listener;

    public NamespaceSockets(NetworkNamespace network, int backlog = 64, IPAddress? address = null)
    {
        _network = network;
        _listener = Make(address?.AddressFamily ?? AddressFamily.InterNetwork);
        if (_listener.AddressFamily == AddressFamily.InterNetworkV6)
        {
            _listener.DualMode = true;
        }

        _listener.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        _listener.Listen(backlog);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <summary>A client's socket, connected.</summary>
    public Socket Connect(IPEndPoint? to = null)
    {
        var client = Make((to ?? EndPoint).AddressFamily);
        client.Connect(to ?? EndPoint);
        return client;
    }

    /// <summary>A client's socket that has sent its SYN; on one machine the answer, if there is one, is there at once.</summary>
    public Socket BeginConnect()
    {
        var client = Make(AddressFamily.InterNetwork);
        client.Blocking = false;
        try
        {
            client.Connect(EndPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // Nobody waits for it.
        }

        return client;
    }

    /// <summary>The server's end of the connection that waits longest.</summary>
    public Socket Accept()
    {
        var server = _listener.Accept();
        _made.Add(server);
        return server;
    }

    /// <summary>Both ends of a new connection.</summary>
    public (Socket Client, Socket Server) Pair(IPEndPoint? to = null) => (Connect(to), Accept());

    /// <summary>From now on connections wait for their first byte as half open.</summary>
    public void DeferAccepts() => _listener.SetRawSocketOption(IpProtoTcp, TcpDeferAccept, BitConverter.GetBytes(60));

    public void StopListening() => _listener.Dispose();

    public static void Abort(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Dispose() => _made.ForEach(socket => socket.Dispose());

    private Socket Make(AddressFamily family)
    {
        var socket = _network.Inside(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        _made.Add(socket);
        return socket;
    }
}
