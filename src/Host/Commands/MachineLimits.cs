using System.Runtime.InteropServices;
using System.Text;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>Checks the limits of this process before a command begins. Past a limit, .NET ends the process or one of its threads in the
/// middle of its work.</summary>
/// <remarks>Uses only .NET's core library: with few free descriptors, loading another assembly can fail.</remarks>
internal static class MachineLimits
{
    private const int RLIMIT_NPROC = 6;
    private const int RLIMIT_NOFILE = 7;
    private const int RLIMIT_AS = 9;
    private const int Stderr = 2;
    private const ulong Megabyte = 1 << 20;

    // Usual limits are far above this. Start threads as a trial only below it.
    private const int FewThreads = 4096;
    private const int StackOfATrial = 1 << 17;

    /// <summary>Ends the process with one sentence and exit code 1 if a limit is lower than the command needs.</summary>
    public static void ExitIfTooLow(string[] args)
    {
        if (OperatingSystem.IsLinux()
            && Problem(args.Length > 0 && args[0].Length > 0 && args[0][0] != '-' ? args[0] : "run") is { } problem)
        {
            _ = StandardDescriptors.Write(Stderr, Encoding.UTF8.GetBytes($"actorload: {problem}\n"));
            StandardDescriptors.Exit(ExitCodes.Error);
        }
    }

    private static string? Problem(string command)
    {
        var needs = Needs.Of(command);
        if (Limit(RLIMIT_NOFILE) is var files && files < needs.Files)
        {
            return Sentence(command, "open files (ulimit -n)", $"{files}", $"{needs.Files}");
        }

        if (Limit(RLIMIT_AS) is var space && space < needs.Megabytes * Megabyte)
        {
            return Sentence(command, "address space (ulimit -v)", $"{space / Megabyte} MB", $"{needs.Megabytes} MB");
        }

        return (Limit(RLIMIT_NPROC) < FewThreads || TasksOfGroup() < FewThreads) && !CanStart(needs.Threads)
            ? $"the limit on processes and threads (ulimit -u, or the cgroup's pids.max) leaves fewer than "
                + $"the {needs.Threads} that `{command}` needs"
            : null;
    }

    private static string Sentence(string command, string limit, string present, string needed) =>
        $"the limit on {limit} is {present}, and `{command}` needs at least {needed}";

    /// <summary>A soft limit of this process; the largest number if there is no limit.</summary>
    private static ulong Limit(int resource)
    {
        var limit = default(SoftAndHard);
        return GetLimit(resource, ref limit) == 0 ? limit.Soft : ulong.MaxValue;
    }

    /// <summary>The cgroup's limit on processes and threads; the largest number if it has no limit, or an unreadable one.</summary>
    private static ulong TasksOfGroup()
    {
        var path = "";
        foreach (var line in Read("/proc/self/cgroup").Split('\n'))
        {
            if (line.StartsWith("0::", StringComparison.Ordinal) || line.Contains(":pids:", StringComparison.Ordinal))
            {
                path = line[(line.LastIndexOf(':') + 1)..];
            }
        }

        var least = ulong.MaxValue;
        foreach (var file in new[] { $"/sys/fs/cgroup{path}/pids.max", $"/sys/fs/cgroup/pids{path}/pids.max", "/sys/fs/cgroup/pids.max" })
        {
            if (File.Exists(file) && ulong.TryParse(Read(file).Trim(), out var most))
            {
                least = Math.Min(least, most);
            }
        }

        return least;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // an unknown limit is not checked
        }
    }

    private static bool CanStart(int threads)
    {
        using var go = new ManualResetEvent(false);
        var started = new Thread[threads];
        var count = 0;
        try
        {
            for (; count < threads; count++)
            {
                started[count] = new Thread(() => go.WaitOne(), StackOfATrial);
                started[count].Start();
            }

            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
        finally
        {
            go.Set();
            for (var index = 0; index < count; index++)
            {
                started[index].Join();
            }
        }
    }

    [DllImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static extern int GetLimit(int resource, ref SoftAndHard limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct SoftAndHard
    {
        public nuint Soft;
        public nuint Hard;
    }

    /// <summary>The minimum for a command, found by trying lower and lower limits. Threads come on top of those at the start. .NET takes
    /// seven tenths of the address space for its heap, whatever the limit.</summary>
    private readonly record struct Needs(ulong Files, int Threads, ulong Megabytes)
    {
        public static Needs Of(string command) => command switch
        {
            "run" => new Needs(200, 24, 4000),
            ServeCommand.Name => new Needs(400, 24, 4000),
            TargetCommand.Name => new Needs(128, 16, 3000),
            _ => new Needs(96, 8, 2000),
        };
    }
}
