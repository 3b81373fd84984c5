using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Transport.Sockets;

/// <summary>Makes, asks and ends the sockets of links.</summary>
internal static class ClientSocket
{
    private static readonly LingerOption _abortive = new(enable: true, seconds: 0);

    /// <summary>A socket that is not connected, bound to the port of <paramref name="lease"/> if there is one; throws
    /// <see cref="SocketException"/>. A Unix socket has buffers, and no option of TCP.</summary>
    public static Socket Create(AddressFamily family, SocketSettings settings, ref PortLease lease)
    {
        var isTcp = family != AddressFamily.Unix;
        var socket = new Socket(family, SocketType.Stream, isTcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (!OperatingSystem.IsWindows() && socket.SafeHandle.DangerousGetHandle() >= DescriptorLimit.FirstReserved)
            {
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            }

            foreach (var option in settings.Options)
            {
                if (isTcp || option.IsOfEverySocket)
                {
                    option.SetOn(socket);
                }
            }

            if (!isTcp)
            {
                return socket;
            }

            if (settings.IsAbortive)
            {
                CloseAbortively(socket);
            }

            if (settings.NoDelay)
            {
                socket.NoDelay = true;
            }

            if (settings.KeepAlive)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            }

            while (lease.TryNext() && !TryBind(socket, lease))
            {
                // Another process has that port: try the next one.
            }

            if (!lease.IsHeld && lease.Wanted is { } address)
            {
                BindAddress(socket, address);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What the peer has done to the connection of a socket.</summary>
    public static PeerEnd PeerEndOf(Socket socket)
    {
        Span<byte> state = stackalloc byte[1];
        try
        {
            return OperatingSystem.IsLinux() && socket.GetRawSocketOption(TcpInfo.Level, TcpInfo.Option, state) == 1
                ? TcpInfo.PeerEndIn(state[0]) : PeerEnd.None;
        }
        catch (SocketException)
        {
            return PeerEnd.None; // the kernel cannot tell: our own close counts
        }
    }

    /// <summary>The close of a socket will send RST.</summary>
    public static void CloseAbortively(Socket socket) => socket.LingerState = _abortive;

    /// <summary>Sends what fits into the socket's buffer, beside a receive under way, and waits for nothing. Returns the number of bytes
    /// left: none of a broken connection, which shows in that receive. A reset shows once: if the send has taken it, it is in
    /// <paramref name="taken"/>, and the receive sees an end.</summary>
    public static int SendAtOnce(Socket socket, ReadOnlySpan<byte> bytes, ref SocketError taken)
    {
        socket.Blocking = false;
        var sent = socket.Send(bytes, SocketFlags.None, out var error);
        taken = error == SocketError.ConnectionReset ? error : taken;
        return error is SocketError.Success or SocketError.WouldBlock ? bytes.Length - sent : 0;
    }

    /// <summary>Sends FIN, so that an operation under way ends by itself: Dispose would abort it, and .NET then resets the connection.
    /// False if the peer has ended the connection already.</summary>
    public static bool TryShutdown(Socket socket, SocketShutdown how = SocketShutdown.Both)
    {
        try
        {
            socket.Shutdown(how);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // The kernel chooses the port at the connect, when it knows the target: a port chosen here would be taken for all targets.
    private static void BindAddress(Socket socket, IPAddress address)
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(IpBind.Level, IpBind.AddressNoPort, BitConverter.GetBytes(1));
        }

        socket.Bind(new IPEndPoint(address, 0));
    }

    private static bool TryBind(Socket socket, in PortLease lease)
    {
        try
        {
            // .NET sets SO_REUSEADDR by itself on Unix, which allows ports that we or others left in TIME_WAIT.
            socket.Bind(new IPEndPoint(lease.Source, lease.Port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
