using System.Runtime.InteropServices;
using System.Text;

namespace ActorLoad.Runs;

/// <summary>Looks at the path of a Unix socket, without connecting.</summary>
internal static class UnixPath
{
    // linux/stat.h: statx() has the same form on every architecture.
    private const int AT_FDCWD = -100;
    private const uint STATX_TYPE = 1;
    private const int StatSize = 256;
    private const int Mode = 28;
    private const int S_IFMT = 0xF000;
    private const int S_IFSOCK = 0xC000;

    /// <summary>What is wrong with a path, as a sentence; null if it is a socket, if nothing is there (yet), or if that cannot be
    /// told.</summary>
    public static string? Problem(string path)
    {
        if (Directory.Exists(path))
        {
            return $"{path} is a directory";
        }

        return File.Exists(path) && IsOtherFile(path) ? $"{path} is a file, and not a socket" : null;
    }

    private static bool IsOtherFile(string path)
    {
        var stat = new byte[StatSize];
        return OperatingSystem.IsLinux() && Statx(AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), 0, STATX_TYPE, stat) == 0
            && (BitConverter.ToUInt16(stat, Mode) & S_IFMT) != S_IFSOCK;
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, byte[] stat);
}
