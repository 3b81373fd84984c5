using System.Globalization;
using ActorLoad.Peers;

namespace ActorLoad.Bench.Measuring;

/// <summary>What was seen of a process and of its server at one moment.</summary>
/// <param name="RssBytes">Resident memory (VmRSS).</param>
/// <param name="Descriptors">Sockets, rings and their bells: those entries of /proc/PID/fd. .NET also keeps two for each assembly that it loads,
/// some of them late, and these have nothing to do with connections.</param>
/// <param name="Received">Connections that the server had accepted.</param>
/// <param name="Connected">Connections that it had open.</param>
internal sealed record Sighting(long RssBytes, int Descriptors, long Received, long Connected);

/// <summary>Looks at a running process ten times a second, from outside.</summary>
internal static class ProcessWatch
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _rest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _shortestRest = TimeSpan.FromSeconds(2);

    /// <summary>Everything seen until the process ends.</summary>
    public static async Task<IReadOnlyList<Sighting>> UntilExitAsync(int pid, Task exit, RedisServer server)
    {
        var seen = new List<Sighting>();
        var from = await server.ConnectionsReceivedAsync();
        using var timer = new PeriodicTimer(_interval);
        while (!exit.IsCompleted && await timer.WaitForNextTickAsync())
        {
            if (Look(pid) is var (rss, descriptors))
            {
                seen.Add(new Sighting(
                    rss, descriptors, await server.ConnectionsReceivedAsync() - from, await server.ConnectedClientsAsync()));
            }
        }

        return seen;
    }

    /// <summary>Which part of one core a process takes while it has <paramref name="clients"/> connections open; seen from outside, until they
    /// begin to close. Throws if they were not seen for long enough.</summary>
    public static async Task<double> ShareOfCoreAsync(int pid, Task exit, RedisServer server, int clients)
    {
        (long At, TimeSpan Cpu)? first = null, last = null;
        using var timer = new PeriodicTimer(_rest);
        while (!exit.IsCompleted && await timer.WaitForNextTickAsync())
        {
            if (await server.ConnectedClientsAsync() >= clients && CpuOf(pid) is { } cpu)
            {
                last = (TimeProvider.System.GetTimestamp(), cpu);
                first ??= last;
            }
        }

        var seconds = first is null || last is null ? 0 : TimeProvider.System.GetElapsedTime(first.Value.At, last.Value.At).TotalSeconds;
        return seconds >= _shortestRest.TotalSeconds
            ? (last!.Value.Cpu - first!.Value.Cpu).TotalSeconds / seconds
            : throw new InvalidOperationException($"{clients} connections were seen open for {seconds:0.0} s, and not for {_shortestRest.TotalSeconds} s");
    }

    /// <summary>User and system time of a process, to a hundredth of a second; null when it has ended.</summary>
    /// <remarks>The 14th and 15th field of /proc/PID/stat. The second, a name, may hold spaces.</remarks>
    public static TimeSpan? CpuOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            return null; // it has ended
        }
    }

    private static (long Rss, int Descriptors)? Look(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null
                ? null // a zombie: it has ended
                : (long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024,
                    Directory.GetFileSystemEntries($"/proc/{pid}/fd").Count(IsOfStorm));
        }
        catch (IOException)
        {
            return null; // it has ended between the look and the read
        }
    }

    private static bool IsOfStorm(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget is { } target
                && (target.StartsWith("socket:", StringComparison.Ordinal) || target is "anon_inode:[io_uring]" or "anon_inode:[eventfd]");
        }
        catch (IOException)
        {
            return false; // closed since it was listed
        }
    }
}
