using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorLoad.Hosting.Journal;

/// <summary>Opens regular files of a run for reading, and nothing else of that name: a pipe would block its reader for ever, and a link
/// may lead to a foreign file.</summary>
internal static class StoredFile
{
    // O_RDONLY | O_NONBLOCK | O_CLOEXEC. Without O_NONBLOCK, opening a pipe waits for a writer.
    private const int ReadAtOnce = 0x800 | 0x80000;
    private const int NoSuchFile = 2;

    /// <summary>True if anything has that name, of any kind.</summary>
    public static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>Opens a regular file. Throws <see cref="IOException"/> for anything else, or for more than <paramref name="longest"/>
    /// bytes.</summary>
    public static FileStream Open(string path, long longest = long.MaxValue)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new IOException($"{path} is a link");
        }

        var stream = new FileStream(OpenHandle(path), FileAccess.Read, bufferSize: 0);
        try
        {
            return stream.CanSeek && stream.Length <= longest ? stream : throw new IOException($"{path} is not a file of a run");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The whole content of a regular file.</summary>
    public static byte[] ReadAll(string path, long longest)
    {
        using var stream = Open(path, longest);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static SafeFileHandle OpenHandle(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }

        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a directory");
        }

        var descriptor = OpenDescriptor(path, ReadAtOnce);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var error = Marshal.GetLastPInvokeError();
        throw error == NoSuchFile ? new FileNotFoundException(null, path)
            : new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenDescriptor([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
