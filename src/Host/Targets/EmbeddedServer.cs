using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.server;

namespace ActorLoad.Hosting.Targets;

/// <summary>A small Garnet server in this process, on loopback.</summary>
internal sealed class EmbeddedServer : IDisposable
{
    // Another program may take a free port before Garnet binds it.
    private const int FreePortTries = 5;

    private readonly GarnetServer _server;

    private EmbeddedServer(GarnetServer server, IPEndPoint address) => (_server, Address) = (server, address);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts a server; port 0 takes any free port. Throws <see cref="SocketException"/> if it cannot listen there.</summary>
    public static EmbeddedServer Start(int port) => Start(port, Probe);

    /// <summary>The same, with a port from <paramref name="probe"/>.</summary>
    internal static EmbeddedServer Start(int port, Func<int, int> probe)
    {
        for (var attempt = 1; ; attempt++)
        {
            GarnetServer? server = null;
            try
            {
                var address = new IPEndPoint(IPAddress.Loopback, probe(port));
                server = new GarnetServer(Options(address));
                server.Start();
                return new EmbeddedServer(server, address);
            }
            catch (Exception cause) when ((cause as SocketException ?? cause.InnerException) is SocketException problem)
            {
                server?.Dispose();
                if (port != 0 || attempt == FreePortTries)
                {
                    throw problem; // Garnet wraps it in an exception of its own
                }
            }
        }
    }

    public void Dispose() => _server.Dispose();

    /// <summary>The port itself if it can be bound, a free port for 0. Garnet does not report its port.</summary>
    private static int Probe(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        // Connections of an earlier run may linger on this port; a listener there still makes this fail. A free port has no connection.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, port != 0);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(1);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static GarnetServerOptions Options(IPEndPoint address) => new()
    {
        EndPoints = [address],
        QuietMode = true,
        EnableAOF = false,
        DisablePubSub = true,
        LogMemorySize = "32m",
        PageSize = "1m",
        IndexMemorySize = "1m",
        MetricsSamplingFrequency = 1, // without it INFO's connection totals stay 0
    };
}
