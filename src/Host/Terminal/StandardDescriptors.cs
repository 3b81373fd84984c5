using System.Runtime.InteropServices;
using ActorLoad.Hosting.Terminal.Live;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Descriptors 0, 1 and 2 as the kernel knows them. .NET's console hides failed writes to a pipe and throws on failed writes to a
/// disk. Here each write returns its result.</summary>
internal static class StandardDescriptors
{
    private const int Count = 3;
    private const int Stderr = 2;
    private const int F_GETFD = 1;
    private const int F_DUPFD_CLOEXEC = 1030;
    private const int FD_CLOEXEC = 1;
    private const int O_RDWR = 2;
    private const int EINTR = 4;
    private const int EBADF = 9;
    private const int EAGAIN = 11;
    private const int ENFILE = 23;
    private const int EMFILE = 24;
    private const short POLLOUT = 0x0004;
    private const short POLLERR = 0x0008;
    private const int WaitMillis = 1000;

    private static readonly bool[] _isClosed = new bool[Count];

    /// <summary>Opens closed standard descriptors, before this process opens its own files: its next file would be taken for stdout or
    /// stderr.</summary>
    public static void Secure()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        for (var descriptor = 0; descriptor < Count; descriptor++)
        {
            var flags = Control(descriptor, F_GETFD, 0);

            // An inherited descriptor cannot have the flag, so the runtime has opened a file of its own there.
            _isClosed[descriptor] = flags < 0 || (flags & FD_CLOEXEC) != 0;
            if (flags < 0)
            {
                _ = Open("/dev/null", O_RDWR); // gets the lowest free number, which is this one
            }
        }
    }

    /// <summary>Writes all of it; waits for a reader if necessary.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Write(int descriptor, byte[] bytes)
    {
        if (_isClosed[descriptor])
        {
            return EBADF;
        }

        for (var done = 0; done < bytes.Length;)
        {
            var count = Write(descriptor, ref bytes[done], (nuint)(bytes.Length - done));
            var error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error == EAGAIN)
            {
                // Another process has made the shared pipe non-blocking.
                _ = EventsOf(descriptor, POLLOUT, WaitMillis);
            }
            else if (error is not (0 or EINTR))
            {
                return error;
            }

            done += (int)Math.Max(0, count);
        }

        return 0;
    }

    /// <summary>True once the reader of a pipe or a socket has gone.</summary>
    public static bool IsReaderGone(int descriptor) =>
        !OperatingSystem.IsWindows() && !_isClosed[descriptor] && (EventsOf(descriptor, 0, 0) & POLLERR) != 0;

    /// <summary>Ends the process at once: no thread is waited for, and no exit handler runs.</summary>
    public static void Exit(int code)
    {
        RestoreTerminal();
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(code);
        }

        ExitNow(code);
    }

    /// <summary>Gives the terminal back as it was found, in a process that is about to end.</summary>
    public static void RestoreTerminal()
    {
        if (OperatingSystem.IsLinux())
        {
            KeyMode.Restore(isOver: true);
        }
    }

    /// <summary>True if this process has no free descriptor.</summary>
    public static bool AreUsedUp()
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        var copy = Control(Stderr, F_DUPFD_CLOEXEC, 0);
        var error = copy < 0 ? Marshal.GetLastPInvokeError() : Close(copy);
        return error is EMFILE or ENFILE;
    }

    private static short EventsOf(int descriptor, short wanted, int millis)
    {
        var entry = new PollEntry { Descriptor = descriptor, Wanted = wanted };
        return Poll(ref entry, 1, millis) == 1 ? entry.Returned : (short)0;
    }

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int Control(int descriptor, int command, int argument);

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false,
        ThrowOnUnmappableChar = true)]
    private static extern int Open(string path, int flags);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(int descriptor, ref byte bytes, nuint count);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(ref PollEntry entries, nuint count, int timeout);

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void ExitNow(int code);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Returned;
    }
}
