using System.Runtime.InteropServices;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>Cells of a terminal.</summary>
internal readonly record struct ScreenSize(int Columns, int Rows);

/// <summary>Questions to the terminal behind a standard descriptor. Linux only; elsewhere .NET's console answers.</summary>
internal static class TerminalDevice
{
    public const int Stdin = 0;
    public const int Stderr = 2;

    private const nuint TIOCGWINSZ = 0x5413;
    private const short POLLIN = 0x0001;
    private const int SIGSTOP = 19;

    // Of a terminal that does not say.
    private static readonly ScreenSize _usual = new(80, 24);

    /// <summary>The present size of the terminal behind stderr; 80 x 24 if it does not say.</summary>
    public static ScreenSize Size()
    {
        if (!OperatingSystem.IsLinux())
        {
            return new ScreenSize(Console.WindowWidth, Console.WindowHeight);
        }

        var size = default(WindowSize);
        return Control(Stderr, TIOCGWINSZ, ref size) == 0 && size is { Columns: > 0, Rows: > 0 }
            ? new ScreenSize(size.Columns, size.Rows) : _usual;
    }

    /// <summary>True if a descriptor is a terminal.</summary>
    public static bool IsTerminal(int descriptor) => IsATerminal(descriptor) == 1;

    /// <summary>False for a background job of that terminal: it would be stopped if it read, or changed a mode. True without job
    /// control.</summary>
    public static bool IsForeground(int descriptor) =>
        !OperatingSystem.IsLinux() || ForegroundGroup(descriptor) is var group && (group < 0 || group == OwnGroup());

    /// <summary>Waits for input of stdin, at most so long. Returns the number of bytes read; 0 if none came, -1 if the terminal is
    /// gone.</summary>
    public static int Read(Span<byte> bytes, int millis)
    {
        var entry = new PollEntry { Descriptor = Stdin, Wanted = POLLIN };
        if (Poll(ref entry, 1, millis) <= 0 || !IsForeground(Stdin))
        {
            return 0;
        }

        var count = (entry.Returned & POLLIN) == 0 ? 0 : Read(Stdin, ref bytes[0], (nuint)bytes.Length);
        return count > 0 ? (int)count : -1;
    }

    /// <summary>Stops this process until somebody continues it, as Ctrl-Z does.</summary>
    public static void StopThisProcess() => _ = Kill(Environment.ProcessId, SIGSTOP);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "ioctl")]
    private static extern int Control(int descriptor, nuint request, ref WindowSize size);

    [DllImport("libc", EntryPoint = "isatty")]
    private static extern int IsATerminal(int descriptor);

    [DllImport("libc", EntryPoint = "tcgetpgrp")]
    private static extern int ForegroundGroup(int descriptor);

    [DllImport("libc", EntryPoint = "getpgrp")]
    private static extern int OwnGroup();

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int Poll(ref PollEntry entries, nuint count, int timeout);

    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int descriptor, ref byte bytes, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Returned;
    }
}
