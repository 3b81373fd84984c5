using System.Globalization;
using ActorLoad.Peers;

namespace ActorLoad.Bench.Measuring;

/// <summary>What was seen of a process and of its server at one moment.</summary>
/// <param name="RssBytes">Resident memory (VmRSS).</param>
/// <param name="Descriptors">Sockets of the process: those entries of /proc/PID/fd. .NET also keeps two for each assembly that it loads, some
/// of them late, and these have nothing to do with connections.</param>
/// <param name="Received">Connections that the server had accepted.</param>
/// <param name="Connected">Connections that it had open.</param>
internal sealed record Sighting(long RssBytes, int Descriptors, long Received, long Connected);

/// <summary>Looks at a running process ten times a second, from outside.</summary>
internal static class ProcessWatch
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

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

    private static (long Rss, int Descriptors)? Look(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null
                ? null // a zombie: it has ended
                : (long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024,
                    Directory.GetFileSystemEntries($"/proc/{pid}/fd").Count(IsSocket));
        }
        catch (IOException)
        {
            return null; // it has ended between the look and the read
        }
    }

    private static bool IsSocket(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // closed since it was listed
        }
    }
}
