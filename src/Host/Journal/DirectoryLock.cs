using System.Runtime.InteropServices;

namespace ActorLoad.Hosting.Journal;

/// <summary>Reserves a directory for one run. The lock is on the directory itself and leaves no file. The kernel releases it when the
/// process ends in any way.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private const string FileWhereNoDirectoryCanBeLocked = ".lock";
    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;
    private const int F_SETFD = 2;
    private const int FD_CLOEXEC = 1;
    private const int EWOULDBLOCK = 11;
    private const int EWOULDBLOCK_OF_BSD = 35;

    private readonly int _descriptor = -1;
    private readonly FileStream? _file;

    private DirectoryLock(int descriptor) => _descriptor = descriptor;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Locks a directory; creates it for its owner alone if necessary. Throws <see cref="IOException"/> if another run has it, and
    /// the exceptions of creating a directory.</summary>
    public static DirectoryLock Take(string directory)
    {
        OwnerOnly.CreateDirectory(directory);
        var descriptor = OperatingSystem.IsWindows() ? -1 : Open(directory, 0);
        if (descriptor >= 0)
        {
            _ = Control(descriptor, F_SETFD, FD_CLOEXEC);
            if (Lock(descriptor, LOCK_EX | LOCK_NB) == 0)
            {
                return new DirectoryLock(descriptor);
            }

            var error = Marshal.GetLastPInvokeError();
            _ = Close(descriptor);
            if (error is EWOULDBLOCK or EWOULDBLOCK_OF_BSD)
            {
                throw new IOException("another run writes there now");
            }
        }

        // Windows has no such lock, and NFS has it for files only.
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
        };
        return new DirectoryLock(new FileStream(Path.Combine(directory, FileWhereNoDirectoryCanBeLocked), options));
    }

    public void Dispose()
    {
        _file?.Dispose();
        if (_descriptor >= 0)
        {
            _ = Close(_descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false,
        ThrowOnUnmappableChar = true)]
    private static extern int Open(string path, int flags);

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int Control(int descriptor, int command, int argument);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int Lock(int descriptor, int operation);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
