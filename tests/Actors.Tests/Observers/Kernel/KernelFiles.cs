using ActorLoad.Observers.Kernel;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

/// <summary>A directory with files such as the kernel has below /proc and /sys, whose content a spec chooses.</summary>
internal sealed class KernelFiles : IDisposable
{
    /// <summary>Has an I/O error when it is read from its start.</summary>
    public const string Unreadable = "/proc/self/mem";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("al-kernel-");

    public KernelPaths Paths => KernelPaths.Under(_root.FullName);

    /// <summary>One of a file's lines: each counter with the same value.</summary>
    public static string Counters(string protocol, IEnumerable<string> names, long value) =>
        $"{protocol}: {string.Join(' ', names)}\n{protocol}: {string.Join(' ', names.Select(_ => value))}\n";

    /// <summary>The files of a kernel that has counted <paramref name="value"/> of everything.</summary>
    public KernelFiles Healthy(long value = 0)
    {
        Write("proc/net/snmp", Counters("Tcp", KernelCounterNames.Tcp, value));
        Write("proc/net/netstat", Counters("TcpExt", KernelCounterNames.TcpExt, value));
        foreach (var sysctl in KernelSettings.Sysctls)
        {
            Write($"proc/sys/{sysctl.Replace('.', '/')}", "1\n");
        }

        Write("proc/net/sockstat", $"TCP: inuse {value} orphan 0 tw 0 alloc 0 mem 0\n");
        return this;
    }

    /// <summary>Makes a file, or changes it in its place.</summary>
    public void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), content);
    }

    /// <summary>Puts there what opens and cannot be read.</summary>
    public void MakeUnreadable(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.Delete(PathOf(path));
        File.CreateSymbolicLink(PathOf(path), Unreadable);
    }

    /// <summary>Puts a directory there, which may not be read as a file even by root.</summary>
    public void MakeForbidden(string path)
    {
        File.Delete(PathOf(path));
        Directory.CreateDirectory(PathOf(path));
    }

    public string PathOf(string path) => Path.Combine(_root.FullName, path);

    public void Dispose() => _root.Delete(recursive: true);
}
