using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ActorLoad.Bench.Measuring;

/// <summary>User and system time of child processes that have ended, by getrusage(RUSAGE_CHILDREN): start-up, JIT and all threads included.</summary>
/// <remarks>Bench runs one child at a time, so the growth over its life is that child's own (the redis-server ends last).</remarks>
internal static class ChildCpu
{
    private const int Children = -1;

    public static TimeSpan Read()
    {
        if (GetRusage(Children, out var usage) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        return TimeSpan.FromSeconds(usage.UserSeconds + usage.SystemSeconds)
            + TimeSpan.FromMicroseconds(usage.UserMicros + usage.SystemMicros);
    }

    [DllImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static extern int GetRusage(int who, out Usage usage);

    // struct rusage of 64-bit Linux: two timevals and fourteen longs.
    [StructLayout(LayoutKind.Sequential, Size = 18 * 8)]
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicros;
        public long SystemSeconds;
        public long SystemMicros;
    }
}
