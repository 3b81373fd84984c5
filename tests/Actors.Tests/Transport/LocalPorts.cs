using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ActorLoad.Peers.Kernel;
using ActorLoad.Transport;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>Local ports for links, and other programs that hold them.</summary>
internal static class LocalPorts
{
    private const int SOL_SOCKET = 1;
    private const int SO_REUSEADDR = 2;
    private const int IPPROTO_TCP = 6;
    private const int TCP_REPAIR = 19;

    private static readonly byte[] _on = BitConverter.GetBytes(1);

    // From a place of this process's own, so that tests of two processes do not meet.
    private static int s_next = 10_000 + RandomNumberGenerator.GetInt32(20_000);

    /// <summary>All that can still be taken.</summary>
    public static List<int> TakeAll(TargetPorts ports)
    {
        var taken = new List<int>();
        while (ports.Take() is var port and not TargetPorts.KernelsChoice)
        {
            taken.Add(port);
        }

        return taken;
    }

    /// <summary>Ports that nobody holds and that the kernel gives to nobody: they lie below its range.</summary>
    public static int[] Free(int count)
    {
        var first = int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t')[0], CultureInfo.InvariantCulture);
        var ports = new List<int>();
        while (ports.Count < count)
        {
            var port = 2_000 + (Interlocked.Increment(ref s_next) % (first - 2_000));
            try
            {
                using var probe = Bound(port, reuse: false);
                ports.Add(port);
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        return [.. ports];
    }

    /// <summary>A server on that port, that accepts nobody.</summary>
    public static Socket Listener(int port, int backlog = 128)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(backlog);
        return socket;
    }

    /// <summary>A client that is connected from that port.</summary>
    public static async Task<Socket> ConnectedAsync(int port, IPEndPoint target, bool reuse = true)
    {
        var socket = Bound(port, reuse);
        await socket.ConnectAsync(target);
        return socket;
    }

    /// <summary>Ends a connection of which only our side hears: no FIN, no RST. Needs CAP_NET_ADMIN.</summary>
    public static void Vanish(Socket connected)
    {
        connected.SetRawSocketOption(IPPROTO_TCP, TCP_REPAIR, _on);
        connected.Dispose();
    }

    /// <summary>The local ports of this machine's <paramref name="count"/> established connections to a port, lowest first.</summary>
    public static async Task<int[]> ToAsync(int remotePort, int count)
    {
        var table = await SocketTable.UntilAsync(table => table.CountTo(remotePort, SocketState.Established) == count);
        return
        [
            .. table.Rows.Where(row => row.RemotePort == remotePort && row.State == SocketState.Established)
                .Select(row => row.LocalPort).Order(),
        ];
    }

    // Not by Socket.Bind, which sets SO_REUSEADDR unasked.
    private static Socket Bound(int port, bool reuse)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (reuse)
            {
                socket.SetRawSocketOption(SOL_SOCKET, SO_REUSEADDR, _on);
            }

            var address = new IPEndPoint(IPAddress.Loopback, port).Serialize();
            return Bind((int)socket.Handle, address.Buffer.ToArray(), address.Size) == 0
                ? socket : throw new SocketException(Marshal.GetLastPInvokeError());
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [DllImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static extern int Bind(int socket, byte[] address, int size);
}
