namespace ActorLoad.Hosting.Journal;

/// <summary>Reads the lines of a journal one at a time, however long the journal is.</summary>
internal static class JournalLines
{
    /// <summary>A longer line is foreign, and is skipped.</summary>
    public const int Longest = 1 << 20;

    /// <summary>Each line without its end; its memory is valid until the next line is read.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(Stream stream)
    {
        var buffer = new byte[64 << 10];
        var (length, isTooLong) = (0, false);
        while (stream.Read(buffer, length, buffer.Length - length) is var read and > 0)
        {
            length += read;
            var start = 0;
            while (Array.IndexOf(buffer, (byte)'\n', start, length - start) is var end and >= 0)
            {
                if (!isTooLong)
                {
                    yield return buffer.AsMemory(start, end - start);
                }

                (start, isTooLong) = (end + 1, false);
            }

            length -= start;
            buffer.AsSpan(start, length).CopyTo(buffer);
            if (length == Longest)
            {
                (length, isTooLong) = (0, true);
            }
            else if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, Longest));
            }
        }

        if (length > 0 && !isTooLong)
        {
            yield return buffer.AsMemory(0, length);
        }
    }
}
