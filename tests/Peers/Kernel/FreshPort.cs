using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Peers.Kernel;

/// <summary>Ports of loopback for peers: free, and nothing is left of those who had them before. Who counts the sockets of a peer's port would
/// count what an earlier test left in TIME_WAIT, too.</summary>
public static class FreshPort
{
    private const int Attempts = 100;

    /// <summary>A TCP socket that is bound to such a port.</summary>
    public static Socket Bound()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (!SocketTable.Read().Rows.Any(row => row.IsOf(port)))
            {
                return socket;
            }

            socket.Dispose();
        }

        throw new InvalidOperationException($"of {Attempts} free ports none was fresh");
    }
}
