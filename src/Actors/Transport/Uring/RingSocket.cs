using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>Makes the sockets of links.</summary>
internal static unsafe class RingSocket
{
    /// <summary>Gives a slot a socket as the settings say, bound to the port of <paramref name="lease"/> if there is one; returns 0 or an
    /// errno.</summary>
    public static int Open(RingSlot slot, AddressFamily family, SocketSettings settings, ref PortLease lease)
    {
        var isUnix = family == AddressFamily.Unix;
        var domain = isUnix ? AF_UNIX : family == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;
        var file = Kernel.Socket(domain, SOCK_STREAM | SOCK_CLOEXEC | (isUnix ? SOCK_NONBLOCK : 0), 0);
        if (file < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        if (file >= DescriptorLimit.FirstReserved)
        {
            Kernel.Close(file);
            return EMFILE;
        }

        slot.File = file;
        if (!TrySetOptions(file, settings, isTcp: !isUnix))
        {
            return Marshal.GetLastPInvokeError();
        }

        if (isUnix)
        {
            return 0;
        }

        while (lease.TryNext() && !TryBind(slot, settings, lease))
        {
            // Another process has that port: try the next one.
        }

        return lease.IsHeld || lease.Wanted is null || TryBindAddress(slot, lease.Wanted) ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Connects the socket of a slot to a Unix socket; returns 0 or an errno. EAGAIN: the accept queue is full.</summary>
    public static int ConnectUnix(RingSlot slot, string path)
    {
        var size = (uint)SocketAddressWriter.Write(path, new Span<byte>(slot.Address, RingSlot.AddressSize + RingSlot.UsualCommand));
        var blocks = 0; // from now on the ring waits
        return Connect(slot.File, slot.Address, size) == 0 && Control(slot.File, FIONBIO, &blocks) == 0
            ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>What the peer has done to the connection of a descriptor.</summary>
    public static PeerEnd PeerEndOf(int file)
    {
        byte state = 0;
        uint size = 1;
        return GetOption(file, TcpInfo.Level, TcpInfo.Option, &state, &size) == 0 ? TcpInfo.PeerEndIn(state) : PeerEnd.None;
    }

    /// <summary>Sends what fits into the socket's buffer, beside a receive under way, and waits for nothing. Returns the number of bytes
    /// left: none of a broken connection, which shows in that receive. A reset shows once: if the send has taken it, its errno is in
    /// <paramref name="taken"/>, and the receive sees an end.</summary>
    public static int SendAtOnce(int file, byte* bytes, int size, ref int taken)
    {
        var sent = Send(file, bytes, (nuint)size, (int)(MSG_DONTWAIT | MSG_NOSIGNAL));
        var error = sent >= 0 ? 0 : Marshal.GetLastPInvokeError();
        taken = error == ECONNRESET ? error : taken;
        return sent >= 0 ? size - (int)sent : error == EAGAIN ? size : 0;
    }

    /// <summary>Sends FIN; the descriptor can still receive. If the peer has ended the connection, a receive tells.</summary>
    public static void Finish(int file) => Shutdown(file, SHUT_WR);

    /// <summary>The close of a descriptor will send RST. False with errno.</summary>
    public static bool CloseAbortively(int file)
    {
        var linger = new Linger { OnOff = 1, Seconds = 0 };
        return SetOption(file, SOL_SOCKET, SO_LINGER, &linger, (uint)sizeof(Linger)) == 0;
    }

    // False with errno: without linger zero the close would leave a TIME_WAIT, and ActorLoad promises to leave none.
    // A Unix socket has buffers, and no option of TCP.
    private static bool TrySetOptions(int file, SocketSettings settings, bool isTcp)
    {
        foreach (var option in settings.Options)
        {
            var value = option.Value;
            if ((isTcp || option.IsOfEverySocket) && SetOption(file, option.Level, option.Name, &value, sizeof(int)) != 0)
            {
                return false;
            }
        }

        return !isTcp || ((!settings.IsAbortive || CloseAbortively(file))
            && (!settings.NoDelay || TrySwitchOn(file, IPPROTO_TCP, TCP_NODELAY))
            && (!settings.KeepAlive || TrySwitchOn(file, SOL_SOCKET, SO_KEEPALIVE)));
    }

    private static bool TrySwitchOn(int file, int level, int option)
    {
        var on = 1;
        return SetOption(file, level, option, &on, sizeof(int)) == 0;
    }

    // SO_REUSEADDR is a system call that is seldom needed: to bind a port that others left in TIME_WAIT, or that our own connection to
    // another target has. In that case both sockets must have it.
    private static bool TryBind(RingSlot slot, SocketSettings settings, in PortLease lease)
    {
        var size = (uint)SocketAddressWriter.Write(lease.Source, lease.Port, new Span<byte>(slot.Address, RingSlot.AddressSize));
        var isShared = lease.IsShared || !settings.IsAbortive;
        if (isShared && !AllowReuse(slot.File))
        {
            return false;
        }

        if (Bind(slot.File, slot.Address, size) == 0)
        {
            return true;
        }

        if (isShared || Marshal.GetLastPInvokeError() != EADDRINUSE)
        {
            return false;
        }

        return AllowReuse(slot.File) && Bind(slot.File, slot.Address, size) == 0;
    }

    // The kernel chooses the port at the connect, when it knows the target: a port chosen here would be taken for all targets.
    private static bool TryBindAddress(RingSlot slot, IPAddress address)
    {
        var size = (uint)SocketAddressWriter.Write(address, 0, new Span<byte>(slot.Address, RingSlot.AddressSize));
        return TrySwitchOn(slot.File, IpBind.Level, IpBind.AddressNoPort) && Bind(slot.File, slot.Address, size) == 0;
    }

    private static bool AllowReuse(int file) => TrySwitchOn(file, SOL_SOCKET, SO_REUSEADDR);
}
