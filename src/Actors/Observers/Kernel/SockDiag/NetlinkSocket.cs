using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorLoad.Observers.Kernel.SockDiag;

/// <summary>A socket to the kernel's <c>sock_diag</c>. It sees the network namespace in which it was made, from every thread. A call that
/// fails gives a negative errno.</summary>
internal sealed class NetlinkSocket : IDisposable
{
    public const int EAGAIN = 11;
    public const int ENOBUFS = 105;

    private const int EINTR = 4;
    private const int Attempts = 100;
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private const int NETLINK_SOCK_DIAG = 4;
    private const int SOL_SOCKET = 1;
    private const int SO_RCVTIMEO = 20;
    private const int MSG_TRUNC = 0x20;
    private const int MSG_DONTWAIT = 0x40;

    private readonly SafeFileHandle _file;

    private NetlinkSocket(SafeFileHandle file) => _file = file;

    /// <summary>Opens one. Null, with a reason, where that fails: another system, a seccomp profile, no descriptor.</summary>
    public static NetlinkSocket? Open(TimeSpan patience, out string problem)
    {
        problem = "";
        if (!OperatingSystem.IsLinux())
        {
            problem = "only Linux has it";
            return null;
        }

        var file = Socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
        if (file.IsInvalid)
        {
            problem = $"no socket to the kernel: {Marshal.GetLastPInvokeErrorMessage()}";
            file.Dispose();
            return null;
        }

        // struct timeval: two words of the machine's size.
        nint[] timeout = [(nint)patience.TotalSeconds, patience.Microseconds + (patience.Milliseconds * 1000)];
        _ = SetSocketOption(file, SOL_SOCKET, SO_RCVTIMEO, timeout, (uint)(2 * nint.Size)); // or we may wait for ever
        return new NetlinkSocket(file);
    }

    public int Send(byte[] request)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sent = (int)Send(_file, request, (nuint)request.Length, 0);
            if (sent >= 0 || !IsInterrupted(attempt, out sent))
            {
                return sent;
            }
        }
    }

    /// <summary>The length of the next piece, which may be more than was received; waits for it no longer than the patience.</summary>
    public int Receive(byte[] buffer, bool wait = true)
    {
        for (var attempt = 1; ; attempt++)
        {
            var received = (int)Receive(_file, buffer, (nuint)buffer.Length, MSG_TRUNC | (wait ? 0 : MSG_DONTWAIT));
            if (received >= 0 || !IsInterrupted(attempt, out received))
            {
                return received;
            }
        }
    }

    public void Dispose() => _file.Dispose();

    // A signal came first: call again.
    private static bool IsInterrupted(int attempt, out int error)
    {
        error = -Marshal.GetLastPInvokeError();
        return error == -EINTR && attempt < Attempts;
    }

    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static extern SafeFileHandle Socket(int family, int type, int protocol);

    [DllImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static extern int SetSocketOption(SafeFileHandle socket, int level, int option, nint[] value, uint length);

    [DllImport("libc", EntryPoint = "send", SetLastError = true)]
    private static extern nint Send(SafeFileHandle socket, byte[] buffer, nuint length, int flags);

    [DllImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static extern nint Receive(SafeFileHandle socket, byte[] buffer, nuint length, int flags);
}
