namespace ActorLoad.Hosting.Journal;

/// <summary>Directories of mode 0700 and files of mode 0600: results say where servers are and what they answer.</summary>
internal static class OwnerOnly
{
    private const UnixFileMode OfDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OfFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a directory where none is; those above it get the usual mode. One that is there keeps its mode: it may be anybody's.</summary>
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

    /// <summary>Opens an empty file to write, not buffered, in the place of one that is there; through a link, where it leads.</summary>
    public static FileStream CreateFile(string path)
    {
        if (new FileInfo(path).LinkTarget is null)
        {
            File.Delete(path); // or it would keep its mode
        }

        return Open(path, FileMode.Create, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Opens a file without a buffer; if it is made, it is its owner's alone.</summary>
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
