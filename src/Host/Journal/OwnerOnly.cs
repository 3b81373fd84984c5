namespace ActorLoad.Hosting.Journal;

/// <summary>Makes directories of mode 0700 and files of mode 0600, because results tell where servers are and what they answer.</summary>
internal static class OwnerOnly
{
    private const UnixFileMode OfDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OfFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a missing directory; missing ones above it get the usual mode. An existing one keeps its mode.</summary>
    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OfDirectory);
        }
    }

    /// <summary>Opens an empty unbuffered file for writing, and replaces an existing file. Follows a link.</summary>
    public static FileStream CreateFile(string path)
    {
        if (new FileInfo(path).LinkTarget is null)
        {
            File.Delete(path); // or it would keep its mode
        }

        return Open(path, FileMode.Create, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Opens a file without a buffer; a new file is for its owner alone.</summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OfFile;
        }

        return new FileStream(path, options);
    }
}
