using System.Globalization;
using ActorLoad.Transport;

namespace ActorLoad.Observers.Server;

/// <summary>What this machine's /proc tells about a server that runs on it.</summary>
/// <param name="OpenFilesLimit">Descriptors that the process may have; <see cref="long.MaxValue"/> for no limit.</param>
/// <param name="OvercommitMemory">vm.overcommit_memory.</param>
public sealed record ServerProcess(long? OpenFilesLimit, string? OvercommitMemory)
{
    /// <summary>Its process id; null if no process here is known to be the server.</summary>
    public int? Id { get; init; }

    /// <summary>How far <see cref="OpenFilesLimit"/> may be raised; <see cref="long.MaxValue"/> for no limit.</summary>
    public long? OpenFilesHard { get; init; }

    private const double TicksPerSecond = 100; // USER_HZ: the unit of /proc, independent of the kernel's own clock
    private const double AgeSlack = 3;
    private const int LongestName = 15;
    private const int StartedField = 19; // counted after the name, which is in brackets and may contain anything

    private static readonly string[] Names = ["redis", "valkey", "keydb", "dragonfly"];

    /// <summary>Looks it up; null if it is not on this machine, or if its number may be that of another process, for a container has
    /// numbers of its own. Its name and age must be those that INFO tells.</summary>
    /// <param name="reading">What the server says of itself.</param>
    /// <param name="isLocal">Its address is one of this machine.</param>
    /// <param name="proc">Where /proc is.</param>
    public static ServerProcess? Find(ServerReading reading, bool isLocal, string proc = "/proc")
    {
        if (!isLocal)
        {
            return null;
        }

        try
        {
            var folder = reading.ProcessId is { } id ? Path.Combine(proc, id.ToString(CultureInfo.InvariantCulture)) : null;
            var isFound = folder is not null && IsServer(folder, reading, proc);
            return isFound ? Found((int)reading.ProcessId!.Value, folder!, proc)
                : IsSameMachine(reading, proc) ? new ServerProcess(null, Overcommit(proc)) : null;
        }
        catch (Exception cause) when (IsUnreadable(cause))
        {
            return null; // not Linux, or hidden from us
        }
    }

    /// <summary>The same for a process that is known to be the server; null where there is no /proc.</summary>
    public static ServerProcess? Of(int processId, string proc = "/proc")
    {
        try
        {
            return Found(processId, Path.Combine(proc, processId.ToString(CultureInfo.InvariantCulture)), proc);
        }
        catch (Exception cause) when (IsUnreadable(cause))
        {
            return null;
        }
    }

    /// <summary>True if a process has one of these sockets open, by their inodes; null if its files cannot be seen.</summary>
    internal static bool? Holds(int processId, IReadOnlyList<uint> inodes, string proc = "/proc")
    {
        try
        {
            var names = inodes.Select(inode => string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]")).ToHashSet();
            return new DirectoryInfo(Path.Combine(proc, processId.ToString(CultureInfo.InvariantCulture), "fd")).EnumerateFileSystemInfos()
                .Any(file => file.LinkTarget is { } target && names.Contains(target));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null; // the process is another user's, or has ended
        }
    }

    private static bool IsUnreadable(Exception cause) =>
        cause is IOException or UnauthorizedAccessException or FormatException or OverflowException or IndexOutOfRangeException;

    private static bool IsServer(string folder, ServerReading reading, string proc)
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        var name = File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd('\n');
        var fields = File.ReadAllText(Path.Combine(folder, "stat")).Split(") ")[^1].Split(' ');
        var age = Seconds(File.ReadAllText(Path.Combine(proc, "uptime")).Split(' ')[0]) - (Seconds(fields[StartedField]) / TicksPerSecond);
        return (Names.Any(each => name.StartsWith(each, StringComparison.Ordinal)) || IsNamed(name, reading.Executable))
            && reading.UptimeSeconds is { } uptime && Math.Abs(age - uptime) <= AgeSlack;
    }

    private static bool IsNamed(string name, string? executable) =>
        executable is { Length: > 0 } && name == executable[..Math.Min(LongestName, executable.Length)];

    // A container has process ids of its own, but the memory of the machine.
    private static bool IsSameMachine(ServerReading reading, string proc)
    {
        const string Row = "MemTotal:";
        var row = File.ReadLines(Path.Combine(proc, "meminfo")).FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal));
        return row is not null && reading.Kind.Name is "redis" or "valkey" or "keydb"
            && long.Parse(row[Row.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024
                == reading.TotalSystemMemory;
    }

    private static ServerProcess Found(int id, string folder, string proc)
    {
        var (soft, hard) = DescriptorLimit.Find(File.ReadLines(Path.Combine(folder, "limits")))
            ?? throw new FormatException("no limit of descriptors");
        return new ServerProcess(Number(soft), Overcommit(proc)) { Id = id, OpenFilesHard = Number(hard) };
    }

    private static long Number(string limit) => limit == "unlimited" ? long.MaxValue : long.Parse(limit, CultureInfo.InvariantCulture);

    private static string Overcommit(string proc) => File.ReadAllText(Path.Combine(proc, "sys", "vm", "overcommit_memory")).Trim();

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
