using System.Runtime.InteropServices;
using ActorLoad.Peers;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>What this process holds, as the kernel sees it.</summary>
/// <param name="Rings">Descriptors of io_uring instances.</param>
/// <param name="RingMappings">Their memory: two mappings each.</param>
/// <param name="Bells">Descriptors of eventfds.</param>
/// <param name="Sockets">Descriptors of sockets.</param>
/// <param name="LoopThreads">Threads with the name of a loop.</param>
/// <param name="Threads">Threads but those of the pool, which has as many as it likes.</param>
/// <param name="Allocated">Bytes of native memory that have been allocated and not freed. Not the garbage collector's, nor stacks.</param>
/// <param name="Managed">Bytes of objects that live, after a full collection.</param>
internal sealed record OwnResources(
    int Rings, int RingMappings, int Bells, int Sockets, int LoopThreads, int Threads, long Allocated, long Managed)
{
    private const string PoolThread = ".NET TP"; // workers, their gate

    /// <summary>Reads them; <paramref name="loopName"/> is at most 15 bytes long.</summary>
    public static OwnResources Read(string loopName)
    {
        GC.Collect(); // threads that have ended leave their last memory to their finalizers
        GC.WaitForPendingFinalizers();
        var managed = GC.GetTotalMemory(forceFullCollection: true);
        var heap = MallocInfo();
        var descriptors = Directory.EnumerateFiles("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget ?? "").ToList();
        var threads = ThreadNames().ToList();
        return new OwnResources(
            descriptors.Count(target => target == "anon_inode:[io_uring]"),
            File.ReadLines("/proc/self/maps").Count(line => line.EndsWith("[io_uring]", StringComparison.Ordinal)),
            descriptors.Count(target => target == "anon_inode:[eventfd]"),
            descriptors.Count(target => target.StartsWith("socket:", StringComparison.Ordinal)),
            threads.Count(name => name == loopName),
            threads.Count(name => !name.StartsWith(PoolThread, StringComparison.Ordinal)),
            (long)(heap.InUse + heap.MappedBytes),
            managed);
    }

    /// <summary>Reads until it is so: a peer closes its sockets, and a thread ends, a little after we have done so.</summary>
    public static async Task<OwnResources> UntilAsync(string loopName, Func<OwnResources, bool> isSo)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ; await Eventually.PauseAsync())
        {
            var own = Read(loopName);
            if (isSo(own))
            {
                return own;
            }

            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException($"this process never had what it should have, but {own}");
            }
        }
    }

    /// <summary>Threads with that name, at most 15 bytes long, now.</summary>
    public static int LoopThreadsOf(string loopName) => ThreadNames().Count(name => name == loopName);

    private static IEnumerable<string> ThreadNames() => Directory.EnumerateDirectories("/proc/self/task").Select(NameOf);

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            return ""; // it has ended since it was listed
        }
    }

    [DllImport("libc", EntryPoint = "mallinfo2")]
    private static extern HeapInfo MallocInfo();

    // struct mallinfo2
    [StructLayout(LayoutKind.Sequential)]
    private struct HeapInfo
    {
        public nuint Arena;
        public nuint FreeChunks;
        public nuint FastChunks;
        public nuint Mapped;
        public nuint MappedBytes;
        public nuint Unused;
        public nuint FastBytes;
        public nuint InUse;
        public nuint Free;
        public nuint Top;
    }
}
