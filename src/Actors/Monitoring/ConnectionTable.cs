using System.Net;
using System.Net.NetworkInformation;
using ActorLoad.Observers.Kernel;
using TcpState = ActorLoad.Observers.Kernel.TcpState;

namespace ActorLoad.Monitoring;

/// <summary>The sockets of a port where <c>sock_diag</c> is not available (another system, a container that forbids it). It reads .NET's
/// own table of connections, which is <c>/proc/net/tcp</c> on Linux: many times slower, and without listeners.</summary>
internal static class ConnectionTable
{
    private const string Subject = "connection table";

    /// <summary>The counts; null, with a note, if the table is not readable either.</summary>
    public static SocketCounts? Read(int port, UnseenNotes unseen)
    {
        try
        {
            var counts = Count(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections(), port);
            unseen.Add(
                Subject,
                "Socket states come from the system's table of connections instead, which is slower and has no accept queue.");
            return counts;
        }
        catch (Exception cause) when (
            cause is NetworkInformationException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            unseen.Add(Subject, $"Socket states were not seen: the system's table of connections cannot be read ({cause.Message}).");
            return null;
        }
    }

    internal static SocketCounts Count(IEnumerable<TcpConnectionInformation> connections, int port)
    {
        // The kernel gives its table in pieces. If other sockets come and go meanwhile, one can be in two pieces.
        var counts = new SocketCounts();
        var counted = new HashSet<(IPEndPoint, IPEndPoint)>();
        foreach (var connection in connections)
        {
            var (local, remote) = (connection.LocalEndPoint, connection.RemoteEndPoint);
            var (isServer, isClient) = (local.Port == port, remote.Port == port);
            if (!(isServer || isClient) || State(connection.State) is not { } state || !counted.Add((local, remote)))
            {
                continue;
            }

            if (isServer)
            {
                counts.AddServer((int)state);
            }

            if (isClient)
            {
                counts.AddClient((int)state);
            }
        }

        return counts;
    }

    private static TcpState? State(System.Net.NetworkInformation.TcpState state) => state switch
    {
        System.Net.NetworkInformation.TcpState.SynSent => TcpState.SynSent,
        System.Net.NetworkInformation.TcpState.SynReceived => TcpState.SynReceived,
        System.Net.NetworkInformation.TcpState.Established => TcpState.Established,
        System.Net.NetworkInformation.TcpState.FinWait1 => TcpState.FinWait1,
        System.Net.NetworkInformation.TcpState.FinWait2 => TcpState.FinWait2,
        System.Net.NetworkInformation.TcpState.CloseWait => TcpState.CloseWait,
        System.Net.NetworkInformation.TcpState.LastAck => TcpState.LastAck,
        System.Net.NetworkInformation.TcpState.Closing => TcpState.Closing,
        System.Net.NetworkInformation.TcpState.TimeWait => TcpState.TimeWait,
        _ => null,
    };
}
