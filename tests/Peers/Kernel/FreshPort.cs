using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Peers.Kernel;

/// <summary>Ports of loopback for peers: free, and nothing is left of those who had them before. Who counts the sockets of a peer's port would
/// count what an earlier test left in TIME_WAIT, too.</summary>
public static class FreshPort
{
    private const int Attempts = 100;

    // Below what Linux gives to connections, and above what services have.
    private const int FirstOfServers = 10_000;
    private const int FirstOfConnections = 32_768;

    /// <summary>A TCP socket that is bound to such a port.</summary>
    public static Socket Bound() => Bound(() => 0);

    /// <summary>The same with a port that no connection of another program gets: every socket of this port is the test's.</summary>
    public static Socket BoundApart() => Bound(() => Random.Shared.Next(FirstOfServers, FirstOfConnections));

    /// <summary>The number of such a port, for a program that binds it itself.</summary>
    public static int NumberApart()
    {
        using var held = BoundApart();
        return ((IPEndPoint)held.LocalEndPoint!).Port;
    }

    private static Socket Bound(Func<int> wanted)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, wanted()));
                var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                if (!SocketTable.Read().Rows.Any(row => row.IsOf(port)))
                {
                    return socket;
                }
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // another one, then
            }

            socket.Dispose();
        }

        throw new InvalidOperationException($"of {Attempts} free ports none was fresh");
    }
}
