namespace ActorLoad.Hosting.Journal;

/// <summary>A line of a journal.</summary>
/// <param name="Number">From 1; lines that are skipped count.</param>
/// <param name="Text">Without its end.</param>
internal readonly record struct JournalLine(long Number, ReadOnlyMemory<byte> Text);

/// <summary>Reads a journal that still grows. Between two reads it holds no file and no memory.</summary>
internal sealed class JournalTail(string path)
{
    private const int Chunk = 64 << 10;

    private long _offset;
    private long _number;
    private bool _isTooLong;

    /// <summary>The next whole lines, about 64 KiB; empty if there are none yet. Lines beyond <see cref="JournalLines.Longest"/> are
    /// empty. Throws what file operations throw.</summary>
    public IReadOnlyList<JournalLine> Read()
    {
        using var stream = StoredFile.Open(path);
        var size = (int)Math.Min(stream.Length - _offset, Chunk);
        while (size > 0)
        {
            var buffer = new byte[size];
            stream.Position = _offset;
            if (Lines(buffer.AsMemory(0, stream.ReadAtLeast(buffer, size, throwOnEndOfStream: false))) is { Count: > 0 } lines)
            {
                return lines;
            }

            if (size >= JournalLines.Longest)
            {
                (_offset, _isTooLong) = (_offset + size, true);
            }
            else if (size == stream.Length - _offset)
            {
                return []; // its end is not written yet
            }

            size = (int)Math.Min(stream.Length - _offset, Math.Min(Math.Max(size, Chunk) * 2L, JournalLines.Longest));
        }

        return [];
    }

    private List<JournalLine> Lines(ReadOnlyMemory<byte> text)
    {
        var lines = new List<JournalLine>();
        while (text.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            lines.Add(new JournalLine(++_number, _isTooLong ? default : text[..end]));
            (_offset, _isTooLong, text) = (_offset + end + 1, false, text[(end + 1)..]);
        }

        return lines;
    }
}
