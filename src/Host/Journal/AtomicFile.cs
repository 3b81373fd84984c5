namespace ActorLoad.Hosting.Journal;

/// <summary>Files that a reader sees whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>What is beside a file while it is written, and stays there if the process is killed meanwhile.</summary>
    public static string TemporaryOf(string path) => path + ".tmp";

    /// <summary>Writes beside the file, flushes to disk, then renames; throws what file operations throw and then leaves nothing behind.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = TemporaryOf(path);
        try
        {
            using (var stream = OwnerOnly.CreateFile(temporary))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(temporary); // half of it takes room on a disk that is full
            throw;
        }
    }
}
