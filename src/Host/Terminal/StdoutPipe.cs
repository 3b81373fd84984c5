using System.Runtime.InteropServices;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The other end of stdout. .NET ignores SIGPIPE, and its console drops what nobody reads: a program that never ends by itself
/// must look.</summary>
internal static class StdoutPipe
{
    private const int Stdout = 1;
    private const short POLLERR = 0x0008;

    /// <summary>True once whoever read our output has gone, as in <c>actorload monitor | head</c>.</summary>
    public static bool IsBroken()
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        var entry = new PollEntry { Descriptor = Stdout };
        return Poll(ref entry, 1, 0) == 1 && (entry.Returned & POLLERR) != 0;
    }

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(ref PollEntry entries, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Returned;
    }
}
