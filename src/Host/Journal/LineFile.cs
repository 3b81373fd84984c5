namespace ActorLoad.Hosting.Journal;

/// <summary>A file that grows by whole lines. Unbuffered: lines go to the kernel at once, and those that do not fit report a full
/// disk. One thread at a time.</summary>
internal sealed class LineFile : IDisposable
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private readonly FileStream _stream;
    private bool _torn;

    private LineFile(FileStream stream) => _stream = stream;

    /// <summary>Opens an empty file in place of an existing one. Throws what file operations throw.</summary>
    public static LineFile Create(string path) => new(OwnerOnly.CreateFile(path));

    /// <summary>Writes lines with their ends, and has them on disk. Throws what file operations throw.</summary>
    public void Add(ReadOnlySpan<byte> lines)
    {
        // After a failed write, half a line may stand there. It must not swallow this one.
        byte[] whole = [.. _torn ? NewLine : [], .. lines];
        _torn = true;
        _stream.Write(whole);
        _stream.Flush(flushToDisk: true);
        _torn = false;
    }

    public void Dispose() => _stream.Dispose();
}
