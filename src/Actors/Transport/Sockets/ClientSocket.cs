using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Transport.Sockets;

/// <summary>Makes sockets as the settings say.</summary>
internal static class ClientSocket
{
    private static readonly LingerOption _abortive = new(enable: true, seconds: 0);

    /// <summary>A socket that has not been connected, bound to the port of <paramref name="lease"/> if one can be had; throws
    /// <see cref="SocketException"/>.</summary>
    public static Socket Create(AddressFamily family, SocketSettings settings, ref PortLease lease)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (!OperatingSystem.IsWindows() && socket.SafeHandle.DangerousGetHandle() >= DescriptorLimit.FirstReserved)
            {
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            }

            if (settings.Close == CloseMode.Abort)
            {
                socket.LingerState = _abortive;
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
                // Somebody else has it: the next one.
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool TryBind(Socket socket, in PortLease lease)
    {
        try
        {
            // With SO_REUSEADDR, which .NET sets by itself on Unix: past what others, and we, have left in TIME_WAIT.
            socket.Bind(new IPEndPoint(lease.Source, lease.Port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
