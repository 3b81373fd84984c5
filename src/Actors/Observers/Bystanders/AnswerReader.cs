using ActorLoad.Metrics;

namespace ActorLoad.Observers.Bystanders;

/// <summary>What stands next in the bytes that came.</summary>
internal enum Answer
{
    /// <summary>Not a whole line.</summary>
    Incomplete,

    /// <summary><c>+PONG</c>.</summary>
    Pong,

    /// <summary><c>+OK</c>.</summary>
    Ok,

    /// <summary>An error: see <see cref="AnswerReader.Error"/>.</summary>
    Error,

    /// <summary>Nothing that a Redis server says to AUTH or PING.</summary>
    Garbage,
}

/// <summary>Reads the answers to AUTH and PING, which are single lines, from whatever pieces they come in.</summary>
/// <param name="words">How words of the server are kept.</param>
internal sealed class AnswerReader(ServerWords words)
{
    private const int LongestLine = 1024;

    private readonly byte[] _buffer = new byte[4 * LongestLine];
    private int _start;
    private int _end;

    /// <summary>Prefix of the last error.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Where to put the next bytes, never empty after <see cref="Next"/> has said that no line is left.</summary>
    public Span<byte> Room => _buffer.AsSpan(_end);

    /// <summary>So many bytes were put there.</summary>
    public void Arrived(int count) => _end += count;

    /// <summary>Takes the next line.</summary>
    public Answer Next()
    {
        var unread = _buffer.AsSpan(_start.._end);
        if (unread.Length > 0 && unread[0] is not ((byte)'+' or (byte)'-'))
        {
            return Answer.Garbage;
        }

        var length = unread.IndexOf("\r\n"u8);
        if (length < 0)
        {
            unread.CopyTo(_buffer);
            (_start, _end) = (0, unread.Length);
            return unread.Length > LongestLine ? Answer.Garbage : Answer.Incomplete;
        }

        var line = unread[..length];
        _start += length + 2;
        if (line[0] == '-')
        {
            Error = words.ErrorPrefix(line[1..]);
            return Answer.Error;
        }

        return line.SequenceEqual("+PONG"u8) ? Answer.Pong : line.SequenceEqual("+OK"u8) ? Answer.Ok : Answer.Garbage;
    }
}
