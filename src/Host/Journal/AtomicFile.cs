namespace ActorLoad.Hosting.Journal;

/// <summary>Writes files that a reader sees whole or not at all.</summary>
internal static class AtomicFile
{
    private const string Ending = ".tmp";

    /// <summary>The temporary file, which stays if the process is killed meanwhile.</summary>
    public static string TemporaryOf(string path) => path + Ending;

    /// <summary>True for the name of a temporary file.</summary>
    public static bool IsTemporary(string path) => path.EndsWith(Ending, StringComparison.Ordinal);

    /// <summary>Writes beside the file, flushes to disk, then renames. Throws what file operations throw; then it leaves nothing
    /// behind.</summary>
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
            File.Delete(temporary); // half a file takes room on a full disk
            throw;
        }
    }
}
